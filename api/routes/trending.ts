import { z } from 'zod';
import { videoId } from '../../shared/contracts/common.ts';
import { trending, trendingPage, videoTrending } from '../../shared/contracts/trending.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { ApiContext } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { knownCategories } from '../known-category.ts';
import { cursorParam, limitParam } from '../lists.ts';
import { misfit } from '../misfit.ts';
import { type Explained, presentTrending, presentTrendingEntry } from '../present-trending.ts';
import { route } from '../route.ts';
import { pickFields } from '../select-fields.ts';
import { shortCache } from '../short-cache.ts';
import { positionOf } from '../trending-list.ts';
import type { Version } from '../versions.ts';
import { readStandings } from '../video-standings.ts';

const tag = 'Trending';
const cacheMilliseconds = 1000;

/** Ranks change every few minutes: a second's age harms nobody and spares MongoDB the crowd. */
const cache = shortCache<Read>(cacheMilliseconds, 100);

/** What others may keep: a list must not outlive what is taken down, nor the next run. */
const mostKeptSeconds = 5;

type Asked = {
  region: string;
  version: Version;
  limit: number;
  category?: string | undefined;
  categories: string[] | undefined;
  cursor?: string | undefined;
  fields: string[] | undefined;
};

/** The reply as text: what all who ask the same are sent. */
type Read = { body: string; computedAt: Date | null };

export const trendingRoutes = [
  route({
    method: 'get',
    path: '/api/trending/:region',
    tag,
    summary: 'What a region watches: ranked videos, then by views those without a rank',
    description:
      'In version 2 each entry says how many places it has moved and what its rank is made of, and a long list comes ' +
      'page by page. A cursor goes on behind a rank; when the ranks are computed anew in between, a video that moves ' +
      'may come twice or not at all. A category has ranks of its own.',
    action: 'trending.read',
    hotSeconds: 1,
    params: z.strictObject({
      region: z.string().max(10).meta({ description: 'One of the regions that are served', example: 'GB' }),
    }),
    query: z.strictObject({
      limit: limitParam(50),
      cursor: cursorParam,
      category: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,39}$/)
        .optional()
        .meta({ description: 'Only videos of this category, and of those below it', example: 'nature' }),
    }),
    selectable: 'items',
    replies: { 200: { description: 'The list', schema: trendingPage, older: trending } },
    errors: ['unknown_region', 'unknown_category'],
    async handle({ params, query, version, fields, context }) {
      const { region } = params;
      if (!context.config.REGIONS.includes(region)) {
        throw new MillraceError('unknown_region', `Known regions are ${context.config.REGIONS.join(', ')}.`);
      }
      const { category } = query;
      const categories = category === undefined ? undefined : await knownCategories(category, context);
      const asked: Asked = { region, version, ...query, categories, fields };
      const key = `${context.publicUrl} ${JSON.stringify(asked)}`;
      const { body, computedAt } = await cache(key, () => readTrending(context, asked));
      const seconds = keptSeconds(computedAt, context);
      return {
        status: 200,
        type: 'application/json',
        body,
        headers: { 'Cache-Control': `public, max-age=${seconds}` },
      };
    },
  }),

  route({
    method: 'get',
    path: '/api/videos/:videoId/trending',
    tag,
    summary: 'Where a video stands in each region, and why',
    action: 'trending.read',
    params: z.strictObject({ videoId }),
    replies: { 200: { description: 'Its rank in every region that is served', schema: videoTrending } },
    errors: [],
    async handle({ params, permit, context }) {
      const found = permit(await context.db.videos.find(params.videoId));
      return { status: 200, body: await readStandings(context, found) };
    },
  }),
];

/** Until the next run is due, 5 s at most: others cannot be told of a take-down. */
function keptSeconds(computedAt: Date | null, { config }: ApiContext): number {
  if (!computedAt) return 1;
  const due = computedAt.getTime() + config.TRENDING_EVERY_SECONDS * 1000;
  return Math.min(mostKeptSeconds, Math.max(1, Math.ceil((due - Date.now()) / 1000)));
}

async function readTrending(context: ApiContext, asked: Asked): Promise<Read> {
  const { region, version, limit, category, categories, cursor, fields } = asked;
  const { publicUrl, config } = context;
  const name = JSON.stringify(['trending', region, category]);
  if (version === 1 && cursor !== undefined) throw misfit('cursor', 'is known in version 2 of the api only');
  const text = (body: Parameters<typeof pickFields>[0], items: string) =>
    JSON.stringify(fields ? pickFields(body, fields, items) : body);
  const after = cursor === undefined ? undefined : decodeCursor(cursor, name, config.SECRET_KEY).after;
  const list = await context.trending.read({ region, category, categories, limit }, after);
  if (version === 1) {
    const total = await context.trending.count({ region, category, categories, limit }, list);
    const body = presentTrending(region, list, total, publicUrl);
    return { body: text(body, 'videos'), computedAt: list.computedAt };
  }
  const { computedAt, halfLifeHours, entries, goesOn } = list;
  const last = entries.at(-1);
  const about: Explained = {
    ...{ region, at: computedAt ?? new Date(), halfLifeHours },
    minimumViews: config.TRENDING_MINIMUM_VIEWS,
  };
  const body: z.infer<typeof trendingPage> = {
    region,
    computedAt: computedAt?.toISOString() ?? null,
    items: entries.map((entry) => presentTrendingEntry(entry, about, publicUrl)),
    nextCursor: goesOn && last ? encodeCursor({ after: positionOf(last) }, name, config.SECRET_KEY) : null,
  };
  return { body: text(body, 'items'), computedAt };
}
