import { type ClientSession, type Connection, Schema } from 'mongoose';
import { newId } from '../ids.ts';
import type { HourCounts } from './views.ts';

/**
 * Views that scores have and hourly counts do not have yet, nor the counts that videos show. A score is one of few
 * small rows, but an hourly count is a new row somewhere among all there ever were, and an index of videos goes by
 * their views: these writes take several times as long, and ranks do not wait for them. Noted in the transaction that
 * adds to the scores, and removed in the one that adds to the others: so each counts once.
 */
type LoggedViews = { _id: string; counts: HourCounts[] };

/** About so many go into one transaction: who likes one of these videos meanwhile lets it begin again. */
const usualTogether = 250;

const schema = new Schema<LoggedViews>(
  { _id: { type: String, required: true }, counts: { type: [Object], required: true } },
  { versionKey: false, collection: 'view_log' },
);

export type ViewLog = ReturnType<typeof viewLogStore>;

export function viewLogStore(connection: Connection) {
  const model = connection.model('LoggedViews', schema);
  return {
    /** Counts of one video that follow each other stay together. */
    async note(counts: HourCounts[], session: ClientSession): Promise<void> {
      const documents: LoggedViews[] = [];
      for (const [at, count] of counts.entries()) {
        const last = documents.at(-1);
        const isFull = last && last.counts.length >= usualTogether;
        if (!last || (isFull && count.videoId !== counts[at - 1]?.videoId)) {
          documents.push({ _id: newId(), counts: [count] });
        } else last.counts.push(count);
      }
      if (documents.length > 0) await model.collection.insertMany(documents as never, { session });
    },

    /** What waits of some videos in a region, as it is in this transaction. */
    ofVideos: (region: string, videoIds: string[], session: ClientSession): Promise<HourCounts[]> =>
      model.collection
        .aggregate<HourCounts>(
          [
            { $unwind: '$counts' },
            { $replaceWith: '$counts' },
            { $match: { region, videoId: { $in: videoIds } } },
          ],
          { session },
        )
        .toArray(),

    /** The ids of those that wait. */
    async waiting(): Promise<string[]> {
      const found = await model.find().select({ _id: 1 }).lean();
      return found.map(({ _id }) => _id);
    },

    /** Removes one, for the transaction that adds what it gives; nothing when another run has added that. */
    async take(id: string, session: ClientSession): Promise<HourCounts[]> {
      return (await model.findOneAndDelete({ _id: id }, { session }).lean())?.counts ?? [];
    },
  };
}
