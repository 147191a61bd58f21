import { z } from 'zod';
import { id, pageOf } from './common.ts';
import { personId } from './people.ts';
import { videoSummary } from './videos.ts';

export const creditRoles = [
  'actor',
  'director',
  'writer',
  'producer',
  'composer',
  'cinematographer',
  'editor',
  'presenter',
  'narrator',
  'guest',
  'other',
] as const;
export type CreditRole = (typeof creditRoles)[number];

/** Of one video. */
export const mostCredits = 200;

export const creditId = id('What one person did in one video', '2b7d8e9f015f0c0e9d3a4b6c');

const role = z.enum(creditRoles).meta({ description: 'What the person did', example: 'actor' });
const character = z.string().nullable().meta({ description: 'Whom the person played', example: 'Papageno' });
const order = z
  .int()
  .min(0)
  .meta({ description: 'Rising through the list, with gaps or without', example: 0 });

const newCreditFields = {
  personId,
  role,
  character: z
    .string()
    .trim()
    .max(200)
    .nullable()
    .default(null)
    .meta({ description: 'Whom the person played', example: 'Papageno' }),
};

export const newCredit = z
  .strictObject({
    ...newCreditFields,
    order: order.max(mostCredits).optional().meta({
      description: 'What has this order or a higher one moves behind it; without it: the last',
      example: 0,
    }),
  })
  .meta({ id: 'NewCredit' });

export const creditsChange = z
  .strictObject({
    credits: z
      .array(z.strictObject(newCreditFields))
      .max(mostCredits)
      .meta({ description: 'All of them, in their order' }),
  })
  .meta({ id: 'CreditsChange' });

export const credit = z
  .object({
    creditId,
    personId,
    name: z.string().meta({ description: 'Of the person, as it is now', example: 'Lídia Reiniger' }),
    pictureUrl: z
      .url()
      .nullable()
      .meta({ example: 'https://video.example/api/people/1f0e9d3a4b6c7d8e9f015f2b/picture.jpg' }),
    role,
    character,
    order,
  })
  .meta({ id: 'Credit' });

export const creditList = pageOf(credit).meta({ id: 'CreditList' });

/** A video of a person, with what the person did in it. */
export const personVideo = videoSummary
  .extend({ credits: z.array(z.object({ role, character })) })
  .meta({ id: 'PersonVideo' });

export const personVideoPage = pageOf(personVideo).meta({ id: 'PersonVideoPage' });
