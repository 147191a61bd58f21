import { atOnce } from '../shared/at-once.ts';
import type { Engagement } from '../shared/db/engagements.ts';
import { bucketId, type HourCounts } from '../shared/db/views.ts';
import type { Log } from '../shared/log.ts';
import { dropFold, type FoldPart, takeFold } from '../shared/view-folds.ts';
import type { Tools } from './tools.ts';

type Folding = Pick<Tools, 'db' | 'redis' | 'config'>;

/** MongoDB has several processors, and a transaction waits most of its time. */
const partsAtOnce = 2;
const engagementsAtOnce = 2000;
const never = new AbortController().signal;

/**
 * Brings what was counted since the last run to the scores: views from Redis, which are also logged for the hourly
 * counts, and the likes and comments that were noted, which go to the hourly counts at once. Each part is one
 * transaction, which also notes that the part is counted, or removes what was noted. So a run may be killed between any
 * two writes, and may overlap with another: everything counts once, and the next run goes on where this one ended.
 */
export async function foldViews(tools: Folding, log: Log, signal: AbortSignal = never): Promise<void> {
  const { redis, config } = tools;
  // A second time at most: what an earlier run has left, then what came since.
  for (let n = 0; n < 2; n += 1) {
    const fold = await takeFold(redis, config.REDIS_PREFIX);
    if (!fold) break;
    await atOnce(partsAtOnce, fold.parts, signal, (part) => countPart(part, tools));
    await dropFold(redis, config.REDIS_PREFIX, fold.id);
    log.info({ fold: fold.id, parts: fold.parts.length }, 'views counted');
    if (fold.isNew) break;
  }
  const engagements = await foldEngagements(tools, signal);
  if (engagements > 0) log.info({ engagements }, 'likes and comments counted');
}

async function countPart(part: FoldPart, { db }: Folding): Promise<void> {
  // Without a transaction first: after a kill most parts are counted already.
  if (await db.views.isCounted(part.id)) return;
  const counts = part.counts();
  await db.transaction(async (session) => {
    if (!(await db.views.noteCounted(part.id, session))) return;
    await db.trending.addScores(counts, session);
    await db.viewLog.note(counts, session);
  });
}

/**
 * Brings the views that scores have to the hourly counts and to what videos show. At the end all are there that were
 * logged before. May be killed anywhere and overlap, like the fold.
 */
export async function settleViews({ db }: Pick<Tools, 'db'>, signal: AbortSignal = never): Promise<void> {
  // And no others: they might have no end.
  await atOnce(partsAtOnce, await db.viewLog.waiting(), signal, (id) =>
    db.transaction(async (session) => {
      const counts = await db.viewLog.take(id, session);
      await db.views.add(counts, session);
      await db.videos.addViews(counts, session);
    }),
  );
}

/** @returns how many were counted. */
async function foldEngagements(tools: Folding, signal: AbortSignal): Promise<number> {
  let counted = 0;
  for (;;) {
    signal.throwIfAborted();
    const batch = await tools.db.engagements.waiting(engagementsAtOnce);
    if (batch.length === 0) return counted;
    if (await countEngagements(batch, tools)) counted += batch.length;
    // The last of them, and not those that come meanwhile: they would have no end.
    if (batch.length < engagementsAtOnce) return counted;
  }
}

class CountedElsewhere extends Error {}

/** False when another run was faster with one of them: then none is counted here. */
async function countEngagements(batch: Engagement[], { db }: Folding): Promise<boolean> {
  const ids = batch.map(({ _id }) => _id);
  const counts = sumEngagements(batch);
  try {
    await db.transaction(async (session) => {
      if (!(await db.engagements.remove(ids, session))) throw new CountedElsewhere();
      await db.views.add(counts, session);
      await db.trending.addScores(counts, session);
    });
    return true;
  } catch (error) {
    if (error instanceof CountedElsewhere) return false;
    throw error;
  }
}

/** One for each video, region and hour where something remains. Pure. */
function sumEngagements(batch: Engagement[]): HourCounts[] {
  const sums = new Map<string, HourCounts>();
  for (const { videoId, region, kind, by, at } of batch) {
    const hour = new Date(Math.floor(at.getTime() / 3_600_000) * 3_600_000);
    const id = bucketId(videoId, region, hour);
    const none = { views: 0, watchSeconds: 0, watchShare: 0, likes: 0, comments: 0 };
    const sum = sums.get(id) ?? { videoId, region, hour, ...none };
    sum[kind] += by;
    sums.set(id, sum);
  }
  return [...sums.values()].filter(({ likes, comments }) => likes !== 0 || comments !== 0);
}
