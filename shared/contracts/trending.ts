import { z } from 'zod';
import { pageOf, region, time, videoId } from './common.ts';
import { videoSummary } from './videos.ts';

const rank = z.int().positive().nullable().meta({ example: 3 });

const trendingVideo = videoSummary
  .extend({
    rank: rank.meta({ description: 'null: not ranked; those follow by views' }),
    views: z.int().meta({
      description: 'Of a ranked video those that its score comes of, of others all there are',
      example: 1204,
    }),
  })
  .meta({ id: 'TrendingVideo' });

const computedAt = time
  .nullable()
  .meta({ description: 'When the ranks were computed; null before the first run' });

/** In version 1. */
export const trending = z
  .object({
    region,
    total: z.int().meta({
      description:
        'How many videos the answer could hold without a limit; at most 500 without a rank are counted',
      example: 12,
    }),
    computedAt,
    fetchedAt: time,
    hasRtlContent: z.boolean().meta({ description: 'A listed video is in a language written right to left' }),
    videos: z.array(trendingVideo),
  })
  .meta({ id: 'Trending' });

/** Of a rank or of having none, in every region alike. */
const standing = {
  rank: rank.meta({ description: 'null: not ranked' }),
  change: z
    .int()
    .nullable()
    .meta({ description: 'Places up (or down, below 0) since the run before; null: new', example: 2 }),
  basis: z
    .enum(['region', 'language', 'world'])
    .nullable()
    .meta({
      description:
        'Where it is hot: in the region; or, where too little is hot there, in all regions that share a language with ' +
        'it, or in all regions. null: not ranked',
      example: 'region',
    }),
  explanation: z
    .object({
      score: z.number().meta({ description: 'The events, each worth less the older it is', example: 33.2 }),
      views: z.int().meta({ description: 'From where it is hot, as all that follows', example: 1204 }),
      likes: z.int().meta({ example: 31 }),
      comments: z.int().meta({ example: 4 }),
      ageHours: z.number().meta({ description: 'Since the video was published', example: 17.5 }),
      halfLifeHours: z.number().meta({ description: 'After this long an event counts half', example: 6 }),
      sentence: z.string().meta({
        example:
          'Rank 3 in GB: 1204 views, 31 likes and 4 comments, each of which counts half as much after every 6 hours, ' +
          'make a score of 33.2.',
      }),
    })
    .meta({ description: 'What the rank is made of, or why there is none, as of `computedAt`' }),
};

export const trendingEntry = trendingVideo.extend(standing).meta({ id: 'TrendingEntry' });

export const trendingPage = pageOf(trendingEntry).extend({ region, computedAt }).meta({ id: 'TrendingPage' });

export const videoTrending = z
  .object({ videoId, computedAt, regions: z.array(z.object({ region, ...standing })) })
  .meta({ id: 'VideoTrending' });
