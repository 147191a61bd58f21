import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { newId } from '../ids.ts';
import { type RowSource, type SearchRow, searchRowOf } from '../search/search-row.ts';
import { findRows, type SearchTerm } from './search-find.ts';
import { searchPairs } from './search-pairs.ts';
import { type SearchWord, suggestTitles } from './search-suggest.ts';
import { searchTerms } from './search-terms.ts';
import { shown } from './shown.ts';
import type { Video } from './video-record.ts';

/** The names of the people in each of the given videos. */
type NamesOf = (videoIds: string[], session: ClientSession) => Promise<Map<string, string[]>>;

const rows = new Schema<SearchRow>(
  { _id: { type: String, required: true } },
  { versionKey: false, collection: 'search_rows', strict: false },
)
  .index({ terms: 1 })
  .index({ edition: 1 })
  .index({ heads: 1, views: -1 });

const terms = new Schema<SearchTerm>(
  {
    _id: { type: String, required: true },
    rows: { type: Number, required: true },
    seen: Date,
    isPaired: Boolean,
  },
  { versionKey: false, collection: 'search_terms' },
);

const words = new Schema<SearchWord>(
  {
    _id: { type: String, required: true },
    beginnings: { type: [String], required: true },
    best: { type: Number, required: true },
    seen: Date,
  },
  { versionKey: false, collection: 'search_words' },
).index({ beginnings: 1, best: -1 });

/** Not the plan and the history, which are longer than all the rest. */
const sourceFields: Record<Exclude<keyof RowSource, '_id'>, 1> = {
  ...({ title: 1, tags: 1, channelTitle: 1, description: 1, category: 1, language: 1, regions: 1 } as const),
  ...({ durationSeconds: 1, views: 1, publishedAt: 1 } as const),
};

/** So many videos are indexed in one transaction. */
const batch = 200;

/**
 * The index of what everyone may see. It is made of the video records alone: a change that matters marks the video in
 * the same write (`searchStale`), and whoever comes next writes its row and takes the mark off in one transaction. A
 * kill anywhere leaves the mark.
 */
export function searchStore(connection: Connection, namesOf: NamesOf) {
  const videos = connection.model<Video>('Video');
  const model = connection.model('SearchRow', rows);
  // Their indexes are made with the models.
  connection.model('SearchTerm', terms);
  connection.model('SearchWord', words);
  const known = searchTerms(connection);
  const pairs = searchPairs(connection);

  /** The rows that videos should have, as they are now; null for one that not everyone may see. */
  async function rowsOf(ids: string[], session: ClientSession): Promise<Map<string, SearchRow | null>> {
    const { publishedAt: _, ...visible } = shown();
    const found = await videos
      .find({ _id: trusted({ $in: ids }), ...visible })
      .select(sourceFields)
      .session(session)
      .lean<RowSource[]>();
    const names = await namesOf(ids, session);
    const common = await pairs.common(session);
    const made = new Map<string, SearchRow | null>(ids.map((id) => [id, null]));
    for (const video of found) made.set(video._id, searchRowOf(video, names.get(video._id), common));
    return made;
  }

  return {
    find: findRows(connection),
    suggest: suggestTitles(connection),
    addTerms: known.addTerms,
    addWords: known.addWords,
    countTerms: known.countTerms,
    choosePairs: pairs.choose,
    usePairs: pairs.use,

    /**
     * Marks videos of which something has changed that search knows: their own record, or the people in them. In the
     * transaction of the change.
     */
    async touch(videoIds: string[], session?: ClientSession): Promise<void> {
      await videos.updateMany(
        { _id: trusted({ $in: videoIds }) },
        { $set: { searchStale: newId() } },
        session ? { session } : {},
      );
    },

    /**
     * Writes the rows of some marked videos. Each mark is another word, so that a change meanwhile is told from the one
     * that was seen, and the writes of another process that does the same fall together with these.
     * @returns how many there were; fewer than 200: no more are marked
     */
    async indexStale(): Promise<number> {
      const stale = await videos
        .find({ searchStale: trusted({ $gt: '' }) })
        .select({ _id: 1 })
        .limit(batch)
        .lean();
      const ids = stale.map(({ _id }) => _id);
      if (ids.length === 0) return 0;
      await connection.transaction(async (session) => {
        const marks = await videos
          .find({ _id: trusted({ $in: ids }), searchStale: trusted({ $gt: '' }) })
          .select({ searchStale: 1 })
          .session(session)
          .lean();
        if (marks.length === 0) return;
        const made = await rowsOf(
          marks.map(({ _id }) => _id),
          session,
        );
        await known.noteTerms([...made.values()].filter((row) => row !== null));
        const writes = [...made].map(([_id, row]) =>
          row
            ? { replaceOne: { filter: { _id }, replacement: row, upsert: true } }
            : { deleteOne: { filter: { _id } } },
        );
        await model.collection.bulkWrite(writes as never, { session, ordered: false });
        await videos.updateMany(
          { _id: trusted({ $in: marks.map(({ _id }) => _id) }) },
          { $unset: { searchStale: 1 } },
          { session },
        );
      });
      return ids.length;
    },

    /**
     * Compares some videos, in the order of their ids, with their rows, and marks those of which the row is not what it
     * should be: nobody has marked them, or only their views have grown. @returns where to go on; null at the end
     */
    async repair(after: string, limit: number): Promise<{ marked: number; next: string | null }> {
      const some = await videos
        .find({ _id: trusted({ $gt: after }) })
        .select({ _id: 1 })
        .sort({ _id: 1 })
        .limit(limit)
        .lean();
      const ids = some.map(({ _id }) => _id);
      const wrong = await connection.transaction(async (session) => {
        const made = await rowsOf(ids, session);
        const written = await model
          .find({ _id: trusted({ $in: ids }) })
          .session(session)
          .lean<SearchRow[]>();
        const byId = new Map(written.map((row) => [row._id, row]));
        return ids.filter(
          (id) => JSON.stringify(sorted(made.get(id))) !== JSON.stringify(sorted(byId.get(id))),
        );
      });
      if (wrong.length > 0) await this.touch(wrong);
      return { marked: wrong.length, next: ids.length < limit ? null : (ids.at(-1) ?? null) };
    },

    /** Marks every video. What is marked is indexed by whoever comes next. */
    async markAll(): Promise<number> {
      const { modifiedCount } = await videos.updateMany({}, { $set: { searchStale: newId() } });
      return modifiedCount;
    },
  };
}

function sorted(row: SearchRow | null | undefined): unknown {
  return row ? Object.entries(row).sort(([a], [b]) => a.localeCompare(b)) : null;
}
