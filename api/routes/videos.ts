import { z } from 'zod';
import { videoId } from '../../shared/contracts/common.ts';
import { videoChange } from '../../shared/contracts/video-changes.ts';
import { ladder, playback, video as videoContract } from '../../shared/contracts/videos.ts';
import type { Video, WatchedVideo } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { ApiContext } from '../context.ts';
import { changedMeanwhile, expectedRevision } from '../if-match.ts';
import { holdCategory } from '../known-category.ts';
import { playingGeneration, presentLadder, presentPlayback, presentVideo, revisionOf } from '../present.ts';
import { type Progress, readProgress } from '../progress.ts';
import { publishTime } from '../publish-time.ts';
import { byRegion } from '../refuse-elsewhere.ts';
import { refuseOutside } from '../refuse-outside.ts';
import { refusePlaying } from '../refuse-unwatchable.ts';
import { type Reply, route } from '../route.ts';

const tag = 'Videos';
const params = z.strictObject({ videoId });

export const videoRoutes = [
  route({
    method: 'get',
    path: '/api/videos/:videoId',
    tag,
    summary: 'One video: state, percent, time left, renditions, why it failed',
    action: 'video.read',
    params,
    selectable: 'whole',
    hotSeconds: 0,
    replies: { 200: { description: 'The video', schema: videoContract } },
    errors: [],
    async handle({ params, permit, context }) {
      const found = permit(await context.db.videos.watch(params.videoId));
      return sendVideo(found, await readProgress(context.db, found), context);
    },
  }),

  route({
    method: 'patch',
    path: '/api/videos/:videoId',
    tag,
    summary: 'Change what is said of a video, and who may see it',
    description:
      'Send the `ETag` that `GET` gave as `If-Match`. It begins with the `revision` of the video (`"r3.…"`), and only ' +
      'that is compared: it is raised by these changes alone, so a video can be edited while it is encoded. Of two who ' +
      'edit the same revision one wins, the other gets `changed_meanwhile`. `"r3"` will do as well. What is not named ' +
      'stays. A lower `visibility` counts at once, except for a trending list and segment addresses given out before.',
    action: 'video.change',
    params,
    body: videoChange,
    ifMatch: true,
    replies: { 200: { description: 'The video as it is now, with its new ETag', schema: videoContract } },
    errors: [],
    async handle({ params, body, caller, permit, audit, header, context }) {
      const { videos, edits } = context.db;
      const found = permit(await videos.find(params.videoId));
      const revision = expectedRevision(header('If-Match'), revisionOf(found));
      const { publishAt, ...others } = body;
      const isTimed = publishAt !== undefined;
      const change = {
        ...others,
        ...(isTimed ? { publishedAt: publishTime(publishAt, found.publishedAt) } : {}),
      };
      const changed = await context.db.transaction(async (session) => {
        const done = await videos.change(found._id, revision, change, session);
        if (!done) return undefined;
        await edits.add([{ before: done.before, change }], caller._id, session);
        await audit(session);
        // What it is about already may stay, whatever has become of the category.
        if (body.category !== done.before.category) await holdCategory(body.category, context, session);
        return done.after;
      });
      if (changed) return sendVideo(changed, await readProgress(context.db, changed), context);
      // Somebody else was faster: in changing it, or in deleting it.
      permit(await videos.find(params.videoId));
      throw changedMeanwhile();
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
    errors: ['not_playable_yet', 'plays_outside'],
    async handle({ params, permit, context }) {
      const found = permit(await context.db.videos.find(params.videoId));
      refuseOutside(found);
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
    errors: ['not_playable_yet', 'video_failed', 'not_in_region', 'taken_down'],
    async handle({ params, permit, caller, header, context }) {
      const asking = { caller, header, context };
      const found = refusePlaying(permit(await context.db.videos.find(params.videoId)), asking);
      const generation = playingGeneration(found);
      if (generation !== undefined) {
        const body = presentPlayback(found, generation, context.publicUrl);
        return { status: 200, body, headers: byRegion(context) };
      }
      if (found.failure) throw new MillraceError('video_failed', found.failure.message);
      if (found.outside)
        throw new MillraceError('not_playable_yet', 'The import has told no address to play.');
      throw new MillraceError(
        'not_playable_yet',
        `The video is ${found.state}; its first segments are not there yet.`,
      );
    },
  }),
];

function sendVideo(found: Video | WatchedVideo, progress: Progress, { publicUrl }: ApiContext): Reply {
  const body = presentVideo(found, progress, publicUrl);
  return { status: 200, body, revision: revisionOf(found) };
}
