import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';

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

    /** Those of these people. */
    among: (videoId: string, userIds: string[], session: ClientSession): Promise<Like[]> =>
      model
        .find({ _id: trusted({ $in: userIds.map((userId) => idOf(videoId, userId)) }) })
        .session(session)
        .lean(),

    /** Those that are there already end the transaction. */
    async add(likes: Omit<Like, '_id'>[], session: ClientSession): Promise<void> {
      if (likes.length === 0) return;
      const rows = likes.map((like) => ({ _id: idOf(like.videoId, like.userId), ...like }));
      await model.insertMany(rows, { session });
    },

    async remove(likes: Like[], session: ClientSession): Promise<void> {
      if (likes.length === 0) return;
      await model.deleteMany({ _id: trusted({ $in: likes.map(({ _id }) => _id) }) }, { session });
    },

    /** What one person likes, in no order. */
    ofUser: (userId: string, limit: number): Promise<Like[]> => model.find({ userId }).limit(limit).lean(),

    /** Of a video that is gone. */
    async forget(videoId: string): Promise<void> {
      await model.deleteMany({ videoId });
    },
  };
}
