import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { addAt, addViews } from '../trending-score.ts';
import type { HourCounts, ViewCount } from './views.ts';

/** How hot one video is in one region. `_id` is `{region}-{videoId}`. */
export type Score = { _id: string; region: string; videoId: string; hotness: number; views: number };

export type RankedVideo = {
  videoId: string;
  rank: number;
  /** In the run before; null for a video that had none. Rankings from before it was kept have none. */
  formerRank?: number | null;
  hotness: number;
  views: number;
};

/** The ranks of one region as the last run found them. `_id` is the region. */
export type Ranking = { _id: string; computedAt: Date; ranked: RankedVideo[] };

const scores = new Schema<Score>(
  {
    _id: { type: String, required: true },
    region: { type: String, required: true },
    videoId: { type: String, required: true },
    hotness: { type: Number, required: true },
    views: { type: Number, required: true },
  },
  { versionKey: false, collection: 'scores' },
)
  .index({ region: 1, hotness: -1 })
  .index({ region: 1, views: -1 });

const rankings = new Schema<Ranking>(
  {
    _id: { type: String, required: true },
    computedAt: { type: Date, required: true },
    ranked: { type: [Object] },
  },
  { versionKey: false, collection: 'rankings' },
);

const idOf = (region: string, videoId: string) => `${region}-${videoId}`;

export function trendingStore(connection: Connection) {
  const scoreModel = connection.model('Score', scores);
  const rankingModel = connection.model('Ranking', rankings);
  return {
    /** Touches only what was viewed: the order of all else has not changed. */
    async addViews(counts: ViewCount[], at: Date, session: ClientSession): Promise<void> {
      const ids = counts.map(({ region, videoId }) => idOf(region, videoId));
      const known = await scoreModel
        .find({ _id: trusted({ $in: ids }) })
        .session(session)
        .lean();
      const hotness = new Map(known.map((score) => [score._id, score.hotness]));
      const operations = counts.map(({ region, videoId, views }) => {
        const _id = idOf(region, videoId);
        return {
          updateOne: {
            filter: { _id },
            update: {
              $set: { region, videoId, hotness: addViews(hotness.get(_id), views, at.getTime()) },
              $inc: { views },
            },
            upsert: true,
          },
        };
      });
      await scoreModel.bulkWrite(operations, { session });
    },

    /** Counts by the hours they happened in; what is taken back is below 0, and a score of nothing goes. */
    async addScores(counts: HourCounts[], session: ClientSession): Promise<void> {
      const ids = [...new Set(counts.map(({ region, videoId }) => idOf(region, videoId)))];
      const known = await scoreModel
        .find({ _id: trusted({ $in: ids }) })
        .session(session)
        .lean();
      const scores = new Map<string, Score>(known.map((score) => [score._id, score]));
      for (const { region, videoId, views, hour } of counts) {
        const _id = idOf(region, videoId);
        const { hotness = Number.NEGATIVE_INFINITY, views: before = 0 } = scores.get(_id) ?? {};
        const after = { _id, region, videoId, views: before + views };
        scores.set(_id, { ...after, hotness: addAt(hotness, views, hour.getTime()) });
      }
      const operations = [...scores.values()].map((score) =>
        score.views > 0 && Number.isFinite(score.hotness)
          ? { replaceOne: { filter: { _id: score._id }, replacement: score, upsert: true } }
          : { deleteOne: { filter: { _id: score._id } } },
      );
      if (operations.length > 0) await scoreModel.collection.bulkWrite(operations as never, { session });
    },

    async forget(videoId: string, regions: string[]): Promise<void> {
      await scoreModel.deleteMany({ _id: trusted({ $in: regions.map((region) => idOf(region, videoId)) }) });
    },

    hottest: (region: string, limit: number): Promise<Score[]> =>
      scoreModel.find({ region }).sort({ hotness: -1 }).limit(limit).lean(),

    mostViewed: (region: string, limit: number): Promise<Score[]> =>
      scoreModel.find({ region }).sort({ views: -1, _id: 1 }).limit(limit).maxTimeMS(5000).lean(),

    /** Replaces a region's ranks in one write, so that a reader sees the old ones or the new ones. */
    async saveRanking(region: string, ranked: RankedVideo[], computedAt: Date): Promise<void> {
      await rankingModel.updateOne({ _id: region }, { $set: { ranked, computedAt } }, { upsert: true });
    },

    ranking: (region: string): Promise<Ranking | null> =>
      rankingModel.findById(region).maxTimeMS(5000).lean(),
  };
}
