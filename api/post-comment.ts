import { addComment } from '../shared/change-comment.ts';
import type { Comment } from '../shared/db/comments.ts';
import type { DbSession } from '../shared/db/connect.ts';
import type { User } from '../shared/db/users.ts';
import type { Video } from '../shared/db/video-record.ts';
import { MillraceError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import type { Log } from '../shared/log.ts';
import { settleComments } from '../shared/settle-comments.ts';
import type { ApiContext } from './context.ts';
import { writeInTurn } from './write-in-turn.ts';

type Words = { text: string; replyTo?: string | undefined; region: string };

/**
 * Adds a comment, or a reply to one that is shown. `judge` is asked of the video in the same transaction: where many
 * wait for their turn, it may have been taken down, or its comments switched off, since the request began.
 * @throws MillraceError not_found where the video or what is answered went meanwhile; what `judge` throws
 */
export async function postComment(
  context: Pick<ApiContext, 'db'>,
  videoId: string,
  author: User,
  { text, replyTo, region }: Words,
  log: Log,
  judge: (video: Video | null) => void,
): Promise<Comment> {
  const { db } = context;
  const _id = newId();
  await writeInTurn(context, videoId, async (session) => {
    judge(await db.videos.find(videoId, session));
    const place = await placeOf(context, videoId, replyTo, session);
    const comment = { _id, videoId, userId: author._id, authorRevision: author.revision, ...place };
    const isAdded = await addComment(db, { ...comment, text, region, at: new Date() }, session);
    if (!isAdded) throw new MillraceError('not_found', 'There is no such video.');
  });
  // Suspended or deleted between the request's beginning and this write: what hides its comments may have come by
  // before.
  const now = await db.users.find(author._id);
  if (now && now.status !== 'active') {
    await settleComments(db, now).catch((err) => log.error({ err, commentId: _id }, 'comment not settled'));
  }
  const made = await db.comments.find(_id);
  if (!made) throw new MillraceError('not_found', 'There is no such video.');
  return made;
}

/** What is answered is read in the transaction that counts it there, so that nothing is added to what is gone. */
async function placeOf(
  { db }: Pick<ApiContext, 'db'>,
  videoId: string,
  replyTo: string | undefined,
  session: DbSession,
): Promise<Pick<Comment, 'parentId' | 'answersUserId'>> {
  if (replyTo === undefined) return { parentId: null, answersUserId: null };
  const answered = await db.comments.find(replyTo, session);
  if (!answered?.isShown || answered.videoId !== videoId) {
    throw new MillraceError('not_found', 'The comment to reply to is not there.');
  }
  if (answered.parentId === null) return { parentId: answered._id, answersUserId: null };
  return { parentId: answered.parentId, answersUserId: answered.userId };
}
