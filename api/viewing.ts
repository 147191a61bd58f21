import { createHmac } from 'node:crypto';
import { isbot } from 'isbot';
import { networkOf } from '../shared/addresses.ts';
import type { Context } from '../shared/context.ts';
import type { ViewedVideo } from '../shared/db/video-record.ts';
import { deriveKey } from '../shared/secret-key.ts';
import { createViewCounter, shareParts } from '../shared/view-counter.ts';
import { playingGeneration } from './present.ts';
import { shortCache } from './short-cache.ts';

const leastSeconds = 10;
const leastShare = 0.3;
/** Where nobody knows how long a video is. */
const unknownShare = 0.5;

const factsMilliseconds = 1000;
const mostFacts = 10_000;
const mostUserAgents = 2000;

/** Whole seconds, and parts of `shareParts`. */
export type Watched = { seconds: number; share: number };

/** What somebody has watched, no more than there is. Undefined: too little for a view. Pure. */
export function judgeWatched(watchedSeconds: number, durationSeconds: number | null): Watched | undefined {
  const length = durationSeconds || Number.POSITIVE_INFINITY;
  const watched = Math.min(watchedSeconds, length);
  const isEnough = watched >= leastSeconds || watched >= length * leastShare;
  if (!isEnough) return undefined;
  const share = Number.isFinite(length) ? watched / length : unknownShare;
  return { seconds: Math.floor(watched), share: Math.round(share * shareParts) };
}

export type Viewing = ReturnType<typeof createViewing>;

/** What counting a view needs beside the request, so that it costs no look at MongoDB and one round trip to Redis. */
export function createViewing({ config, db, redis }: Pick<Context, 'config' | 'db' | 'redis'>) {
  const cached = shortCache<ViewedVideo | null>(factsMilliseconds, mostFacts);
  const key = deriveKey(config.SECRET_KEY, 'viewers');
  // A connection of its own: what comes at the same moment goes in one piece.
  const connection = redis.duplicate({ enableAutoPipelining: true });
  connection.on('error', () => {});
  const counter = createViewCounter(connection, config.REDIS_PREFIX);
  const robots = new Map<string, boolean>();

  return {
    /** A second old at most; what cannot be played is looked at anew. */
    async find(videoId: string): Promise<ViewedVideo | null> {
      const load = () => db.videos.findViewed(videoId);
      const known = await cached(videoId, load);
      return known && playingGeneration(known) !== undefined ? known : load();
    },

    /** By the list of isbot, which also has programs that are no players, as curl. */
    isRobot(userAgent: string): boolean {
      const known = robots.get(userAgent);
      if (known !== undefined) return known;
      if (robots.size >= mostUserAgents) robots.clear();
      const found = isbot(userAgent);
      robots.set(userAgent, found);
      return found;
    },

    /**
     * Tells a viewer and a video from all others, and nothing about them: an account, else the network (an IPv6 viewer
     * has many addresses) and the program.
     */
    seenBy(videoId: string, accountId: string | undefined, address: string, userAgent: string): string {
      const viewer = accountId ?? `${networkOf(address)} ${userAgent}`;
      return createHmac('sha256', key).update(`${videoId} ${viewer}`).digest('base64url').slice(0, 22);
    },

    record: counter.record,
    close: () => connection.disconnect(),
  };
}
