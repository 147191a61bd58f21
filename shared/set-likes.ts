import type { Db, DbSession } from './db/connect.ts';
import type { Like } from './db/likes.ts';
import type { Video } from './db/video-record.ts';

/** That somebody likes a video from now on, or does not, and where the person is. */
export type LikeWish = { userId: string; liked: boolean; region: string };

/**
 * Does what several people wish, in their order, with as many writes as for one. A like that is taken back takes its
 * count from the hour and region where it was given. The video is written last, since all who like it write it.
 * @returns the video with its count then; undefined when it is gone: then the transaction must end without a write
 */
export async function setLikes(
  db: Db,
  videoId: string,
  wishes: LikeWish[],
  session: DbSession,
): Promise<Pick<Video, 'likes'> | undefined> {
  const userIds = [...new Set(wishes.map(({ userId }) => userId))];
  const before = await db.likes.among(videoId, userIds, session);
  const now = new Map(before.map((like): [string, Omit<Like, '_id'>] => [like.userId, like]));
  for (const { userId, liked, region } of wishes) {
    if (!liked) now.delete(userId);
    else if (!now.has(userId)) now.set(userId, { videoId, userId, region, at: new Date() });
  }
  const gone = before.filter((like) => now.get(like.userId) !== like);
  const added = [...now.values()].filter((like) => !('_id' in like));
  if (gone.length + added.length > 0) {
    await db.likes.remove(gone, session);
    await db.likes.add(added, session);
    const noteOf = (by: 1 | -1) => (like: Omit<Like, '_id'>) => {
      const { region, at } = like;
      return { videoId, region, kind: 'likes' as const, by, at };
    };
    await db.engagements.noteAll([...gone.map(noteOf(-1)), ...added.map(noteOf(1))], session);
  }
  return db.videos.count(videoId, 'likes', added.length - gone.length, session);
}
