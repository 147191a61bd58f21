import { z } from 'zod';
import { pageOf, region, time } from './common.ts';
import { videoSummary } from './videos.ts';

export const trendingVideo = videoSummary
  .extend({
    rank: z
      .int()
      .positive()
      .nullable()
      .meta({ description: 'null: viewed, but not ranked yet; those follow by views' }),
    views: z.int().meta({ description: 'From this region, as of the last run', example: 1204 }),
  })
  .meta({ id: 'TrendingVideo' });

/** In version 1. */
export const trending = z
  .object({
    region,
    total: z
      .int()
      .meta({ description: 'How many videos the answer could hold without a limit', example: 12 }),
    computedAt: time
      .nullable()
      .meta({ description: 'When the ranks were computed; null before the first run' }),
    fetchedAt: time,
    hasRtlContent: z.boolean().meta({ description: 'A listed video is in a language written right to left' }),
    videos: z.array(trendingVideo),
  })
  .meta({ id: 'Trending' });

export const trendingEntry = trendingVideo
  .extend({
    change: z
      .int()
      .nullable()
      .meta({ description: 'Places up (or down, below 0) since the run before; null: new', example: 2 }),
    explanation: z
      .object({
        score: z.number().meta({ description: 'The views, each worth less the older it is', example: 7.31 }),
        views: z.int().meta({ example: 1204 }),
        halfLifeHours: z.number().meta({ description: 'After this long a view counts half', example: 24 }),
        sentence: z.string().meta({ example: 'It has 1204 views, which count less the older they are.' }),
      })
      .meta({ description: 'What the rank is made of, as of `computedAt`' }),
  })
  .meta({ id: 'TrendingEntry' });

export const trendingPage = pageOf(trendingEntry)
  .extend({ region, computedAt: trending.shape.computedAt })
  .meta({ id: 'TrendingPage' });
