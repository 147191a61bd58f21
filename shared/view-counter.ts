import { viewKeys } from './keys.ts';
import type { Redis } from './redis.ts';

/** A share of a video is counted in these parts: doubles add them without an error. */
export const shareParts = 1024;

/** An hour: for so long a viewer and a video make one view. */
const oneViewSeconds = 3600;

/** `seconds` and `share` (in `shareParts`) are what the viewer has watched so far, whole. */
export type SeenView = {
  /** Tells viewer and video from all others, and nothing about them. */
  seenBy: string;
  videoId: string;
  region: string;
  seconds: number;
  share: number;
};

/**
 * Keeps what has been counted of a viewer and a video, and adds what is new of it to the video's counts: the first time a
 * view, after that only what more was watched. The hour is that of Redis, so all processes mean the same.
 */
const recordScript = `
  local seconds, share, views = tonumber(ARGV[2]), tonumber(ARGV[3]), 1
  local before = redis.call('GET', KEYS[1])
  if before then
    local s, p = string.match(before, '^(%d+) (%d+)$')
    seconds, share, views = math.max(0, seconds - s), math.max(0, share - p), 0
    if seconds == 0 and share == 0 then return 0 end
    redis.call('SET', KEYS[1], string.format('%d %d', s + seconds, p + share), 'KEEPTTL')
  else
    redis.call('SET', KEYS[1], ARGV[2] .. ' ' .. ARGV[3], 'EX', ARGV[4])
  end
  local field = ARGV[1] .. ' ' .. math.floor(redis.call('TIME')[1] / 3600)
  local counts = redis.call('HGET', KEYS[2], field)
  if counts then
    local v, s, p = string.match(counts, '^(%d+) (%d+) (%d+)$')
    counts = string.format('%d %d %d', v + views, s + seconds, p + share)
  else
    counts = string.format('%d %d %d', views, seconds, share)
  end
  redis.call('HSET', KEYS[2], field, counts)
  return views`;

type Scripted = Redis & { recordView(...words: (string | number)[]): Promise<number> };

export type ViewCounter = {
  /** True for a view that is counted; false for more of one. Takes one round trip. */
  record(view: SeenView): Promise<boolean>;
};

export function createViewCounter(connection: Redis, prefix: string): ViewCounter {
  connection.defineCommand('recordView', { numberOfKeys: 2, lua: recordScript });
  const redis = connection as Scripted;
  const { counts, seen } = viewKeys(prefix);
  return {
    async record({ seenBy, videoId, region, seconds, share }) {
      const words = [`${videoId} ${region}`, seconds, share, oneViewSeconds];
      return (await redis.recordView(seen(seenBy), counts, ...words)) === 1;
    },
  };
}
