import { z } from 'zod';
import { changeComment } from '../../shared/change-comment.ts';
import { commentId } from '../../shared/contracts/comments.ts';
import { videoId } from '../../shared/contracts/common.ts';
import { newTakeDown, takeDown as takeDownContract } from '../../shared/contracts/reports.ts';
import { MillraceError } from '../../shared/errors.ts';
import { permit as permitAction } from '../access/policy.ts';
import { asThing, commentOf } from '../comment-of.ts';
import { presentTakeDown } from '../present-take-down.ts';
import { type Request, route } from '../route.ts';
import { anotherModerator, showAgain, takeDown, tellOwner } from '../take-down.ts';
import { writeInTurn } from '../write-in-turn.ts';

const tag = 'Moderation';
const ofVideo = z.strictObject({ videoId });
const ofComment = z.strictObject({ videoId, commentId });
const takenDownPath = '/api/videos/:videoId/take-down';
const hiddenPath = '/api/videos/:videoId/comments/:commentId/hidden';
const pinPath = '/api/videos/:videoId/comments/:commentId/pin';
const done = { 204: { description: 'So it is' } };

type OfComment<A extends 'comment.hide' | 'video.change'> = Request<
  z.infer<typeof ofComment>,
  unknown,
  unknown,
  A
>;

/** What moderators do about videos and comments; and the pin, which owners set too. */
export const moderationRoutes = [
  route({
    method: 'put',
    path: takenDownPath,
    tag,
    summary: 'Take a video down',
    description:
      'At once nobody finds, plays, likes, comments or reads it any more but moderators; its owner sees that it is there ' +
      'and why it does not play, and gets a letter where the address is verified. All reports of it end. Only ' +
      'moderators can undo it, also when the owner changes the video or encodes it again.',
    action: 'video.take-down',
    params: ofVideo,
    body: newTakeDown,
    replies: { 200: { description: 'As the owner sees it', schema: takeDownContract } },
    errors: [],
    async handle({ params, body, permit, audit, caller, context }) {
      const { db } = context;
      const found = permit(await db.videos.find(params.videoId));
      const why = { by: caller._id, ...body };
      const { before, takenDown } = await writeInTurn(context, found._id, async (session) => {
        const done = await takeDown(context, found._id, why, session);
        if (!done) throw noSuch('video');
        const ending = { outcome: 'taken_down' as const, note: '', resolvedBy: caller._id };
        await db.reports.end(found._id, ending, session);
        await audit(session, { reason: body.reason, message: null });
        return done;
      });
      if (!before.takenDown) tellOwner(context, before, why);
      return { status: 200, body: presentTakeDown(takenDown) };
    },
  }),

  route({
    method: 'delete',
    path: takenDownPath,
    tag,
    summary: 'Show a video again that was taken down',
    description: 'What is one’s own another moderator has to show again.',
    action: 'video.take-down',
    params: ofVideo,
    replies: done,
    errors: [],
    async handle({ params, permit, audit, caller, context }) {
      const found = permit(await context.db.videos.find(params.videoId));
      await writeInTurn(context, found._id, async (session) => {
        if (!(await showAgain(context, found._id, caller._id, session))) throw noSuch('video');
        await audit(session);
      });
      return { status: 204 };
    },
  }),

  route({
    method: 'put',
    path: hiddenPath,
    tag,
    summary: 'Hide a comment from all but its author and moderators',
    description: 'It is no longer counted. Replies to it stay, and all reports of it end.',
    action: 'comment.hide',
    params: ofComment,
    replies: done,
    errors: [],
    handle: (request) => hide(request, true),
  }),

  route({
    method: 'delete',
    path: hiddenPath,
    tag,
    summary: 'Show a comment again',
    action: 'comment.hide',
    params: ofComment,
    replies: done,
    errors: [],
    handle: (request) => hide(request, false),
  }),

  route({
    method: 'put',
    path: pinPath,
    tag: 'Comments',
    summary: 'Pin a comment: it comes first from then on, and no other does',
    action: 'video.change',
    params: ofComment,
    replies: done,
    errors: ['invalid_request'],
    async handle({ params, permit, context }) {
      const video = permit(await context.db.videos.find(params.videoId));
      const comment = await commentOf(video, params.commentId, context);
      if (!comment.isShown) throw noSuch('comment');
      if (comment.parentId !== null) {
        throw new MillraceError('invalid_request', 'A reply cannot be pinned, only what it stands under.');
      }
      await context.db.videos.pin(video._id, comment._id);
      return { status: 204 };
    },
  }),

  route({
    method: 'delete',
    path: pinPath,
    tag: 'Comments',
    summary: 'Take the pin off a comment',
    action: 'video.change',
    params: ofComment,
    replies: done,
    errors: [],
    async handle({ params, permit, context }) {
      const video = permit(await context.db.videos.find(params.videoId));
      const { _id } = await commentOf(video, params.commentId, context);
      await context.db.videos.unpin(video._id, _id);
      return { status: 204 };
    },
  }),
];

async function hide(
  { params, permit, audit, caller, context }: OfComment<'comment.hide'>,
  hidden: boolean,
): Promise<{ status: number }> {
  const { db } = context;
  const video = permitAction('video.read', caller, await db.videos.find(params.videoId));
  const { _id, ownerId } = permit(asThing(await commentOf(video, params.commentId, context)));
  if (!hidden && ownerId === caller._id) throw anotherModerator();
  await writeInTurn(context, video._id, async (session) => {
    if (!(await changeComment(db, _id, { hidden }, session))) throw noSuch('comment');
    const ending = { outcome: 'hidden' as const, note: '', resolvedBy: caller._id };
    if (hidden) await db.reports.end(_id, ending, session);
    await audit(session);
  });
  return { status: 204 };
}

function noSuch(kind: 'video' | 'comment'): MillraceError {
  return new MillraceError('not_found', `There is no such ${kind}.`);
}
