import type { z } from 'zod';
import type { comment } from '../shared/contracts/comments.ts';
import type { Comment } from '../shared/db/comments.ts';
import type { User } from '../shared/db/users.ts';
import { type Actor, overseers } from './access/policy.ts';
import type { ApiContext } from './context.ts';

type Reply = z.infer<typeof comment>;
type Named = Pick<User, '_id' | 'displayName' | 'status'>;

/**
 * Comments as somebody sees them. Their authors are looked up here, in one question: so names are those of now, and who
 * has just been suspended is heard no more, before the records say so.
 */
export async function presentComments(
  comments: Comment[],
  pinnedCommentId: string | null | undefined,
  actor: Actor | undefined,
  { db }: ApiContext,
): Promise<Reply[]> {
  const ids = comments.flatMap(({ userId, answersUserId }) => [userId, answersUserId ?? []].flat());
  const people = new Map((await db.users.named([...new Set(ids)])).map((user) => [user._id, user]));
  return comments.map((comment) => {
    const author = people.get(comment.userId);
    const state = stateOf(comment, author);
    const isPinned = state === 'shown' && comment._id === pinnedCommentId;
    const isSeen = state === 'shown' || (state === 'hidden' && seesHidden(comment, actor));
    return {
      commentId: comment._id,
      videoId: comment.videoId,
      replyTo: comment.parentId,
      answers:
        comment.answersUserId === null || !isSeen ? null : presentAnswered(people.get(comment.answersUserId)),
      state,
      author: isSeen ? presentPerson(author) : null,
      text: isSeen ? comment.text : null,
      isPinned,
      replies: comment.replies,
      revision: comment.revision,
      createdAt: comment.at.toISOString(),
      editedAt: isSeen ? (comment.editedAt?.toISOString() ?? null) : null,
    };
  });
}

function stateOf({ removed, hidden }: Comment, author: Named | undefined): Reply['state'] {
  if (removed || isGone(author)) return 'removed';
  return hidden || author?.status !== 'active' ? 'hidden' : 'shown';
}

/** Its author, who may want to know why nobody answers, and those who judge it. */
function seesHidden({ userId }: Comment, actor: Actor | undefined): boolean {
  return actor?._id === userId || (actor?.roles.some((role) => overseers.includes(role)) ?? false);
}

function presentPerson(user: Named | undefined) {
  if (!user || isGone(user)) return { userId: null, displayName: 'deleted account' };
  return { userId: user._id, displayName: user.displayName };
}

/** Whoever is suspended is not named under the words of others. */
function presentAnswered(user: Named | undefined) {
  return user?.status === 'suspended' ? null : presentPerson(user);
}

/** Who has asked to be forgotten is gone from then on, also in the time in which that can be taken back. */
export function isGone(user: Named | undefined): boolean {
  return !user || user.status === 'closing' || user.status === 'closed';
}
