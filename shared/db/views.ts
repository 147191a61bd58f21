import { type ClientSession, type Connection, Schema } from 'mongoose';

/**
 * What is counted. `watchSeconds` is the time watched, `watchShare` the sum over the views of how much of the video
 * each has watched, 0 to 1.
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

/** The parts of folds that have been counted, so that none is counted twice; forgotten after a week. */
const folds = new Schema<{ _id: string; at: Date }>(
  { _id: { type: String, required: true }, at: { type: Date, required: true } },
  { versionKey: false, collection: 'view_folds' },
).index({ at: 1 }, { expireAfterSeconds: 7 * 24 * 3600 });

export function viewStore(connection: Connection) {
  const bucketModel = connection.model('HourBucket', buckets);
  const foldModel = connection.model('ViewFold', folds);
  return {
    isCounted: async (partId: string): Promise<boolean> => (await foldModel.exists({ _id: partId })) !== null,

    /** In the transaction that counts it. False when it was counted before: then nothing must be. */
    async noteCounted(partId: string, session: ClientSession): Promise<boolean> {
      if (await foldModel.exists({ _id: partId }).session(session)) return false;
      await foldModel.create([{ _id: partId, at: new Date() }], { session });
      return true;
    },

    /** Adds to the hourly buckets. By the driver alone: mongoose would look at each of thousands. */
    async add(counts: HourCounts[], session: ClientSession): Promise<void> {
      if (counts.length === 0) return;
      const operations = counts.map(({ videoId, region, hour, ...sums }) => ({
        updateOne: {
          filter: { _id: bucketId(videoId, region, hour) },
          update: { $inc: sums, $setOnInsert: { videoId, region, hour } },
          upsert: true,
        },
      }));
      await bucketModel.collection.bulkWrite(operations as never, { session, ordered: false });
    },
  };
}

export function bucketId(videoId: string, region: string, hour: Date): string {
  return `${videoId}-${region}-${hour.toISOString().slice(0, 13)}`;
}
