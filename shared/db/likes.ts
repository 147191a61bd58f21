import { type ClientSession, type Connection, Schema } from 'mongoose';

/** That somebody likes a video, and where the person was. `_id` is `{videoId}-{userId}`, so there is one at most. */
export type Like = { _id: string; videoId: string; userId: string; region: string; at: Date };

const schema = new Schema<Like>(
  {
    _id: { type: String, required: true },
    videoId: { type: String, required: true },
    userId: { type: String, required: true },
    region: { type: String, required: true },
    at: { type: Date, required: true },
  },
  { versionKey: false, collection: 'likes' },
)
  .index({ videoId: 1 })
  .index({ userId: 1 });

const idOf = (videoId: string, userId: string) => `${videoId}-${userId}`;

export function likeStore(connection: Connection) {
  const model = connection.model('Like', schema);
  return {
    find: (videoId: string, userId: string): Promise<Like | null> =>
      model.findById(idOf(videoId, userId)).lean(),

    /** False when it was there. */
    async add({ videoId, userId, region, at }: Omit<Like, '_id'>, session: ClientSession): Promise<boolean> {
      const { upsertedCount } = await model.updateOne(
        { _id: idOf(videoId, userId) },
        { $setOnInsert: { videoId, userId, region, at } },
        { upsert: true, session },
      );
      return upsertedCount === 1;
    },

    /** The like as it was; null when there was none. */
    take: (videoId: string, userId: string, session: ClientSession): Promise<Like | null> =>
      model.findOneAndDelete({ _id: idOf(videoId, userId) }, { session }).lean(),

    /** What one person likes, in no order. */
    ofUser: (userId: string, limit: number): Promise<Like[]> => model.find({ userId }).limit(limit).lean(),

    /** Of a video that is gone. */
    async forget(videoId: string): Promise<void> {
      await model.deleteMany({ videoId });
    },

    /** How many there are. */
    count: (videoId: string): Promise<number> => model.countDocuments({ videoId }),
  };
}
