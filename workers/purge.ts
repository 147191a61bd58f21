import type { Context } from '../shared/context.ts';
import type { EndedVideo } from '../shared/db/upkeep.ts';
import { generationPrefix, videoPrefix } from '../shared/keys.ts';

/** How long what was replaced stays: until the addresses that its viewers hold have run out. */
export function replacedSeconds({ config }: Pick<Context, 'config'>): number {
  return Math.max(config.PURGE_GRACE_SECONDS, config.PLAYBACK_URL_TTL_SECONDS);
}

type Means = Pick<Context, 'db' | 'storage' | 'config'>;

/**
 * Removes what a video that has ended no longer needs: of a deleted one everything, of others every attempt but the
 * one that plays. The source of a failed video is kept. Attempts younger than `video` says are not touched.
 */
export async function purge(means: Means, video: EndedVideo): Promise<void> {
  if (video.state === 'deleted') await purgeWhole(means, video);
  else {
    for (let generation = 1; generation <= video.generation; generation += 1) {
      if (generation !== video.activeGeneration) await purgeAttempt(means, video._id, generation);
    }
  }
  await means.db.upkeep.purged(video);
}

async function purgeWhole({ db, storage, config }: Means, { _id, source }: EndedVideo): Promise<void> {
  await db.playlists.remove(_id);
  await db.parts.remove(_id);
  await db.captions.forget(_id);
  await db.posters.forget(_id);
  await db.credits.forget(_id);
  await db.likes.forget(_id);
  await db.comments.forget(_id);
  await db.reports.forget(_id);
  await db.uploads.forgetName(_id);
  await db.edits.forget(_id);
  await db.trending.forget(_id, config.REGIONS);
  for (const bucket of ['processed', 'thumbnails'] as const)
    await storage.removeAll(bucket, videoPrefix(_id));
  // Pictures that were sent as its poster begin with the same key. What plays from outside has no source.
  if (source.key !== '') await storage.removeAll('raw', source.key);
}

/** The playlists first, so that nobody is sent to segments that are gone. */
async function purgeAttempt(
  { db, storage }: Omit<Means, 'config'>,
  videoId: string,
  generation: number,
): Promise<void> {
  await db.playlists.remove(videoId, generation);
  await db.parts.remove(videoId, generation);
  await db.captions.forget(videoId, generation);
  await db.posters.forget(videoId, generation);
  for (const bucket of ['processed', 'thumbnails'] as const) {
    await storage.removeAll(bucket, generationPrefix(videoId, generation));
  }
}
