import { z } from 'zod';
import { videoId } from '../../shared/contracts/common.ts';
import { video as videoContract } from '../../shared/contracts/videos.ts';
import type { WatchedVideo } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { cancel, remove, reprocess } from '../../shared/pipeline.ts';
import { decide } from '../access/policy.ts';
import { presentVideo } from '../present.ts';
import { type Progress, progressEvents, readProgress } from '../progress.ts';
import { refuseOutside } from '../refuse-outside.ts';
import { route } from '../route.ts';
import { shortCache } from '../short-cache.ts';

const tag = 'Videos';
const params = z.strictObject({ videoId });

/** One look at the database for all who watch a video: a little less than the pace at which each of them asks. */
const cacheMilliseconds = 400;
const looks = shortCache<{ video: WatchedVideo; progress: Progress } | undefined>(cacheMilliseconds, 10_000);

/** The work on a video: how far it is, and ending, removing or repeating it. */
export const videoWorkRoutes = [
  route({
    method: 'get',
    path: '/api/videos/:videoId/progress',
    tag,
    summary: 'How far the work on a video is, as server-sent events, until it ends',
    action: 'video.read',
    params,
    replies: {
      200: {
        description:
          'Events `progress`, at once and at each change: `state`, `percent`, `remainingSeconds` and `playable` of the ' +
          'video, as JSON. The last one says `ready`, `failed` or `deleted`. It also ends, within seconds, for who may not ' +
          'see the video any more, as when the session has ended',
        type: 'text/event-stream',
      },
    },
    errors: [],
    async handle({ params, permit, callerNow, context }) {
      const { db, stopping } = context;
      const { _id } = permit(await db.videos.watch(params.videoId));
      const load = async () => {
        const look = await looks(_id, async () => {
          const video = await db.videos.watch(_id);
          return video ? { video, progress: await readProgress(db, video) } : undefined;
        });
        const caller = await callerNow();
        // Who could see it so far is told that it is gone.
        return look &&
          (look.video.state === 'deleted' || decide('video.read', caller, look.video) === 'allowed')
          ? look.progress
          : undefined;
      };
      return {
        status: 200,
        type: 'text/event-stream',
        // Compressed, events would wait for more of them; so they would in a proxy that collects before it sends.
        headers: { 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' },
        body: progressEvents(load, stopping),
      };
    },
  }),

  route({
    method: 'delete',
    path: '/api/videos/:videoId',
    tag,
    summary: 'Remove a video, also while it is worked on',
    action: 'video.delete',
    params,
    replies: { 204: { description: 'Hidden from everyone; its bytes are removed soon' } },
    errors: [],
    async handle({ params, permit, audit, context }) {
      const found = permit(await context.db.videos.find(params.videoId));
      if (!(await remove(context, found, audit)))
        throw new MillraceError('not_found', 'There is no such video.');
      return { status: 204 };
    },
  }),

  route({
    method: 'post',
    path: '/api/videos/:videoId/cancel',
    tag,
    summary: 'End the work on a video; its source is kept',
    action: 'video.change',
    params,
    replies: { 200: { description: 'The video, failed with `cancelled`', schema: videoContract } },
    errors: ['not_in_progress'],
    async handle({ params, permit, audit, context }) {
      const found = permit(await context.db.videos.find(params.videoId));
      const cancelled = await cancel(context, found, audit);
      if (!cancelled) throw new MillraceError('not_in_progress', 'Nothing is being done on this video now.');
      const progress = await readProgress(context.db, cancelled);
      return { status: 200, body: presentVideo(cancelled, progress, context.publicUrl) };
    },
  }),

  route({
    method: 'post',
    path: '/api/videos/:videoId/reprocess',
    tag,
    summary: 'Encode a video again from its source; what plays goes on playing meanwhile',
    action: 'video.change',
    params,
    replies: { 202: { description: 'The video, waiting to be looked at', schema: videoContract } },
    errors: ['in_progress', 'upload_incomplete', 'source_missing', 'plays_outside'],
    async handle({ params, permit, audit, context, traceparent }) {
      const { db, storage, publicUrl } = context;
      const found = permit(await db.videos.find(params.videoId));
      refuseOutside(found);
      if (found.state === 'draft') throw new MillraceError('upload_incomplete', 'Nothing was uploaded yet.');
      const { key, etag } = found.source;
      if ((await storage.head('raw', key))?.etag !== etag) {
        throw new MillraceError('source_missing', 'The uploaded file is gone or was replaced.');
      }
      const begun = await reprocess({ ...context, traceparent }, found, audit);
      if (!begun) throw new MillraceError('in_progress', 'The video is being worked on; cancel that first.');
      return { status: 202, body: presentVideo(begun, await readProgress(db, begun), publicUrl) };
    },
  }),
];
