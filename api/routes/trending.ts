import { z } from 'zod';
import { trending, trendingPage } from '../../shared/contracts/trending.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { ApiContext } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { cursorParam, limitParam } from '../lists.ts';
import { presentTrending, presentTrendingEntry } from '../present-trending.ts';
import { route } from '../route.ts';
import { pickFields } from '../select-fields.ts';
import { shortCache } from '../short-cache.ts';
import { entriesAfter, positionOf, readTrendingList } from '../trending-list.ts';
import type { Version } from '../versions.ts';

const tag = 'Trending';
const cacheMilliseconds = 1000;

/** Ranks change every few minutes: a second's age harms nobody and spares MongoDB the crowd. */
const cache = shortCache<string>(cacheMilliseconds, 1000);

type Asked = {
  region: string;
  version: Version;
  limit: number;
  category?: string | undefined;
  cursor?: string | undefined;
  fields: string[] | undefined;
};

export const trendingRoutes = [
  route({
    method: 'get',
    path: '/api/trending/:region',
    tag,
    summary: 'What a region watches: ranked videos, then by views those not ranked yet',
    description:
      'In version 2 each entry says how many places it has moved and what its rank is made of, and a long list comes ' +
      'page by page. A cursor goes on behind a rank; when the ranks are computed anew in between, a video that moves ' +
      'may come twice or not at all.',
    action: 'trending.read',
    hotSeconds: 1,
    params: z.strictObject({
      region: z.string().max(10).meta({ description: 'One of the regions that are served', example: 'GB' }),
    }),
    query: z.strictObject({
      limit: limitParam,
      cursor: cursorParam,
      category: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,39}$/)
        .optional()
        .meta({ description: 'Only videos of this category', example: 'nature' }),
    }),
    selectable: 'items',
    replies: { 200: { description: 'The list', schema: trendingPage, older: trending } },
    errors: ['unknown_region'],
    async handle({ params, query, version, fields, context }) {
      const { region } = params;
      if (!context.config.REGIONS.includes(region)) {
        throw new MillraceError('unknown_region', `Known regions are ${context.config.REGIONS.join(', ')}.`);
      }
      const asked: Asked = { region, version, ...query, fields };
      const key = `${context.publicUrl} ${JSON.stringify(asked)}`;
      const body = await cache(key, () => readTrending(context, asked));
      return {
        status: 200,
        type: 'application/json',
        body,
        headers: { 'Cache-Control': 'public, max-age=5' },
      };
    },
  }),
];

/** The reply as text: what all who ask the same are sent. */
async function readTrending(context: ApiContext, asked: Asked): Promise<string> {
  const { region, version, limit, category, cursor, fields } = asked;
  const { publicUrl, config } = context;
  const name = JSON.stringify(['trending', region, category]);
  if (version === 1 && cursor !== undefined) throw inVersion2();
  const after = cursor === undefined ? undefined : decodeCursor(cursor, name, config.SECRET_KEY);
  const list = await readTrendingList(context, region, category);
  if (version === 1) {
    const body = presentTrending(region, list, limit, publicUrl);
    return JSON.stringify(fields ? pickFields(body, fields, 'videos') : body);
  }
  const following = after ? entriesAfter(list.entries, after) : list.entries;
  const shown = following.slice(0, limit);
  const last = shown.at(-1);
  const goesOn = following.length > shown.length && last !== undefined;
  const at = list.computedAt ?? new Date();
  const body: z.infer<typeof trendingPage> = {
    region,
    computedAt: list.computedAt?.toISOString() ?? null,
    items: shown.map((entry) => presentTrendingEntry(entry, region, at, publicUrl)),
    nextCursor: goesOn ? encodeCursor(positionOf(last), name, config.SECRET_KEY) : null,
  };
  return JSON.stringify(fields ? pickFields(body, fields, 'items') : body);
}

function inVersion2(): MillraceError {
  const message = 'is known in version 2 of the api only';
  return new MillraceError('invalid_request', `The request does not fit: cursor ${message}.`, {
    violations: [{ pointer: 'cursor', message }],
  });
}
