import { type ClientSession, type Connection, type mongo, Schema } from 'mongoose';
import {
  addEvents,
  formula,
  type Hotness,
  heatAt,
  hotnessOf,
  leastHeat,
  usualHalfLifeHours,
  type WeighedEvents,
  weightOf,
} from '../trending-score.ts';
import { rebuildScores } from './rebuild-scores.ts';
import type { HourCounts } from './views.ts';

/**
 * How hot one video is in one region, and the events it comes of: those since it was last without a score. `_id` is
 * `{region}-{videoId}`.
 */
export type Score = {
  _id: string;
  region: string;
  /** Undefined where heat is owed. */
  hotness?: number;
  owed?: number;
  views: number;
  likes: number;
  comments: number;
};

/** A score at a moment. */
export type HotVideo = Pick<Score, 'views' | 'likes' | 'comments'> & { videoId: string; heat: number };

/** The half-life that a region's scores are kept with. `_id` is the region. */
type HalfLife = { _id: string; hours: number; formula: number };

/** One index: each more is written with every event. What a category has is found among the hottest. */
const scores = new Schema<Score>(
  {
    _id: { type: String, required: true },
    region: { type: String, required: true },
    hotness: Number,
    owed: Number,
    views: { type: Number, required: true },
    likes: { type: Number, required: true },
    comments: { type: Number, required: true },
  },
  { versionKey: false, collection: 'trending_scores' },
).index({ region: 1, hotness: -1 });

const halfLives = new Schema<HalfLife>(
  {
    _id: { type: String, required: true },
    hours: { type: Number, required: true },
    formula: { type: Number, required: true },
  },
  { versionKey: false, collection: 'trending_half_lives' },
);

const idOf = (region: string, videoId: string) => `${region}-${videoId}`;
const regionLength = 'GB-'.length;

export function trendingStore(connection: Connection) {
  const model = connection.model('TrendingScore', scores);
  const halfLifeModel = connection.model('TrendingHalfLife', halfLives);
  // The driver's own: the checks of Mongoose would take longer than the writes.
  const rows = () => model.collection as unknown as Rows;

  async function halfLivesOf(regions: string[], session?: ClientSession): Promise<Map<string, number>> {
    const known = await halfLifeModel
      .find({}, undefined, session ? { session } : {})
      .maxTimeMS(5000)
      .lean();
    const hours = new Map(known.map((one) => [one._id, one.hours]));
    return new Map(regions.map((region) => [region, hours.get(region) ?? usualHalfLifeHours]));
  }

  return {
    /** Hours by region, as the scores have them: the configuration may be ahead of the next run. */
    halfLives: (regions: string[]) => halfLivesOf(regions),

    /**
     * Adds events to the scores of their videos, and touches nothing else. Several counts of one video and region may be
     * among them, and counts below 0 for what was taken back.
     */
    async addScores(counts: HourCounts[], session: ClientSession): Promise<void> {
      const byId = new Map<string, HourCounts[]>();
      for (const count of counts) {
        const id = idOf(count.region, count.videoId);
        const known = byId.get(id);
        if (known) known.push(count);
        else byId.set(id, [count]);
      }
      if (byId.size === 0) return;
      const regions = [...new Set(counts.map(({ region }) => region))];
      const hours = await halfLivesOf(regions, session);
      const found = await rows()
        .find({ _id: { $in: [...byId.keys()] } }, { session })
        .toArray();
      const known = new Map(found.map((score) => [score._id, score]));
      const operations = [...byId].flatMap(([_id, events]) => {
        const region = _id.slice(0, regionLength - 1);
        return writeOf(_id, region, known.get(_id), events, hours.get(region) ?? usualHalfLifeHours);
      });
      if (operations.length > 0) await rows().bulkWrite(operations, { session, ordered: false });
    },

    /**
     * Makes the scores anew where they are kept with another half-life or formula than this, from the hourly counts.
     * Killed on the way, it does so again. @returns the regions where it did
     */
    async useHalfLives(wanted: ReadonlyMap<string, number>): Promise<string[]> {
      const known = await halfLifeModel.find().lean();
      const kept = new Map(known.map((one) => [one._id, one]));
      const changed = [...wanted].filter(([region, hours]) => {
        const one = kept.get(region);
        return one?.hours !== hours || one.formula !== formula;
      });
      for (const hours of new Set(changed.map(([, one]) => one))) {
        const regions = changed.filter(([, one]) => one === hours).map(([region]) => region);
        await rebuildScores(connection, regions, hours, new Date());
        for (const region of regions) {
          await halfLifeModel.updateOne({ _id: region }, { $set: { hours, formula } }, { upsert: true });
        }
      }
      return changed.map(([region]) => region);
    },

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

    /** The scores of some videos in a region, in no order. */
    async scoresOf(region: string, videoIds: string[], at: Date, halfLifeHours: number): Promise<HotVideo[]> {
      const ids = videoIds.map((videoId) => idOf(region, videoId));
      const found = await rows()
        .find({ _id: { $in: ids } }, { maxTimeMS: 10_000 })
        .toArray();
      return found.map((score) => asHotVideo(score, at, halfLifeHours));
    },

    /** Removes scores of a region that have decayed to nothing, so many at most. @returns how many */
    async prune(region: string, limit: number, at: Date, halfLifeHours: number): Promise<number> {
      const cold = { hotness: { $lt: hotnessOf(leastHeat, at.getTime(), halfLifeHours) } };
      const found = await rows()
        .find({ region, ...cold }, { projection: { _id: 1 } })
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

function writeOf(
  _id: string,
  region: string,
  before: Score | undefined,
  events: HourCounts[],
  halfLifeHours: number,
): Write[] {
  const weighed: WeighedEvents[] = events.map((event) => ({
    weight: weightOf(event),
    at: event.hour.getTime(),
  }));
  const after = addEvents(before && levelOf(before), weighed, halfLifeHours);
  if (!after) return before ? [{ deleteOne: { filter: { _id } } }] : [];
  const sum = (what: 'views' | 'likes' | 'comments') =>
    events.reduce((total, event) => total + event[what], before?.[what] ?? 0);
  const totals = { views: sum('views'), likes: sum('likes'), comments: sum('comments') };
  const update = after.owed
    ? { $set: { region, owed: after.log, ...totals }, $unset: { hotness: 1 as const } }
    : {
        $set: { region, hotness: after.log, ...totals },
        ...(before?.owed && { $unset: { owed: 1 as const } }),
      };
  return [{ updateOne: { filter: { _id }, update, upsert: true } }];
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
  return { videoId: _id.slice(regionLength), heat, views, likes, comments };
}
