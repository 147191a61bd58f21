import { z } from 'zod';
import {
  comment as commentContract,
  commentId,
  commentPage,
  newComment,
} from '../../shared/contracts/comments.ts';
import { videoId } from '../../shared/contracts/common.ts';
import type { Comment } from '../../shared/db/comments.ts';
import type { Video } from '../../shared/db/video-record.ts';
import { type Actor, permit as permitAction } from '../access/policy.ts';
import { asThing, commentOf } from '../comment-of.ts';
import type { ApiContext } from '../context.ts';
import { type Orders, pageParams, readPage } from '../lists.ts';
import { postComment } from '../post-comment.ts';
import { presentComments } from '../present-comments.ts';
import { refuseUnwatchable } from '../refuse-unwatchable.ts';
import { refuseWhereOff } from '../refuse-where-off.ts';
import { type Reply, route } from '../route.ts';
import { viewerRegion } from '../viewer-region.ts';
import { claimedRegion } from './likes.ts';

const tag = 'Comments';
const path = '/api/videos/:videoId/comments';
const one = `${path}/:commentId`;
const ofVideo = z.strictObject({ videoId });
const ofComment = z.strictObject({ videoId, commentId });
const oldest = { field: 'at', direction: 1 } as const;
const orders = { newest: { field: 'at', direction: -1 }, oldest } as const satisfies Orders;
const ofReplies = { oldest } as const satisfies Orders;

export const commentRoutes = [
  route({
    method: 'get',
    path,
    tag,
    summary: 'What viewers say of a video, the newest first, without the replies',
    description:
      'The first page begins with the comment that is pinned, if it is shown. A comment that was hidden or removed keeps its place, ' +
      'without its words, while there are replies to it. Where comments are switched off, those from before stay.',
    action: 'comment.read',
    params: ofVideo,
    query: z.strictObject(pageParams(orders)),
    replies: { 200: { description: 'One page', schema: commentPage } },
    errors: [],
    async handle({ params, query, permit, caller, context }) {
      const video = permit(await context.db.videos.find(params.videoId));
      const first = query.cursor === undefined ? await pinnedOf(video, context) : undefined;
      const list = { path, scope: video._id, orders, query, secretKey: context.config.SECRET_KEY, first };
      const { items, nextCursor } = await readPage(list, (page, except) =>
        context.db.comments.page({ videoId: video._id, parentId: null, except }, page),
      );
      const shown = await presentComments(items, video.pinnedCommentId, caller, context);
      return { status: 200, body: { items: shown, nextCursor } };
    },
  }),

  route({
    method: 'post',
    path,
    tag,
    summary: 'Comment a video, or reply to a comment',
    description:
      'There is one level of replies: who replies to a reply stands beside it, and says whom it answers.',
    action: 'video.comment',
    limit: 'comment',
    params: ofVideo,
    query: z.strictObject({ region: claimedRegion }),
    body: newComment,
    replies: { 201: { description: 'The comment', schema: commentContract } },
    errors: ['comments_off', 'not_playable_yet', 'taken_down'],
    async handle({ params, query, body, permit, caller, header, context, log }) {
      const judge = (found: Video | null) => {
        const video = permit(found);
        refuseUnwatchable(video);
        refuseWhereOff(video);
        return video;
      };
      const video = judge(await context.db.videos.find(params.videoId));
      const region = viewerRegion({ header, claim: query.region }, context.config);
      const made = await postComment(context, video._id, caller, { ...body, region }, log, judge);
      const reply = await sendComment(made, video, caller, context);
      return {
        ...reply,
        status: 201,
        headers: { Location: `/api/videos/${video._id}/comments/${made._id}` },
      };
    },
  }),

  route({
    method: 'get',
    path: one,
    tag,
    summary: 'One comment',
    action: 'comment.read',
    params: ofComment,
    replies: { 200: { description: 'The comment', schema: commentContract } },
    errors: [],
    async handle({ params, permit, caller, context }) {
      const video = permitAction('video.read', caller, await context.db.videos.find(params.videoId));
      const found = permit(asThing(await commentOf(video, params.commentId, context)));
      return sendComment(found, video, caller, context);
    },
  }),

  route({
    method: 'get',
    path: `${one}/replies`,
    tag,
    summary: 'The replies to a comment, the oldest first',
    action: 'comment.read',
    params: ofComment,
    query: z.strictObject(pageParams(ofReplies)),
    replies: { 200: { description: 'One page', schema: commentPage } },
    errors: [],
    async handle({ params, query, permit, caller, context }) {
      const video = permit(await context.db.videos.find(params.videoId));
      const { _id } = await commentOf(video, params.commentId, context);
      const list = { path: one, scope: _id, orders: ofReplies, query, secretKey: context.config.SECRET_KEY };
      const { items, nextCursor } = await readPage(list, (page) =>
        context.db.comments.page({ videoId: video._id, parentId: _id }, page),
      );
      const shown = await presentComments(items, video.pinnedCommentId, caller, context);
      return { status: 200, body: { items: shown, nextCursor } };
    },
  }),
];

/** The comment that stands at the top. One that was hidden or removed does so no more. */
async function pinnedOf({ _id, pinnedCommentId }: Video, { db }: ApiContext): Promise<Comment | undefined> {
  const found = pinnedCommentId ? await db.comments.find(pinnedCommentId) : null;
  return found?.isShown && found.videoId === _id ? found : undefined;
}

export async function sendComment(
  comment: Comment,
  { pinnedCommentId }: Pick<Video, 'pinnedCommentId'>,
  caller: Actor | undefined,
  context: ApiContext,
): Promise<Reply> {
  const [body] = await presentComments([comment], pinnedCommentId, caller, context);
  return { status: 200, body: body as object, revision: comment.revision };
}
