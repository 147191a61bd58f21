import { z } from 'zod';
import { scopes } from './account.ts';
import { givenTime, id, time } from './common.ts';

export const apiKeyId = id('An API key', '7b2d1f0e9d3a4b6c7d8e9f01');

export const newApiKey = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .meta({ description: 'What it is for', example: 'Nightly import' }),
    scopes: z
      .array(z.enum(scopes))
      .min(1)
      .max(scopes.length)
      .transform((given) => scopes.filter((scope) => given.includes(scope)))
      .meta({
        description:
          'What it is good for: `read`, `upload`, `manage` (change, delete) and `admin`; never more than its owner may do',
        example: ['read', 'upload'],
      }),
    expiresAt: givenTime
      .nullable()
      .refine((at) => at === null || at.getTime() > Date.now(), 'must be in the future')
      .meta({ description: 'When it ends by itself; null: never', example: null })
      .default(null),
  })
  .meta({ id: 'NewApiKey' });

const fields = {
  apiKeyId,
  name: z.string().meta({ example: 'Nightly import' }),
  scopes: z.array(z.enum(scopes)),
  hint: z.string().meta({ description: 'The last characters of the key', example: 'x4Zq' }),
  createdAt: time,
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable().meta({ description: 'To the minute' }),
};

export const apiKey = z.object(fields).meta({ id: 'ApiKey' });

export const createdApiKey = z
  .object({
    ...fields,
    key: z.string().meta({
      description: 'The key itself. It is shown this once',
      example: 'a-key-that-is-shown-this-once',
    }),
  })
  .meta({ id: 'CreatedApiKey' });

export const apiKeyList = z
  .object({
    items: z.array(apiKey),
    nextCursor: z.null().meta({ description: 'They are never more than a page' }),
  })
  .meta({ id: 'ApiKeyList' });
