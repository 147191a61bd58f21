import { viewKeys } from './keys.ts';
import type { Redis } from './redis.ts';

/** A share of a video is counted in these parts: doubles add them without an error. */
export const shareParts = 1024;

/** An hour: for so long a viewer and a video make one view. */
const oneViewSeconds = 3600;
/** A day: for so long what was watched is known, as players tell the sum since they were opened. */
const keptSeconds = 24 * 3600;
/** So many go to Redis in one piece. */
const mostTogether = 200;

/** `seconds` and `share` (in `shareParts`) are what the viewer has watched so far, whole. */
type SeenView = {
  /** Tells viewer and video from all others, and nothing about them. */
  seenBy: string;
  videoId: string;
  region: string;
  seconds: number;
  share: number;
};

/**
 * Keeps what has been counted of each viewer and video, and the time of the last view of them; and adds what is new to
 * the video's counts: the first time and an hour after the last view a view, else only what more was watched. Who has
 * watched less than what is known an hour after has opened the player anew: then all of it is new. The hour and the
 * time are those of Redis, so all processes mean the same.
 */
const recordScript = `
  local now = tonumber(redis.call('TIME')[1])
  local hour = ' ' .. math.floor(now / 3600)
  local answers = {}
  for n = 2, #KEYS do
    local at = n * 3 - 3
    local field, seconds, share, views = ARGV[at] .. hour, tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), 1
    local before = redis.call('GET', KEYS[n])
    local s, p, viewed = 0, 0, now
    if before then
      s, p, viewed = string.match(before, '^(%d+) (%d+) (%d+)$')
      s, p, viewed = tonumber(s), tonumber(p), tonumber(viewed)
      if now - viewed < tonumber(ARGV[1]) then
        views = 0
      else
        viewed = now
        if seconds < s then s, p = 0, 0 end
      end
      seconds, share = math.max(0, seconds - s), math.max(0, share - p)
    end
    if views > 0 or seconds > 0 or share > 0 then
      redis.call('SET', KEYS[n], string.format('%d %d %d', s + seconds, p + share, viewed), 'EX', ARGV[2])
      local counts = redis.call('HGET', KEYS[1], field)
      if counts then
        local v, s, p = string.match(counts, '^(%d+) (%d+) (%d+)$')
        views, seconds, share = views + v, seconds + s, share + p
        answers[n - 1] = views - v
      else
        answers[n - 1] = views
      end
      redis.call('HSET', KEYS[1], field, string.format('%d %d %d', views, seconds, share))
    else
      answers[n - 1] = 0
    end
  end
  return answers`;

type Scripted = Redis & { recordViews(keys: number, ...words: (string | number)[]): Promise<number[]> };
type Waiting = { view: SeenView; resolve(isCounted: boolean): void; reject(error: unknown): void };

type ViewCounter = {
  /** True for a view that is counted; false for more of one. Takes one round trip. */
  record(view: SeenView): Promise<boolean>;
};

/**
 * Views that come at the same moment go to Redis together: one by one, each would cost as much again in this process.
 */
export function createViewCounter(connection: Redis, prefix: string): ViewCounter {
  connection.defineCommand('recordViews', { lua: recordScript });
  const redis = connection as Scripted;
  const { counts, seen } = viewKeys(prefix);
  let waiting: Waiting[] = [];

  function send(): void {
    const together = waiting;
    if (together.length === 0) return;
    waiting = [];
    const keys = together.map(({ view }) => seen(view.seenBy));
    const words = together.flatMap(({ view: { videoId, region, seconds, share } }) => [
      `${videoId} ${region}`,
      seconds,
      share,
    ]);
    redis.recordViews(keys.length + 1, counts, ...keys, oneViewSeconds, keptSeconds, ...words).then(
      (answers) => {
        for (const [n, { resolve }] of together.entries()) resolve(answers[n] === 1);
      },
      (error) => {
        for (const { reject } of together) reject(error);
      },
    );
  }

  return {
    record: (view) =>
      new Promise((resolve, reject) => {
        waiting.push({ view, resolve, reject });
        if (waiting.length === 1) setImmediate(send);
        else if (waiting.length === mostTogether) send();
      }),
  };
}
