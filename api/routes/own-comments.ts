import { z } from 'zod';
import { changeComment } from '../../shared/change-comment.ts';
import { commentChange, comment as commentContract, commentId } from '../../shared/contracts/comments.ts';
import { videoId } from '../../shared/contracts/common.ts';
import type { Comment } from '../../shared/db/comments.ts';
import { MillraceError } from '../../shared/errors.ts';
import { permit as permitAction } from '../access/policy.ts';
import { asThing, commentOf } from '../comment-of.ts';
import { changedMeanwhile, expectedRevision } from '../if-match.ts';
import { refuseWhereOff } from '../refuse-where-off.ts';
import { route } from '../route.ts';
import { writeInTurn } from '../write-in-turn.ts';
import { sendComment } from './comments.ts';

const tag = 'Comments';
const path = '/api/videos/:videoId/comments/:commentId';
const params = z.strictObject({ videoId, commentId });

/** Changing and removing a comment. */
export const ownCommentRoutes = [
  route({
    method: 'patch',
    path,
    tag,
    summary: 'Change the words of my comment',
    action: 'comment.change',
    limit: 'comment',
    params,
    body: commentChange,
    ifMatch: true,
    replies: { 200: { description: 'The comment as it is now', schema: commentContract } },
    errors: ['comments_off'],
    async handle({ params, body, permit, caller, header, context }) {
      const { db } = context;
      const video = permitAction('video.read', caller, await db.videos.find(params.videoId));
      const found = permit(asThing(await commentOf(video, params.commentId, context)));
      refuseWhereOff(video);
      const revision = expectedRevision(header('If-Match'), found.revision);
      const edited = { text: body.text, editedAt: new Date() };
      const isSeen = (now: Comment) => !now.removed && (revision ?? now.revision) === now.revision;
      const changed = await db.transaction((session) =>
        changeComment(
          db,
          found._id,
          (now) => (isSeen(now) ? { ...edited, revision: now.revision + 1 } : undefined),
          session,
        ),
      );
      if (!changed) throw changedMeanwhile();
      return sendComment(changed, video, caller, context);
    },
  }),

  route({
    method: 'delete',
    path,
    tag,
    summary: 'Remove a comment: mine, one on my video, or as a moderator',
    description:
      'Its words are gone for good; replies to it stay. What one has written oneself can also be removed where the video ' +
      'can no longer be seen.',
    action: 'comment.delete',
    params,
    replies: { 204: { description: 'Removed' } },
    errors: [],
    async handle({ params, permit, audit, caller, context }) {
      const { db } = context;
      const found = await db.videos.find(params.videoId);
      const said = await db.comments.find(params.commentId);
      const isMine = said?.videoId === found?._id && said?.userId === caller._id;
      // Before the comment is missed: else what is answered would tell whether a hidden video is there.
      const video = found && isMine ? found : permitAction('video.read', caller, found);
      const comment = asThing(await commentOf(video, params.commentId, context));
      // To the owner of the video everything on it is its own, unless it was hidden or removed before.
      permit(video.ownerId === caller._id && comment.isShown ? video : comment);
      await writeInTurn(context, video._id, async (session) => {
        const gone = { removed: true, text: '' };
        const change = (now: Comment) => (now.removed ? undefined : gone);
        if (!(await changeComment(db, comment._id, change, session))) {
          throw new MillraceError('not_found', 'There is no such comment.');
        }
        await audit(session);
      });
      return { status: 204 };
    },
  }),
];
