import { z } from 'zod';
import { region, time } from './common.ts';
import { videoSummary } from './videos.ts';

export const newView = z.strictObject({ region }).meta({ id: 'NewView' });

export const trendingVideo = videoSummary
  .extend({
    rank: z
      .int()
      .positive()
      .nullable()
      .meta({ description: 'null: viewed, but not ranked yet; those follow by views' }),
    views: z.int().meta({ description: 'From this region, as of the last run' }),
  })
  .meta({ id: 'TrendingVideo' });

export const trending = z
  .object({
    region,
    total: z.int().meta({ description: 'How many videos the answer could hold without a limit' }),
    computedAt: time
      .nullable()
      .meta({ description: 'When the ranks were computed; null before the first run' }),
    fetchedAt: time,
    hasRtlContent: z.boolean().meta({ description: 'A listed video is in a language written right to left' }),
    videos: z.array(trendingVideo),
  })
  .meta({ id: 'Trending' });
