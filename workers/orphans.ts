import type { Context } from '../shared/context.ts';
import { isWanted } from '../shared/db/upkeep.ts';
import { type KeyFacts, orphanCursorKey, type PersonKeyFacts, readKey } from '../shared/keys.ts';
import { type Bucket, buckets } from '../shared/storage.ts';

type Means = Pick<Context, 'db' | 'storage' | 'redis' | 'config'>;

/** What a call has removed, and how much it left alone as its video or person is not known; of that one key. */
type Orphans = { objects: number; uploads: number; unknown: number; example?: string };

/**
 * Removes what no purge could see: objects that a worker wrote long after its attempt or its video had ended, uploads
 * in parts that nobody completed. Only what is older than `before`, since an upload's bytes and a job's segments are
 * there before a record says so. Of every video and person there is a record, also when it was removed. So what has
 * none is another installation's, or younger than the database, which came from a backup: it is left alone, as are keys
 * that Millrace did not make. Each call looks at a page of each bucket and goes on where the last one ended.
 */
export async function removeOrphans(means: Means, before: Date): Promise<Orphans> {
  const found: Orphans = { objects: 0, uploads: 0, unknown: 0 };
  const unknown = (keys: string[]) => {
    found.unknown += keys.length;
    const [example = found.example] = keys;
    if (example !== undefined) found.example = example;
  };
  for (const bucket of buckets) {
    const { removed, strange } = await removeOrphanedObjects(means, bucket, before);
    found.objects += removed;
    unknown(strange);
    const open = await means.storage.openUploads(bucket);
    const { known, strange: others } = await ownersOf(
      means.db,
      open.filter(({ startedAt }) => startedAt < before),
    );
    for (const { thing } of known) await means.storage.abortUpload(bucket, thing);
    found.uploads += known.length;
    unknown(others);
  }
  return found;
}

async function removeOrphanedObjects(
  { db, storage, redis, config }: Means,
  bucket: Bucket,
  before: Date,
): Promise<{ removed: number; strange: string[] }> {
  // Losing the cursor costs a start from the front.
  const cursor = orphanCursorKey(config.REDIS_PREFIX, bucket);
  const { objects, isLast } = await storage.page(bucket, '', (await redis.get(cursor)) ?? undefined);
  // Records are read after the listing, so that no attempt is younger than what is known of its video.
  const old = objects.filter(({ modifiedAt }) => modifiedAt < before);
  const { known, strange, isNeeded } = await ownersOf(db, old);
  const orphans = known.filter(({ facts }) => !isNeeded(facts));
  await storage.removeKeys(
    bucket,
    orphans.map(({ thing }) => thing.key),
  );
  // Who wrote such an object late may also have noted it.
  const attempts = new Map(
    orphans.flatMap(({ facts }) =>
      'videoId' in facts && facts.generation !== undefined
        ? [[`${facts.videoId} ${facts.generation}`, [facts.videoId, facts.generation] as const]]
        : [],
    ),
  );
  for (const attempt of attempts.values()) {
    await db.playlists.remove(...attempt);
    await db.parts.remove(...attempt);
  }
  const last = isLast ? undefined : objects.at(-1)?.key;
  if (last) await redis.set(cursor, last);
  else await redis.del(cursor);
  return { removed: orphans.length, strange };
}

type Facts = KeyFacts | PersonKeyFacts;

/** Tells what belongs to a video or person that is known here, the keys of what does not, and what is still needed. */
async function ownersOf<T extends { key: string }>(db: Means['db'], things: T[]) {
  const ours = things.flatMap((thing) => {
    const facts = readKey(thing.key);
    return facts ? [{ thing, facts }] : [];
  });
  const facts = ours.map((one) => one.facts);
  const videoIds = facts.flatMap((one) => ('videoId' in one ? one.videoId : []));
  const fates = new Map((await db.upkeep.fates([...new Set(videoIds)])).map((fate) => [fate._id, fate]));
  const pictures = facts.flatMap((one) => ('personId' in one ? [one] : []));
  const isPictureNeeded = await neededPictures(db, pictures);
  /** Undefined: nothing is known of its video or person. */
  const isNeeded = (one: Facts): boolean | undefined => {
    if ('personId' in one) return isPictureNeeded(one);
    const fate = fates.get(one.videoId);
    return fate && isWanted(fate, one.generation);
  };
  const isStrange = (one: { facts: Facts }) => isNeeded(one.facts) === undefined;
  return {
    known: ours.filter((one) => !isStrange(one)),
    strange: ours.filter(isStrange).map(({ thing }) => thing.key),
    isNeeded,
  };
}

/** Of a person the picture that is shown is needed, and what was uploaded until that is made of it. */
async function neededPictures(db: Means['db'], pictures: PersonKeyFacts[]) {
  const ids = [...new Set(pictures.map(({ personId }) => personId))];
  const people = await db.people.among(ids);
  const removed = new Set(await db.people.removed(ids));
  const shown = new Map(people.map(({ _id, picture }) => [_id, picture?.version]));
  const uploads = await db.personPictures.wanted(pictures.flatMap(({ uploadId }) => uploadId ?? []));
  const waiting = new Set(uploads.map(({ _id }) => _id));
  return ({ personId, version, uploadId }: PersonKeyFacts): boolean | undefined => {
    if (removed.has(personId)) return false;
    if (!shown.has(personId)) return undefined;
    return uploadId === undefined ? shown.get(personId) === version : waiting.has(uploadId);
  };
}
