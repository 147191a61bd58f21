import type { ViewCount } from './db/views.ts';
import { newId } from './ids.ts';
import { viewKeys } from './keys.ts';
import type { Redis } from './redis.ts';

/**
 * Views are counted in one Redis hash and folded into MongoDB by the scheduled run. A fold is set aside under an
 * id of its own before it is counted, and MongoDB remembers counted ids: whatever is killed when, each view is
 * counted once. A crash of Redis costs at most what its append-only file had not written, one second.
 */
export async function recordView(
  redis: Redis,
  prefix: string,
  videoId: string,
  region: string,
): Promise<void> {
  await redis.hincrby(viewKeys(prefix).pending, `${videoId} ${region}`, 1);
}

export type Fold = { id: string; counts: ViewCount[] };

/** Sets the pending counts aside as a fold; or gives the one that an earlier run did not finish. */
export async function takeFold(redis: Redis, prefix: string): Promise<Fold | undefined> {
  const { pending, folding } = viewKeys(prefix);
  const script = `
    if redis.call('EXISTS', KEYS[2]) == 0 then
      if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
      redis.call('RENAME', KEYS[1], KEYS[2])
      redis.call('HSET', KEYS[2], 'id', ARGV[1])
    end
    return redis.call('HGETALL', KEYS[2])`;
  const flat = (await redis.eval(script, 2, pending, folding, newId())) as string[];
  if (flat.length === 0) return undefined;
  const fold: Fold = { id: '', counts: [] };
  for (let at = 0; at < flat.length; at += 2) {
    const [field = '', value = ''] = flat.slice(at, at + 2);
    const [videoId = '', region] = field.split(' ');
    if (region === undefined) fold.id = value;
    else fold.counts.push({ videoId, region, views: Number(value) });
  }
  return fold;
}

/** Forgets a fold that MongoDB has counted; another fold that was set aside since stays. */
export async function dropFold(redis: Redis, prefix: string, id: string): Promise<void> {
  const script = `if redis.call('HGET', KEYS[1], 'id') == ARGV[1] then return redis.call('DEL', KEYS[1]) end`;
  await redis.eval(script, 1, viewKeys(prefix).folding, id);
}
