import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { newId } from '../ids.ts';

/**
 * A like or a comment on its way into the hourly counts. It is written in the transaction of the like itself, and
 * removed in that of the fold that counts it: so each counts once. What is taken back counts -1 in the hour where it
 * was given.
 */
export type Engagement = {
  _id: string;
  videoId: string;
  region: string;
  kind: 'likes' | 'comments';
  by: 1 | -1;
  at: Date;
};

const schema = new Schema<Engagement>(
  {
    _id: { type: String, required: true },
    videoId: { type: String, required: true },
    region: { type: String, required: true },
    kind: { type: String, enum: ['likes', 'comments'], required: true },
    by: { type: Number, required: true },
    at: { type: Date, required: true },
  },
  { versionKey: false, collection: 'engagements' },
);

export function engagementStore(connection: Connection) {
  const model = connection.model('Engagement', schema);
  return {
    async note(engagement: Omit<Engagement, '_id'>, session: ClientSession): Promise<void> {
      await model.create([{ _id: newId(), ...engagement }], { session });
    },

    async noteAll(engagements: Omit<Engagement, '_id'>[], session: ClientSession): Promise<void> {
      await model.insertMany(
        engagements.map((engagement) => ({ _id: newId(), ...engagement })),
        { session },
      );
    },

    /** Those that wait to be counted, in no order. */
    waiting: (limit: number): Promise<Engagement[]> => model.find().limit(limit).lean(),

    /** False when another fold has counted one of them. */
    async remove(ids: string[], session: ClientSession): Promise<boolean> {
      const { deletedCount } = await model.deleteMany({ _id: trusted({ $in: ids }) }, { session });
      return deletedCount === ids.length;
    },
  };
}
