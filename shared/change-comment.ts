import type { Comment, NewComment } from './db/comments.ts';
import type { Db, DbSession } from './db/connect.ts';

/** What may change of a comment. */
type CommentChange = Partial<
  Pick<Comment, 'text' | 'editedAt' | 'hidden' | 'removed' | 'authorStatus' | 'authorRevision' | 'revision'>
>;

/**
 * Writes a comment with everything that counts it: the replies of what it stands under, the note for the trending
 * lists, and the number on the video. That one is written last, since all who comment there write it too.
 * @returns false when the video is gone: then the transaction must end without a write
 */
export async function addComment(db: Db, comment: NewComment, session: DbSession): Promise<boolean> {
  await db.comments.add(comment, session);
  return count(db, comment, 1, session);
}

/**
 * Changes a comment, and counts it anew where it is shown from now on or is no longer. What goes takes its count back
 * from the hour and region where it was written. Of what is removed nothing is left to decide about, so its report
 * ends.
 * @returns what it is now; undefined when there is none
 */
export async function changeComment(
  db: Db,
  id: string,
  change: CommentChange | ((now: Comment) => CommentChange | undefined),
  session: DbSession,
): Promise<Comment | undefined> {
  const before = await db.comments.find(id, session);
  const given = before && (typeof change === 'function' ? change(before) : change);
  if (!before || !given) return undefined;
  const after = { ...before, ...given };
  after.isShown = isShown(after);
  after.isListed = after.isShown || after.replies > 0;
  const { isShown: shown, isListed } = after;
  await db.comments.set(id, { ...given, isShown: shown, isListed }, session);
  if (after.removed && !before.removed) {
    await db.reports.end(id, { outcome: 'removed', note: '', resolvedBy: null }, session);
  }
  if (before.isShown !== after.isShown) await count(db, after, after.isShown ? 1 : -1, session);
  return after;
}

function isShown({ hidden, removed, authorStatus }: Comment): boolean {
  return !hidden && !removed && (authorStatus ?? 'active') === 'active';
}

async function count(
  db: Db,
  { videoId, parentId, region, at }: NewComment,
  by: 1 | -1,
  session: DbSession,
): Promise<boolean> {
  if (parentId !== null) await db.comments.countReply(parentId, by, session);
  await db.engagements.note({ videoId, region, kind: 'comments', by, at }, session);
  return (await db.videos.count(videoId, 'comments', by, session)) !== undefined;
}
