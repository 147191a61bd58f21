import { changeComment } from './change-comment.ts';
import type { Comment } from './db/comments.ts';
import type { Db } from './db/connect.ts';
import type { User } from './db/users.ts';

const batch = 500;

/**
 * Brings what the status of an account means to its comments: those of an active one are shown and counted, the text of
 * those of a closed one is removed. False when there may be more. A comment heard of a later status stays as it is.
 */
export async function settleComments(db: Db, { _id, status, revision }: User): Promise<boolean> {
  const heard = { authorStatus: status, authorRevision: revision };
  const change = status === 'closed' ? { ...heard, removed: true, text: '' } : heard;
  const unsettled = await db.comments.unsettled(_id, revision, batch);
  for (const comment of unsettled) {
    await db.transaction((session) =>
      changeComment(
        db,
        comment._id,
        (now: Comment) => (now.authorRevision < revision ? change : undefined),
        session,
      ),
    );
  }
  return unsettled.length < batch;
}
