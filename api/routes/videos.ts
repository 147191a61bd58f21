import { z } from 'zod';
import { videoId } from '../../shared/contracts/common.ts';
import { newView } from '../../shared/contracts/trending.ts';
import { ladder, playback, video as videoContract, videoPage } from '../../shared/contracts/videos.ts';
import type { WatchedVideo } from '../../shared/db/videos.ts';
import { MillraceError } from '../../shared/errors.ts';
import { recordView } from '../../shared/view-counter.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import {
  playingGeneration,
  presentLadder,
  presentPlayback,
  presentSummary,
  presentVideo,
} from '../present.ts';
import { type Progress, readProgress } from '../progress.ts';
import { route } from '../route.ts';
import { shareLoads } from '../share-loads.ts';

const tag = 'Videos';
const params = z.strictObject({ videoId });

/** What many look at is read once for all of them. */
const looks = shareLoads<(WatchedVideo & { progress: Progress }) | null>();

export const videoRoutes = [
  route({
    method: 'get',
    path: '/api/videos',
    tag,
    summary: 'The newest videos: everyone’s public ones, or all of mine',
    action: 'video.list',
    query: z.strictObject({
      mine: z.enum(['true', 'false']).default('false').meta({ description: 'Needs a signed-in account' }),
      limit: z.coerce.number().int().min(1).max(100).default(20),
      cursor: z.string().max(200).optional(),
    }),
    replies: { 200: { description: 'One page', schema: videoPage } },
    errors: [],
    async handle({ query, caller, context }) {
      const isMine = query.mine === 'true';
      if (isMine && !caller)
        throw new MillraceError('not_signed_in', 'Your own videos need a signed-in account.');
      const after = query.cursor ? decodeCursor(query.cursor) : undefined;
      const scope = isMine && caller ? { ownerId: caller._id } : 'public';
      const found = await context.db.catalogue.page(scope, query.limit + 1, after);
      const items = found.slice(0, query.limit);
      const last = items.at(-1);
      const nextCursor =
        found.length > items.length && last
          ? encodeCursor({ createdAt: last.createdAt, id: last._id })
          : null;
      return {
        status: 200,
        body: { items: items.map((item) => presentSummary(item, context.publicUrl)), nextCursor },
      };
    },
  }),

  route({
    method: 'get',
    path: '/api/videos/:videoId',
    tag,
    summary: 'One video: state, percent, time left, renditions, why it failed',
    action: 'video.read',
    params,
    replies: { 200: { description: 'The video', schema: videoContract } },
    errors: [],
    async handle({ params, permit, context }) {
      const { db, publicUrl } = context;
      const look = await looks(`${publicUrl} ${params.videoId}`, async () => {
        const video = await db.videos.watch(params.videoId);
        return video && { ...video, progress: await readProgress(db, video) };
      });
      const found = permit(look);
      return { status: 200, body: presentVideo(found, found.progress, publicUrl) };
    },
  }),

  route({
    method: 'get',
    path: '/api/videos/:videoId/ladder',
    tag,
    summary: 'Which renditions were thought of, what was done with each, and why',
    action: 'video.read',
    params,
    replies: { 200: { description: 'Every candidate', schema: ladder } },
    errors: ['not_playable_yet'],
    async handle({ params, permit, context }) {
      const found = permit(await context.db.videos.find(params.videoId));
      if (!found.plan) {
        const message = `The video is ${found.state}; there is no plan for it.`;
        throw new MillraceError('not_playable_yet', message);
      }
      return { status: 200, body: presentLadder(found, found.plan) };
    },
  }),

  route({
    method: 'get',
    path: '/api/videos/:videoId/playback',
    tag,
    summary: 'What a player needs; also while the video is still encoding',
    action: 'video.read',
    params,
    replies: { 200: { description: 'Play `playlist`', schema: playback } },
    errors: ['not_playable_yet', 'video_failed'],
    async handle({ params, permit, context }) {
      const found = permit(await context.db.videos.find(params.videoId));
      const generation = playingGeneration(found);
      if (generation !== undefined) {
        return { status: 200, body: presentPlayback(found, generation, context.publicUrl) };
      }
      if (found.failure) throw new MillraceError('video_failed', found.failure.message);
      throw new MillraceError(
        'not_playable_yet',
        `The video is ${found.state}; its first segments are not there yet.`,
      );
    },
  }),

  route({
    method: 'post',
    path: '/api/videos/:videoId/views',
    tag,
    summary: 'Count a view from a region',
    action: 'video.view',
    limit: 'view',
    params,
    body: newView,
    replies: { 204: { description: 'Counted' } },
    errors: ['not_playable_yet'],
    async handle({ params, body, permit, context }) {
      const { db, redis, config } = context;
      if (!config.REGIONS.includes(body.region)) {
        const message = `must be one of ${config.REGIONS.join(', ')}`;
        throw new MillraceError('invalid_request', `The request does not fit: /region ${message}.`, {
          violations: [{ pointer: '/region', message }],
        });
      }
      const found = permit(await db.videos.find(params.videoId));
      if (playingGeneration(found) === undefined) {
        throw new MillraceError('not_playable_yet', 'A video that cannot be played has no views.');
      }
      await recordView(redis, config.REDIS_PREFIX, found._id, body.region).catch((cause) => {
        throw new MillraceError('unavailable', 'Views cannot be counted right now.', { cause });
      });
      return { status: 204 };
    },
  }),
];
