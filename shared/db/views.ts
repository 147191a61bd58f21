import { type ClientSession, type Connection, Schema } from 'mongoose';

/**
 * What is counted. `watchSeconds` is the time watched, `watchShare` the sum over the views of how much of the video each
 * has watched, 0 to 1.
 */
export type Counts = {
  views: number;
  watchSeconds: number;
  watchShare: number;
  likes: number;
  comments: number;
};

/** What came of one video from one region in one hour. `hour` is its beginning. */
export type HourCounts = Counts & { videoId: string; region: string; hour: Date };

/** `_id` is `{videoId}-{region}-{hour}`. */
export type HourBucket = HourCounts & { _id: string };

const buckets = new Schema<HourBucket>(
  {
    _id: { type: String, required: true },
    videoId: { type: String, required: true },
    region: { type: String, required: true },
    hour: { type: Date, required: true },
    views: { type: Number, default: 0 },
    watchSeconds: { type: Number, default: 0 },
    watchShare: { type: Number, default: 0 },
    likes: { type: Number, default: 0 },
    comments: { type: Number, default: 0 },
  },
  { versionKey: false, collection: 'view_buckets' },
).index({ videoId: 1, hour: 1 });

/** The folds that have been counted, so that none is counted twice; forgotten after a week. */
const folds = new Schema<{ _id: string; at: Date }>(
  { _id: { type: String, required: true }, at: { type: Date, required: true } },
  { versionKey: false, collection: 'view_folds' },
).index({ at: 1 }, { expireAfterSeconds: 7 * 24 * 3600 });

export type ViewCount = { videoId: string; region: string; views: number };

export function viewStore(connection: Connection) {
  const bucketModel = connection.model('HourBucket', buckets);
  const foldModel = connection.model('ViewFold', folds);
  return {
    /**
     * Adds the counts of one fold to the hourly buckets and to the scores, in one transaction that also notes
     * the fold's id. A fold that was counted before changes nothing; then the answer is false.
     */
    async count(
      foldId: string,
      counts: ViewCount[],
      at: Date,
      addScores: (session: ClientSession) => Promise<void>,
    ): Promise<boolean> {
      const hour = new Date(Math.floor(at.getTime() / 3_600_000) * 3_600_000);
      return connection.transaction(async (session) => {
        if (await foldModel.exists({ _id: foldId }).session(session)) return false;
        await foldModel.create([{ _id: foldId, at }], { session });
        const operations = counts.map(({ videoId, region, views }) => ({
          updateOne: {
            filter: { _id: `${videoId}-${region}-${hour.toISOString().slice(0, 13)}` },
            update: { $inc: { views }, $setOnInsert: { videoId, region, hour } },
            upsert: true,
          },
        }));
        await bucketModel.bulkWrite(operations, { session });
        await addScores(session);
        return true;
      }) as Promise<boolean>;
    },
  };
}
