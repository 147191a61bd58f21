import type { Connection } from 'mongoose';
import { isPair } from '../search/pairs.ts';
import { beginningsOf, longestBeginning, type SearchRow } from '../search/search-row.ts';
import type { SearchTerm } from './search-find.ts';
import type { SearchWord } from './search-suggest.ts';

/** A term that was noted so long ago has a row by now, or its transaction has failed: those take a minute at most. */
const graceMilliseconds = 3_600_000;

/**
 * What search knows of terms and of the words of titles. It is added to before the rows that have them are written, and
 * outside their transaction, so it only grows; `countTerms` brings it down to what the rows have.
 */
export function searchTerms(connection: Connection) {
  const rows = () => connection.collection<SearchRow>('search_rows');
  const terms = () => connection.collection<SearchTerm>('search_terms');
  const words = () => connection.collection<SearchWord>('search_words');

  /** Notes terms and in how many more rows each is, and words of titles with the most views that any has. */
  async function addTerms(counts: Map<string, number>): Promise<void> {
    const seen = new Date();
    const operations = [...counts].map(([_id, count]) => ({
      updateOne: { filter: { _id }, update: { $inc: { rows: count }, $max: { seen } }, upsert: true },
    }));
    if (operations.length > 0) await terms().bulkWrite(operations, { ordered: false });
  }

  async function addWords(best: Map<string, number>): Promise<void> {
    const seen = new Date();
    const operations = [...best].map(([_id, views]) => ({
      updateOne: {
        filter: { _id },
        update: { $max: { best: views, seen }, $setOnInsert: { beginnings: beginningsOf(_id) } },
        upsert: true,
      },
    }));
    if (operations.length > 0) await words().bulkWrite(operations, { ordered: false });
  }

  return {
    addTerms,
    addWords,

    /** Before the rows that have them: a term that is not noted is not looked for. */
    async noteTerms(fresh: SearchRow[]): Promise<void> {
      const known = await rows()
        .find({ _id: { $in: fresh.map(({ _id }) => _id) } })
        .project<Pick<SearchRow, '_id' | 'terms'>>({ terms: 1 })
        .toArray();
      const before = new Map(known.map((row) => [row._id, new Set(row.terms)]));
      const counts = new Map<string, number>();
      const best = new Map<string, number>();
      for (const row of fresh) {
        for (const term of row.terms) {
          // Pairs are led by, and never looked up here.
          if (!isPair(term) && !before.get(row._id)?.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
        }
        for (const word of row.heads) best.set(word, Math.max(best.get(word) ?? 0, row.views));
      }
      await addTerms(counts);
      await addWords(best);
    },

    /**
     * Counts terms and words anew from the rows, and forgets those that no row has and that nobody has noted for an
     * hour. Rows may be written meanwhile: what was noted for them stays, and a count may miss them until the next
     * time.
     */
    async countTerms(now = new Date()): Promise<void> {
      const merge = (into: string, fields: string[]) => ({
        $merge: {
          into,
          whenMatched: [
            {
              $set: {
                ...Object.fromEntries(fields.map((field) => [field, `$$new.${field}`])),
                seen: { $max: ['$seen', '$$new.seen'] },
              },
            },
          ],
        },
      });
      await rows()
        .aggregate([
          { $unwind: '$terms' },
          { $match: { terms: { $not: / / } } },
          { $group: { _id: '$terms', rows: { $sum: 1 } } },
          { $set: { seen: now } },
          merge('search_terms', ['rows']),
        ])
        .toArray();
      await rows()
        .aggregate([
          { $unwind: '$heads' },
          { $group: { _id: '$heads', best: { $max: '$views' } } },
          { $set: { seen: now, beginnings } },
          merge('search_words', ['best']),
        ])
        .toArray();
      const unseen = { seen: { $not: { $gte: new Date(now.getTime() - graceMilliseconds) } } };
      await terms().deleteMany(unseen);
      await words().deleteMany(unseen);
    },
  };
}

/** As `beginningsOf` makes them. */
const beginnings = {
  $map: {
    input: { $range: [1, { $add: [{ $min: [longestBeginning, { $strLenCP: '$_id' }] }, 1] }] },
    as: 'length',
    in: { $substrCP: ['$_id', 0, '$$length'] },
  },
};
