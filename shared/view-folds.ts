import type { HourCounts } from './db/views.ts';
import { newId } from './ids.ts';
import { viewKeys } from './keys.ts';
import type { Redis } from './redis.ts';
import { shareParts } from './view-counter.ts';

/** About so many counts go into one part: a transaction that is not too long, and worth its round trips. */
const usualPartSize = 1000;

/** One part of a fold, to be counted as a whole or not at all; `id` is the same whoever reads the fold. */
export type FoldPart = { id: string; counts(): HourCounts[] };

/** `isNew`: set aside by this very call. */
type Fold = { id: string; isNew: boolean; parts: FoldPart[] };

/**
 * Sets what is counted in Redis aside as a fold; or gives the one that an earlier run has not finished. From then on
 * its hash is never written to, so each who reads it cuts it into the same parts.
 */
export async function takeFold(
  redis: Redis,
  prefix: string,
  partSize = usualPartSize,
): Promise<Fold | undefined> {
  const { counts, folding, fold } = viewKeys(prefix);
  const script = `
    local known = redis.call('GET', KEYS[2])
    if known then return known end
    if redis.call('EXISTS', KEYS[1]) == 0 then return false end
    redis.call('RENAME', KEYS[1], KEYS[3])
    redis.call('SET', KEYS[2], ARGV[1])
    return ARGV[1]`;
  const fresh = `${newId()}-${partSize}`;
  const id = (await redis.eval(script, 3, counts, folding, fold(fresh), fresh)) as string | null;
  if (id === null) return undefined;
  return { id, isNew: id === fresh, parts: await readParts(redis, id, fold(id)) };
}

/** Forgets a fold that MongoDB has counted; another that was set aside since stays. */
export async function dropFold(redis: Redis, prefix: string, id: string): Promise<void> {
  const { folding, fold } = viewKeys(prefix);
  const script = `
    if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
    redis.call('UNLINK', KEYS[2])`;
  await redis.eval(script, 2, folding, fold(id), id);
}

/**
 * Reads a fold in steps, so that Redis answers others meanwhile, into parts that hold all of a video's counts each, so
 * that two of them never write to the same video. How large they are stands in the fold's id: one from before a change
 * of the size must be cut as it was.
 */
async function readParts(redis: Redis, id: string, key: string): Promise<FoldPart[]> {
  const size = Number(id.split('-')[1]);
  const count = Math.ceil((await redis.hlen(key)) / size);
  const parts = Array.from({ length: count }, packedFields);
  let cursor = '0';
  do {
    const [next, flat] = await redis.hscan(key, cursor, 'COUNT', 1000);
    for (let at = 0; at < flat.length; at += 2) {
      const [field = '', value = ''] = [flat[at], flat[at + 1]];
      parts[partOf(field, count)]?.add(field, value);
    }
    cursor = next;
  } while (cursor !== '0');
  return parts.flatMap(({ isEmpty, all }, n) =>
    isEmpty() ? [] : [{ id: `${id}-${n}-of-${count}`, counts: () => inOrder(all()) }],
  );
}

/** By the video's id (FNV-1a). */
function partOf(field: string, count: number): number {
  const end = field.indexOf(' ');
  let hash = 0x811c9dc5;
  for (let at = 0; at < end; at += 1) hash = Math.imul(hash ^ field.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % count;
}

/**
 * Fields and values as bytes. As objects they take ten times as much, and after an hour without workers there may be
 * millions.
 */
function packedFields() {
  let bytes = Buffer.allocUnsafe(4096);
  let length = 0;
  return {
    add(field: string, value: string): void {
      const line = `${field}\t${value}\n`;
      if (length + line.length > bytes.length) bytes = Buffer.concat([bytes], 2 * bytes.length);
      length += bytes.write(line, length, 'latin1');
    },
    isEmpty: () => length === 0,
    /** HSCAN may give a field twice; here it is once. */
    all(): Map<string, string> {
      const lines = bytes.toString('latin1', 0, length).split('\n').slice(0, -1);
      return new Map(lines.map((line) => line.split('\t') as [string, string]));
    },
  };
}

/** The counts of each video behind one another. */
function inOrder(fields: Map<string, string>): HourCounts[] {
  return [...fields].sort(([a], [b]) => (a < b ? -1 : 1)).map(([field, value]) => readField(field, value));
}

/** `{videoId} {region} {hours since 1970}` and `{views} {seconds} {share}`. */
function readField(field: string, value: string): HourCounts {
  const [videoId = '', region = '', hour] = field.split(' ');
  const [views = 0, watchSeconds = 0, share = 0] = value.split(' ').map(Number);
  const watchShare = share / shareParts;
  return {
    ...{ videoId, region, hour: new Date(Number(hour) * 3_600_000) },
    ...{ views, watchSeconds, watchShare, likes: 0, comments: 0 },
  };
}
