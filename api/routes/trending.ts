import { z } from 'zod';
import { trending } from '../../shared/contracts/trending.ts';
import type { ListedVideo } from '../../shared/db/videos.ts';
import { MillraceError } from '../../shared/errors.ts';
import { isRightToLeft } from '../../shared/languages.ts';
import type { ApiContext } from '../context.ts';
import { presentSummary } from '../present.ts';
import { route } from '../route.ts';
import { shortCache } from '../short-cache.ts';

const tag = 'Trending';
/** How many videos a region's list can reach beyond the ranked ones. */
const mostByViews = 500;
const cacheMilliseconds = 1000;

type Listed = { rank: number | null; views: number; video: ListedVideo };

/** Ranks change every few minutes: a second's age harms nobody and spares MongoDB the crowd. */
const cache = shortCache<string>(cacheMilliseconds, 1000);

export const trendingRoutes = [
  route({
    method: 'get',
    path: '/api/trending/:region',
    tag,
    summary: 'What a region watches: ranked videos, then by views those not ranked yet',
    action: 'trending.read',
    hotSeconds: 1,
    params: z.strictObject({ region: z.string().max(10) }),
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(100).default(20),
      category: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,39}$/)
        .optional(),
    }),
    replies: { 200: { description: 'The list', schema: trending } },
    errors: ['unknown_region'],
    async handle({ params, query, context }) {
      const { region } = params;
      if (!context.config.REGIONS.includes(region)) {
        throw new MillraceError('unknown_region', `Known regions are ${context.config.REGIONS.join(', ')}.`);
      }
      const { limit, category } = query;
      const key = `${context.publicUrl} ${region} ${limit} ${category ?? ''}`;
      const body = await cache(key, () => readTrending(context, region, limit, category));
      return {
        status: 200,
        type: 'application/json',
        body,
        headers: { 'Cache-Control': 'public, max-age=5' },
      };
    },
  }),
];

async function readTrending(
  { db, publicUrl }: ApiContext,
  region: string,
  limit: number,
  category: string | undefined,
): Promise<string> {
  const [ranking, viewed] = await Promise.all([
    db.trending.ranking(region),
    db.trending.mostViewed(region, mostByViews),
  ]);
  const ranked = ranking?.ranked ?? [];
  const hasRank = new Set(ranked.map(({ videoId }) => videoId));
  const order = [
    ...ranked.map(({ videoId, rank, views }) => ({ videoId, rank, views })),
    ...viewed.flatMap(({ videoId, views }) => (hasRank.has(videoId) ? [] : [{ videoId, rank: null, views }])),
  ];
  const found = await db.catalogue.publicOnes(
    order.map(({ videoId }) => videoId),
    category,
  );
  const byId = new Map(found.map((video) => [video._id, video]));
  const listed = order.flatMap(({ videoId, ...entry }): Listed[] => {
    const video = byId.get(videoId);
    return video ? [{ ...entry, video }] : [];
  });
  const shown = listed.slice(0, limit);
  const body: z.infer<typeof trending> = {
    region,
    total: listed.length,
    computedAt: ranking?.computedAt.toISOString() ?? null,
    fetchedAt: new Date().toISOString(),
    hasRtlContent: shown.some(({ video }) => isRightToLeft(video.language)),
    videos: shown.map(({ rank, views, video }) => ({ ...presentSummary(video, publicUrl), rank, views })),
  };
  return JSON.stringify(body);
}
