import { searchCountedKey, searchCursorKey } from '../shared/keys.ts';
import type { Step } from './run.ts';

/** Videos that are compared in one run: a million are through in some hours. */
const batch = 1000;
const secondsOfDay = 86_400;

/**
 * Compares a page of all videos with what search knows of them, and marks those where it is wrong. At the end of them,
 * once a day, terms and words are counted anew, which have only been added to, and which of them are common.
 */
export async function repairSearch({ tools: { db, redis, config }, log }: Step): Promise<void> {
  const key = searchCursorKey(config.REDIS_PREFIX);
  const { marked, next } = await db.search.repair((await redis.get(key)) ?? '', batch);
  await (next === null ? redis.del(key) : redis.set(key, next));
  if (marked > 0) log.info({ marked }, 'search did not know of changes');
  const isUsed = await db.search.usePairs();
  if (isUsed !== undefined) log.info({ isUsed }, 'pairs of common words');
  if (next !== null) return;
  const counted = searchCountedKey(config.REDIS_PREFIX);
  if (!(await redis.exists(counted))) {
    await db.search.countTerms();
    await db.search.choosePairs();
    await redis.set(counted, '1', 'EX', secondsOfDay);
  }
}
