import { z } from 'zod';
import { region, videoId } from '../../shared/contracts/common.ts';
import { like as likeContract } from '../../shared/contracts/likes.ts';
import type { User } from '../../shared/db/users.ts';
import type { Video } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { takeLike } from '../../shared/take-like.ts';
import type { ApiContext } from '../context.ts';
import { refuseUnwatchable } from '../refuse-unwatchable.ts';
import { route } from '../route.ts';
import { viewerRegion } from '../viewer-region.ts';
import { writeInTurn } from '../write-in-turn.ts';

const tag = 'Comments';
const path = '/api/videos/:videoId/like';
const action = 'video.like';
const params = z.strictObject({ videoId });
const replies = { 200: { description: 'How things stand now', schema: likeContract } };
const headers = { 'Cache-Control': 'no-store' };

export const claimedRegion = region.optional().meta({
  description:
    'Where the viewer is, unless the CDN in front says so; one that is not served counts as the default',
  example: 'GB',
});

export const likeRoutes = [
  route({
    method: 'get',
    path,
    tag,
    summary: 'Whether I like a video',
    action,
    params,
    replies,
    errors: [],
    async handle({ params, permit, caller, context }) {
      const { _id, likes } = permit(await context.db.videos.find(params.videoId));
      const mine = await context.db.likes.find(_id, caller._id);
      return { status: 200, body: { liked: mine !== null, likes }, headers };
    },
  }),

  route({
    method: 'put',
    path,
    tag,
    summary: 'Like a video',
    description: 'Once: who likes it already changes nothing.',
    action,
    params,
    query: z.strictObject({ region: claimedRegion }),
    replies,
    errors: ['not_playable_yet', 'taken_down'],
    async handle({ params, query, permit, caller, header, context }) {
      const video = permit(await context.db.videos.find(params.videoId));
      refuseUnwatchable(video);
      const where = viewerRegion({ header, claim: query.region }, context.config);
      const likes = await addLike(context, video, caller, where);
      return { status: 200, body: { liked: true, likes }, headers };
    },
  }),

  route({
    method: 'delete',
    path,
    tag,
    summary: 'Like a video no longer',
    action,
    params,
    replies,
    errors: [],
    async handle({ params, permit, caller, context }) {
      const video = permit(await context.db.videos.find(params.videoId));
      const counted = await writeInTurn(context, video._id, (session) =>
        takeLike(context.db, video._id, caller._id, session),
      );
      return { status: 200, body: { liked: false, likes: (counted ?? video).likes }, headers };
    },
  }),
];

/** How many like it then. The video itself is written last: all who like it write it. */
function addLike(context: ApiContext, video: Video, { _id }: User, region: string): Promise<number> {
  const { db } = context;
  const videoId = video._id;
  return writeInTurn(context, videoId, async (session) => {
    const at = new Date();
    if (!(await db.likes.add({ videoId, userId: _id, region, at }, session))) return video.likes;
    await db.engagements.note({ videoId, region, kind: 'likes', by: 1, at }, session);
    const counted = await db.videos.count(videoId, 'likes', 1, session);
    // Deleted meanwhile: nothing of this is written.
    if (!counted) throw new MillraceError('not_found', 'There is no such video.');
    return counted.likes;
  });
}
