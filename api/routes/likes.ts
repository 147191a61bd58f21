import { z } from 'zod';
import { region, videoId } from '../../shared/contracts/common.ts';
import { like as likeContract } from '../../shared/contracts/likes.ts';
import { MillraceError } from '../../shared/errors.ts';
import { type LikeWish, setLikes } from '../../shared/set-likes.ts';
import { workTogether } from '../../shared/work-together.ts';
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
const mostAtOnce = 200;
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
      const region = viewerRegion({ header, claim: query.region }, context.config);
      const likes = await together(video._id, { context, userId: caller._id, liked: true, region });
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
      const likes = await together(video._id, { context, userId: caller._id, liked: false, region: '' });
      return { status: 200, body: { liked: false, likes }, headers };
    },
  }),
];

/** While some are written others gather, so that a video that everybody likes is written a few times a second. */
const together = workTogether(async (videoId: string, wishes: (LikeWish & { context: ApiContext })[]) => {
  const [{ context } = { context: undefined }] = wishes;
  if (!context) return [];
  const counted = await writeInTurn(context, videoId, async (session) => {
    const after = await setLikes(context.db, videoId, wishes, session);
    // Deleted meanwhile: nothing of this is written.
    if (!after) throw new MillraceError('not_found', 'There is no such video.');
    return after;
  });
  return wishes.map(() => counted.likes);
}, mostAtOnce);
