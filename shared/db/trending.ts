import { type ClientSession, type Connection, type mongo, Schema } from 'mongoose';
import {
  addEvents,
  type Hotness,
  heatAt,
  hotnessOf,
  leastHeat,
  type WeighedEvents,
  weightOf,
} from '../trending-score.ts';
import { rebuildScores, remakeScores, type Score } from './rebuild-scores.ts';
import { removeUnserved } from './remove-scores.ts';
import { type RegionScale, scoreScales } from './score-scales.ts';
import type { ViewLog } from './view-log.ts';
import type { HourCounts } from './views.ts';

/** A score at a moment. */
export type HotVideo = Pick<Score, 'views' | 'likes' | 'comments'> & { videoId: string; heat: number };

/**
 * One index: each more is written with every event; that of the marked is empty but while scores are made anew. What a
 * category has is found among the hottest.
 */
const scores = new Schema<Score>(
  {
    _id: { type: String, required: true },
    region: { type: String, required: true },
    hotness: Number,
    owed: Number,
    stale: Number,
    views: { type: Number, required: true },
    likes: { type: Number, required: true },
    comments: { type: Number, required: true },
  },
  { versionKey: false, collection: 'trending_scores' },
)
  .index({ region: 1, hotness: -1 })
  .index({ region: 1, stale: 1 }, { partialFilterExpression: { stale: { $gt: 0 } } });

/** So many are made anew in one transaction. */
const remadeAtOnce = 500;

const idOf = (region: string, videoId: string) => `${region}-${videoId}`;
const regionLength = 'GB-'.length;

export function trendingStore(connection: Connection, viewLog: Pick<ViewLog, 'ofVideos'>) {
  const model = connection.model('TrendingScore', scores);
  const scales = scoreScales(connection);
  // The driver's own: the checks of Mongoose would take longer than the writes.
  const rows = () => model.collection as unknown as Rows;

  /**
   * Adds events to the scores of their videos, and touches nothing else. Several counts of one video and region may be
   * among them, and counts below 0 for what was taken back. It is for the transaction that adds them to the hourly
   * counts or to the log, too: of a region without scores yet nothing is written, and while they are made anew only
   * that there was something, as they will be made of these.
   */
  async function addScores(counts: HourCounts[], session: ClientSession): Promise<void> {
    const byId = new Map<string, HourCounts[]>();
    for (const count of counts) {
      const id = idOf(count.region, count.videoId);
      byId.set(id, [...(byId.get(id) ?? []), count]);
    }
    if (byId.size === 0) return;
    const byRegion = await scales.signIn(session);
    const found = await rows()
      .find({ _id: { $in: [...byId.keys()] } }, { session })
      .toArray();
    const known = new Map(found.map((score) => [score._id, score]));
    const now = Date.now();
    const operations = [...byId].flatMap(([_id, events]) => {
      const region = _id.slice(0, regionLength - 1);
      const scale = byRegion.get(region);
      return scale ? writeOf({ _id, region, before: known.get(_id) }, events, scale, now) : [];
    });
    if (operations.length > 0) await rows().bulkWrite(operations, { session, ordered: false });
  }

  /** Makes some of a region's marked scores anew. @returns how many */
  async function remakeSome(region: string, session: ClientSession): Promise<number> {
    // Signed in as who adds: it writes by a scale.
    const scale = (await scales.signIn(session)).get(region);
    if (!scale?.isMade) return 0;
    const marked = await rows()
      .find({ region, stale: { $gt: 0 } }, { session, projection: { _id: 1 } })
      .limit(remadeAtOnce)
      .toArray();
    const videoIds = marked.map(({ _id }) => _id.slice(regionLength));
    if (videoIds.length > 0) {
      await remakeScores(connection, { region, videoIds, halfLifeHours: scale.hours }, session);
      await addScores(await viewLog.ofVideos(region, videoIds, session), session);
    }
    return videoIds.length;
  }

  return {
    /** Hours by region, as the scores have them: the configuration may be ahead of the next run. */
    halfLives: (regions: string[]) => scales.hours(regions),

    addScores,

    /**
     * Makes the scores anew where they are kept with another half-life or formula than this, from the hourly counts,
     * while others go on counting. Killed on the way, the next call does so again. One process does at a time. `settle`
     * brings what is logged to the hourly counts.
     * @returns the regions where it did; undefined when another process is at it
     */
    async useHalfLives(
      wanted: ReadonlyMap<string, number>,
      settle: () => Promise<void>,
    ): Promise<string[] | undefined> {
      const differing = async () => {
        const known = await scales.all();
        return [...wanted].filter(([region, hours]) => {
          const one = known.get(region);
          return one?.hours !== hours || !one.isMade;
        });
      };
      const made: string[] = [];
      const rebuild = async (check: () => Promise<void>) => {
        const changed = await differing();
        for (const hours of new Set(changed.map(([, one]) => one))) {
          const regions = changed.filter(([, one]) => one === hours).map(([region]) => region);
          await scales.begin(regions, hours);
          await rebuildScores(connection, { regions, halfLifeHours: hours, at: new Date(), settle });
          await check();
          await scales.end(regions, hours);
          made.push(...regions);
        }
      };
      if ((await differing()).length > 0 && !(await scales.alone(rebuild))) return undefined;
      // Also what a process that died has left.
      for (const region of wanted.keys()) {
        if ((await rows().countDocuments({ region, stale: { $gt: 0 } }, { limit: 1 })) === 0) continue;
        while ((await connection.transaction((session) => remakeSome(region, session))) === remadeAtOnce);
      }
      return made;
    },

    /** Removes the scores of regions beside these, which are served no more. @returns the regions where it did */
    keepOnly: (served: string[]) => removeUnserved(connection, scales, served),

    /** The hottest of a region, the hottest first; of two alike the one with the lesser id. */
    async hottest(region: string, limit: number, at: Date, halfLifeHours: number): Promise<HotVideo[]> {
      const least = hotnessOf(leastHeat, at.getTime(), halfLifeHours);
      const found = await rows()
        .find({ region, hotness: { $gte: least } }, { maxTimeMS: 10_000 })
        .sort({ hotness: -1 })
        .limit(limit)
        .toArray();
      return found
        .map((score) => asHotVideo(score, at, halfLifeHours))
        .sort((a, b) => b.heat - a.heat || (a.videoId < b.videoId ? -1 : 1));
    },

    /**
     * The scores of some videos in a region, in no order. None while they are made anew: some may be by another
     * half-life.
     */
    async scoresOf(region: string, videoIds: string[], at: Date): Promise<HotVideo[]> {
      const scale = videoIds.length === 0 ? undefined : (await scales.all()).get(region);
      if (!scale?.isMade) return [];
      const ids = videoIds.map((videoId) => idOf(region, videoId));
      const found = await rows()
        .find({ _id: { $in: ids } }, { maxTimeMS: 10_000 })
        .toArray();
      return found.map((score) => asHotVideo(score, at, scale.hours));
    },

    /** Removes scores of a region that have decayed to nothing, so many at most. @returns how many */
    async prune(region: string, limit: number, at: Date, halfLifeHours: number): Promise<number> {
      const least = { $lt: hotnessOf(leastHeat, at.getTime(), halfLifeHours) };
      const cold = {
        $or: [
          { region, hotness: least },
          // Named, as the index has it.
          { region, hotness: null, owed: least },
        ],
        stale: null,
      } as unknown as mongo.Filter<Score>;
      const found = await rows()
        .find(cold, { projection: { _id: 1 } })
        .limit(limit)
        .toArray();
      if (found.length === 0) return 0;
      // With its condition once more: one of them may have been viewed just now.
      const { deletedCount } = await rows().deleteMany({
        _id: { $in: found.map(({ _id }) => _id) },
        ...cold,
      });
      return deletedCount;
    },

    async forget(videoId: string, regions: string[]): Promise<void> {
      await rows().deleteMany({ _id: { $in: regions.map((region) => idOf(region, videoId)) } });
    },
  };
}

type Rows = mongo.Collection<Score>;
type Write = mongo.AnyBulkWriteOperation<Score>;

/** What is left of one score after more events; nothing of one that is cold, as `prune` would remove it. */
function writeOf(
  { _id, region, before }: { _id: string; region: string; before: Score | undefined },
  events: HourCounts[],
  { hours, isMade }: RegionScale,
  now: number,
): Write[] {
  // Inserts, where there was nothing: to update what is not there takes MongoDB longer. When somebody was faster it
  // begins the transaction again, as after any write of another to the same row.
  if (!isMade || before?.stale) {
    if (!before)
      return [{ insertOne: { document: { _id, region, stale: 1, views: 0, likes: 0, comments: 0 } } }];
    return [{ updateOne: { filter: { _id }, update: { $inc: { stale: 1 } } } }];
  }
  const weighed: WeighedEvents[] = events.map((event) => ({
    weight: weightOf(event),
    at: event.hour.getTime(),
  }));
  const after = addEvents(before && levelOf(before), weighed, hours);
  if (!after || after.log < hotnessOf(leastHeat, now, hours)) {
    return before ? [{ deleteOne: { filter: { _id } } }] : [];
  }
  const sum = (what: 'views' | 'likes' | 'comments') =>
    events.reduce((total, event) => total + event[what], before?.[what] ?? 0);
  const totals = { views: sum('views'), likes: sum('likes'), comments: sum('comments') };
  const score = { region, ...(after.owed ? { owed: after.log } : { hotness: after.log }), ...totals };
  if (!before) return [{ insertOne: { document: { _id, ...score } } }];
  return [{ replaceOne: { filter: { _id }, replacement: score } }];
}

function levelOf({ hotness, owed }: Score): Hotness | undefined {
  if (owed !== undefined) return { log: owed, owed: true };
  return hotness === undefined ? undefined : { log: hotness, owed: false };
}

function asHotVideo(
  { _id, hotness, views, likes, comments }: Score,
  at: Date,
  halfLifeHours: number,
): HotVideo {
  const heat = hotness === undefined ? 0 : heatAt(hotness, at.getTime(), halfLifeHours);
  // What was given before the score was forgotten may be taken back after.
  const totals = { views: Math.max(0, views), likes: Math.max(0, likes), comments: Math.max(0, comments) };
  return { videoId: _id.slice(regionLength), heat, ...totals };
}
