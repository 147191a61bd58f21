import type { Comment } from '../shared/db/comments.ts';
import type { DbSession } from '../shared/db/connect.ts';
import type { Video } from '../shared/db/video-record.ts';
import { MillraceError } from '../shared/errors.ts';
import type { Thing } from './access/policy.ts';
import type { ApiContext } from './context.ts';

/** @throws MillraceError not_found where the video has no such comment */
export async function commentOf(
  { _id }: Video,
  commentId: string,
  { db }: ApiContext,
  session: DbSession | null = null,
): Promise<Comment> {
  const comment = await db.comments.find(commentId, session);
  if (comment?.videoId !== _id) throw new MillraceError('not_found', 'There is no such comment.');
  return comment;
}

/**
 * A comment as the policy judges it, on a video that was judged before. What is hidden is seen as what is private: by
 * its author and by overseers.
 */
export function asThing(comment: Comment): Comment & Thing {
  return {
    ...comment,
    ownerId: comment.userId,
    ownerStatus: comment.authorStatus,
    visibility: comment.hidden ? 'private' : 'public',
    state: comment.removed ? 'deleted' : 'shown',
  };
}
