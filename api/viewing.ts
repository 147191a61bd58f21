import { hash } from 'node:crypto';
import { isbot } from 'isbot';
import { networkOf } from '../shared/addresses.ts';
import type { Context } from '../shared/context.ts';
import type { ViewReason } from '../shared/contracts/views.ts';
import type { ViewedVideo } from '../shared/db/video-record.ts';
import { deriveKey } from '../shared/secret-key.ts';
import { createViewCounter, shareParts } from '../shared/view-counter.ts';
import { playingGeneration } from './present.ts';
import { shareLoads } from './share-loads.ts';

const leastSeconds = 10;
const leastShare = 0.3;
/** Where nobody knows how long a video is. */
const unknownShare = 0.5;

const factsMilliseconds = 1000;
const mostFacts = 10_000;
const mostUserAgents = 2000;
/** Where Redis hangs, each question takes two seconds to fail: for this long the others need not find that out. */
const silentMilliseconds = 1000;

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

type Watching = {
  video: ViewedVideo;
  watchedSeconds: number;
  region: string;
  /** Whoever watches: an account, else what can be told of a client. */
  accountId: string | undefined;
  address: string;
  userAgent: string;
};

export type Viewing = ReturnType<typeof createViewing>;

/** Counts views at the cost of one round trip to Redis, and mostly none to MongoDB. */
export function createViewing({ config, db, redis }: Pick<Context, 'config' | 'db' | 'redis'>) {
  const facts = new Map<string, { video: ViewedVideo; until: number }>();
  const share = shareLoads<ViewedVideo | null>();
  const robots = new Map<string, boolean>();
  const key = deriveKey(config.SECRET_KEY, 'viewers').toString('base64');
  const counter = createViewCounter(redis, config.REDIS_PREFIX);
  let silentUntil = 0;

  /** By the list of isbot, which also has programs that are no players, as curl. */
  function isRobot(userAgent: string): boolean {
    const known = robots.get(userAgent);
    if (known !== undefined) return known;
    if (robots.size >= mostUserAgents) robots.clear();
    const found = isbot(userAgent);
    robots.set(userAgent, found);
    return found;
  }

  /**
   * Tells a viewer and a video from all others, and nothing about them. A client is the network that it comes from,
   * since who has an IPv6 address has many, and its program.
   */
  function seenBy({ video, accountId, address, userAgent }: Watching): string {
    const viewer = accountId ?? `${networkOf(address)} ${userAgent}`;
    return hash('sha256', `${key} ${video._id} ${viewer}`, 'base64url').slice(0, 22);
  }

  /** Of a video that can be played, what was loaded within the last second. */
  function known(videoId: string): ViewedVideo | undefined {
    const kept = facts.get(videoId);
    return kept && kept.until > performance.now() ? kept.video : undefined;
  }

  async function load(videoId: string): Promise<ViewedVideo | null> {
    const video = await db.videos.findViewed(videoId);
    facts.delete(videoId);
    if (video && playingGeneration(video) !== undefined) {
      facts.set(videoId, { video, until: performance.now() + factsMilliseconds });
      const [oldest] = facts.keys();
      if (facts.size > mostFacts && oldest !== undefined) facts.delete(oldest);
    }
    return video;
  }

  const find = async (videoId: string): Promise<ViewedVideo | null> =>
    known(videoId) ?? share(videoId, () => load(videoId));

  return {
    find,

    /** Of a video that could be played when somebody last told a view; else undefined, without a look at MongoDB. */
    recall(videoId: string): ViewedVideo | undefined | Promise<ViewedVideo | undefined> {
      return known(videoId) ?? (facts.has(videoId) ? find(videoId).then(() => known(videoId)) : undefined);
    },

    /** Why it is no view; null: it is one. Rejects when Redis does not answer. */
    async count(watching: Watching): Promise<ViewReason | null> {
      const { video, watchedSeconds, region, userAgent } = watching;
      if (isRobot(userAgent)) return 'robot';
      const watched = judgeWatched(watchedSeconds, video.durationSeconds);
      if (!watched) return 'too_short';
      if (silentUntil > performance.now()) throw new Error('Redis has not answered a moment ago.');
      const view = { seenBy: seenBy(watching), videoId: video._id, region, ...watched };
      const isView = await counter.record(view).catch((error) => {
        silentUntil = performance.now() + silentMilliseconds;
        throw error;
      });
      return isView ? null : 'already_counted';
    },
  };
}
