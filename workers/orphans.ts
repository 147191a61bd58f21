import type { Context } from '../shared/context.ts';
import { isWanted } from '../shared/db/upkeep.ts';
import { orphanCursorKey, type PersonKeyFacts, readKey } from '../shared/keys.ts';
import { type Bucket, buckets } from '../shared/storage.ts';

type Means = Pick<Context, 'db' | 'storage' | 'redis' | 'config'>;

/**
 * Removes what no purge could see: objects of videos that are not there, objects that a worker wrote long after its
 * attempt had ended, uploads in parts that nobody completed. Only what is older than `before`, since an upload's
 * bytes and a job's segments are there before a record says so. Each call looks at a page of each bucket and goes on
 * where the last one ended; keys that Millrace did not make are left alone.
 */
export async function removeOrphans(
  means: Means,
  before: Date,
): Promise<{ objects: number; uploads: number }> {
  const removed = { objects: 0, uploads: 0 };
  for (const bucket of buckets) {
    removed.objects += await removeOrphanedObjects(means, bucket, before);
    for (const upload of await means.storage.openUploads(bucket)) {
      if (upload.startedAt >= before) continue;
      await means.storage.abortUpload(bucket, upload);
      removed.uploads += 1;
    }
  }
  return removed;
}

async function removeOrphanedObjects(
  { db, storage, redis, config }: Means,
  bucket: Bucket,
  before: Date,
): Promise<number> {
  // Losing the cursor costs a start from the front.
  const cursor = orphanCursorKey(config.REDIS_PREFIX, bucket);
  const { objects, isLast } = await storage.page(bucket, '', (await redis.get(cursor)) ?? undefined);
  const old = objects.flatMap(({ key, modifiedAt }) => {
    const facts = modifiedAt < before ? readKey(key) : undefined;
    return facts ? [{ key, facts }] : [];
  });
  const ofVideos = old.flatMap(({ key, facts }) => ('videoId' in facts ? [{ key, ...facts }] : []));
  const ofPeople = old.flatMap(({ key, facts }) => ('personId' in facts ? [{ key, ...facts }] : []));
  // Read after the listing, so that no attempt is younger than what is known of its video.
  const fates = await db.upkeep.fates([...new Set(ofVideos.map(({ videoId }) => videoId))]);
  const byId = new Map(fates.map((fate) => [fate._id, fate]));
  const orphans = ofVideos.filter(({ videoId, generation }) => !isWanted(byId.get(videoId), generation));
  const pictures = await unwantedPictures(db, ofPeople);
  await storage.removeKeys(
    bucket,
    [...orphans, ...pictures].map(({ key }) => key),
  );
  // Who wrote such an object late may also have noted it.
  const attempts = new Map(orphans.map((orphan) => [`${orphan.videoId} ${orphan.generation}`, orphan]));
  for (const { videoId, generation } of attempts.values()) {
    if (generation === undefined) continue;
    await db.playlists.remove(videoId, generation);
    await db.parts.remove(videoId, generation);
  }
  const last = isLast ? undefined : objects.at(-1)?.key;
  if (last) await redis.set(cursor, last);
  else await redis.del(cursor);
  return orphans.length + pictures.length;
}

/** Of a person the picture that is shown is wanted, and what was uploaded until that is made of it. */
async function unwantedPictures<T extends PersonKeyFacts>(db: Means['db'], pictures: T[]): Promise<T[]> {
  if (pictures.length === 0) return [];
  const people = await db.people.among([...new Set(pictures.map(({ personId }) => personId))]);
  const shown = new Map(people.map(({ _id, picture }) => [_id, picture?.version]));
  const uploads = await db.personPictures.wanted(pictures.flatMap(({ uploadId }) => uploadId ?? []));
  const waiting = new Set(uploads.map(({ _id }) => _id));
  return pictures.filter(({ personId, version, uploadId }) =>
    uploadId === undefined ? shown.get(personId) !== version : !waiting.has(uploadId),
  );
}
