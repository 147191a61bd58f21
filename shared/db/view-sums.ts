import { type ClientSession, type Connection, Schema } from 'mongoose';
import { newId } from '../ids.ts';

/**
 * Views that are counted by hour and wait to be added to the counts that videos show. An index of videos goes by their
 * views, so each such write costs MongoDB about half a millisecond, twenty times what the hourly count does: ranks do not
 * wait for it. Written in the transaction of the fold, and removed in the one that adds them: so each counts once.
 */
export type ViewSums = { _id: string; counts: { videoId: string; views: number }[] };

/** So many go into one transaction: who likes one of these videos meanwhile lets it begin again. */
const mostTogether = 250;

const schema = new Schema<ViewSums>(
  { _id: { type: String, required: true }, counts: { type: [Object], required: true } },
  { versionKey: false, collection: 'view_sums' },
);

export function viewSumStore(connection: Connection) {
  const model = connection.model('ViewSums', schema);
  return {
    async note(counts: { videoId: string; views: number }[], session: ClientSession): Promise<void> {
      const sums = new Map<string, number>();
      for (const { videoId, views } of counts) sums.set(videoId, (sums.get(videoId) ?? 0) + views);
      const all = [...sums].flatMap(([videoId, views]) => (views === 0 ? [] : [{ videoId, views }]));
      const documents: ViewSums[] = [];
      for (let at = 0; at < all.length; at += mostTogether) {
        documents.push({ _id: newId(), counts: all.slice(at, at + mostTogether) });
      }
      if (documents.length > 0) await model.collection.insertMany(documents as never, { session });
    },

    /** Some of those that wait, in no order. */
    waiting: (limit: number): Promise<ViewSums[]> => model.find().limit(limit).lean(),

    /** False when another run has added them. */
    async remove(id: string, session: ClientSession): Promise<boolean> {
      return (await model.deleteOne({ _id: id }, { session })).deletedCount === 1;
    },
  };
}
