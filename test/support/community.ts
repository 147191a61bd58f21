import type { Connection } from 'mongoose';
import { type Answer, ask } from './ask.ts';
import type { System } from './system.ts';
import type { Person } from './walk.ts';

export type CommentReply = {
  commentId: string;
  replyTo: string | null;
  answers: { userId: string | null; displayName: string } | null;
  state: 'shown' | 'hidden' | 'removed';
  author: { userId: string | null; displayName: string } | null;
  text: string | null;
  isPinned: boolean;
  replies: number;
  revision: number;
  editedAt: string | null;
  code: string;
};
export type CommentPage = { items: CommentReply[]; nextCursor: string | null };

/** Asks as somebody; as nobody without. */
export function askAs<T = Record<string, unknown>>(
  system: System,
  person: Person | undefined,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  const cookie: Record<string, string> = person ? { Cookie: person.cookie } : {};
  return ask<T>(system, method, path, { headers: { ...cookie, ...headers }, ...(body ? { body } : {}) });
}

/** What was said, with the id it got. */
export async function say(
  system: System,
  person: Person,
  videoId: string,
  text: string,
  replyTo?: string,
): Promise<CommentReply> {
  const body = { text, ...(replyTo ? { replyTo } : {}) };
  const answer = await askAs<CommentReply>(system, person, 'POST', `/api/videos/${videoId}/comments`, body);
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
  return answer.body;
}

/** The counts of a video, in every place that has them: they must agree. */
export async function countsOf(mongo: Connection, videoId: string) {
  const sum = async (kind: string) => {
    const [found] = await mongo
      .collection('engagements')
      .aggregate([{ $match: { videoId, kind } }, { $group: { _id: null, sum: { $sum: '$by' } } }])
      .toArray();
    return (found?.sum as number | undefined) ?? 0;
  };
  const video = await mongo
    .collection<{ _id: string; likes: number; comments: number }>('videos')
    .findOne({ _id: videoId });
  return {
    likes: [video?.likes, await mongo.collection('likes').countDocuments({ videoId }), await sum('likes')],
    comments: [
      video?.comments,
      await mongo.collection('comments').countDocuments({ videoId, isShown: true }),
      await sum('comments'),
    ],
  };
}
