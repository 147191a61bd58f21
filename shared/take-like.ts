import type { Db, DbSession } from './db/connect.ts';
import type { Video } from './db/video-record.ts';

/**
 * Takes a like back, and its count from the hour and region where it was given. Gives the video as counted; undefined
 * when there was no like, or the video is gone.
 */
export async function takeLike(
  db: Db,
  videoId: string,
  userId: string,
  session: DbSession,
): Promise<Video | undefined> {
  const taken = await db.likes.take(videoId, userId, session);
  if (!taken) return undefined;
  const { region, at } = taken;
  await db.engagements.note({ videoId, region, kind: 'likes', by: -1, at }, session);
  return db.videos.count(videoId, 'likes', -1, session);
}
