import { z } from 'zod';
import { errorKinds } from '../errors.ts';
import { languagePattern } from '../languages.ts';

/** As `newId` makes them. */
export const id = (description: string, example: string) =>
  z
    .string()
    .regex(/^[0-9a-f]{24}$/, 'must be 24 hex digits')
    .meta({ description, example });

export const videoId = id('A video', '5f2b8c0e9d3a4b6c7d8e9f01');
export const uploadId = id('An upload', '6a1c0e9d3a4b6c7d8e9f0123');

export const region = z
  .string()
  .regex(/^[A-Z]{2}$/, { error: 'must be two capital letters (ISO 3166-1)', abort: true })
  .meta({ description: 'A region (ISO 3166-1 alpha-2)', example: 'GB' });

/** As it is taken from callers: one that there is. */
export const language = z
  .string()
  .regex(languagePattern, 'is no language of ISO 639-1, which are two lower-case letters')
  .meta({ description: 'A language (ISO 639-1)', example: 'en' });

/** A number that comes as text, by its digits alone: `Number` also takes `0x10`, `1e1` and spaces. */
export const inDigits = <T extends z.ZodType>(number: T) =>
  z.preprocess(
    (given) => (typeof given === 'string' ? (/^-?\d+$/.test(given) ? Number(given) : Number.NaN) : given),
    number,
  );

/** Dates leave as ISO 8601 in UTC. */
export const time = z.iso.datetime().meta({ example: '2026-03-01T12:00:00.000Z' });

/** Dates come as ISO 8601 with any offset. */
export const givenTime = z.iso
  .datetime({ offset: true })
  // What is no time at all has been told already.
  .refine((value) => !(new Date(value).getUTCFullYear() > 9999), 'is too late')
  .transform((value) => new Date(value));

/** What every list gives. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'Send it as `cursor` for what follows; null: there is no more', example: null }),
  });

export const errorCode = z.enum(
  Object.keys(errorKinds) as [keyof typeof errorKinds, ...(keyof typeof errorKinds)[]],
);

/** RFC 9457. */
export const problem = z
  .object({
    type: z.string().meta({ example: 'urn:millrace:problem:invalid_request' }),
    title: z.string().meta({ example: 'The request is not valid' }),
    status: z.int().meta({ example: 400 }),
    detail: z.string().meta({
      description: 'A sentence for a person',
      example: 'The request does not fit: /size must be at most 5368709120.',
    }),
    instance: z.string().meta({ description: 'The path that was asked', example: '/api/uploads' }),
    code: errorCode,
    errorId: z
      .string()
      .meta({ description: 'Find it in the log', example: '0b6ff0a4-5f3c-4f0e-9d0c-0a3c0f0a6f11' }),
    errors: z
      .array(
        z.object({
          pointer: z.string().meta({ example: '/size' }),
          message: z.string().meta({ example: 'must be at most 5368709120' }),
        }),
      )
      .optional()
      .meta({ description: 'Each violation: a JSON pointer into the body, or the name of a parameter' }),
    error: z.string().optional().meta({
      description: 'Where forms are sent: the error as OAuth 2 names it',
      example: 'invalid_request',
    }),
    error_description: z
      .string()
      .optional()
      .meta({ description: 'Where forms are sent: `detail` in ASCII', example: 'The request does not fit.' }),
  })
  .meta({ id: 'Problem' });
