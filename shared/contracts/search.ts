import { z } from 'zod';
import { language, pageOf, region, videoId } from './common.ts';
import { isNearEnough, mostPaged, numberedPage } from './numbered-pages.ts';
import { newUpload } from './uploads.ts';
import { videoSummary } from './videos.ts';

const ofLanguage = language
  .optional()
  .meta({ description: 'Only videos in this language (ISO 639-1)', example: 'en' });

const text = (what: string) =>
  z
    .string()
    .trim()
    .refine((given) => [...given].length >= 2, 'must have 2 characters or more')
    .refine((given) => [...given].length <= 200, 'must have 200 characters or fewer')
    .meta({ description: what, example: 'sea "two weeks" -storm' });

export const searchQuery = z
  .strictObject({
    q: text(
      'Words that must all be there, in quotes: beside each other; with - in front: not there. 2 to 200 characters',
    ),
    region: region.optional().meta({ description: 'Only what may be seen there', example: 'GB' }),
    language: ofLanguage,
    category: newUpload.shape.category
      .unwrap()
      .optional()
      .meta({ description: 'Only videos of this category', example: 'nature' }),
    duration: z
      .enum(['short', 'medium', 'long'])
      .optional()
      .meta({ description: 'Under 4 minutes, from there to 20, longer' }),
    uploaded: z
      .enum(['hour', 'day', 'week', 'month', 'year'])
      .optional()
      .meta({ description: 'Published within so long' }),
    sort: z
      .enum(['relevance', 'newest', 'views'])
      .default('relevance')
      .meta({ description: 'What comes first' }),
    ...numberedPage,
  })
  .refine(isNearEnough, {
    path: ['page'],
    message: `times perPage must be ${mostPaged} at most: say more words, or narrow it by a filter`,
  });

export const suggestQuery = z.strictObject({
  q: text('What has been typed so far; the last word may only have begun. 2 to 200 characters').meta({
    example: 'holi',
  }),
  language: ofLanguage,
});

const pieces = z.array(
  z.object({ text: z.string().meta({ example: 'Holiday' }), hit: z.boolean().meta({ example: true }) }),
);

const facet = (example: string) =>
  z.array(z.object({ value: z.string().meta({ example }), count: z.int().meta({ example: 12 }) }));

export const searchPage = z
  .object({
    items: z.array(
      videoSummary
        .extend({
          highlights: z.object({
            title: pieces.meta({ description: 'The title in parts; a hit was looked for. Text and no HTML' }),
            description: pieces.meta({ description: 'The part of the description around the first hit' }),
          }),
        })
        .meta({ id: 'SearchHit' }),
    ),
    total: z.int().meta({ description: 'On all pages', example: 34 }),
    page: z.int().meta({ example: 1 }),
    perPage: z.int().meta({ example: 20 }),
    facets: z.object({
      category: facet('nature').meta({
        description:
          'Of all that were found, the commonest first; what is in a category is in those above it, too',
      }),
      language: facet('en').meta({ description: 'Of all that were found, the commonest first' }),
    }),
  })
  .meta({ id: 'SearchPage' });

export const suggestions = pageOf(
  z.object({
    text: z.string().meta({ example: 'Holiday by the sea' }),
    kind: z.enum(['title']).meta({ description: 'What it is', example: 'title' }),
    videoId,
  }),
).meta({ id: 'Suggestions', description: 'The most viewed first, 10 at most' });
