import { type Connection, Schema, trusted } from 'mongoose';
import { shown } from './shown.ts';
import type { Video } from './video-record.ts';

/** How many videos everyone may see, by the category that they name. */
type CategoryCounts = { at: Date; byCategory: Record<string, number> };

const _id = 'all';
const schema = new Schema<CategoryCounts & { _id: string; claimedAt: Date }>(
  {
    _id: { type: String, required: true },
    at: { type: Date, required: true },
    byCategory: { type: Object, default: {} },
    claimedAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'category_counts', minimize: false },
);

/** Counting looks at every video, so it is done once for all who ask, every few minutes. */
export function categoryCountStore(connection: Connection) {
  const model = connection.model('CategoryCounts', schema);
  const videos = connection.model<Video>('Video');

  async function count(): Promise<CategoryCounts> {
    const at = new Date();
    const counted = await videos
      .aggregate<{ _id: string | null; videos: number }>([
        { $match: { ...shown(undefined, at), category: { $ne: null } } },
        { $group: { _id: '$category', videos: { $sum: 1 } } },
      ])
      .option({ maxTimeMS: 60_000 });
    const byCategory = Object.fromEntries(counted.map((one) => [one._id, one.videos]));
    await model.updateOne({ _id }, { $set: { at, byCategory, claimedAt: at } }, { upsert: true });
    return { at, byCategory };
  }

  return {
    /** As they were last counted. Where they never were, they are now. */
    read: async (): Promise<CategoryCounts> =>
      (await model.findById(_id).lean<CategoryCounts>()) ?? (await count()),

    /** Counts anew what was counted before a time; of many that ask at once, one does. */
    async renew(before: Date): Promise<void> {
      const claim = { _id, claimedAt: trusted({ $lt: before }) };
      const { matchedCount } = await model.updateOne(claim, { $set: { claimedAt: new Date() } });
      if (matchedCount === 1) await count();
    },
  };
}
