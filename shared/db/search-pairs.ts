import type { ClientSession, Connection } from 'mongoose';
import { type CommonTerms, chooseCommon, leastRows, noCommonTerms } from '../search/pairs.ts';
import type { SearchRow } from '../search/search-row.ts';
import type { SearchTerm } from './search-find.ts';

/** What rows are made with, and whether queries rely on it. There is one, if any. */
type Edition = { _id: 'common'; edition: number; terms: string[]; since: Date; isUsed: boolean };

/** A row may be written so much later than what it was made with was read: transactions end within a minute. */
const graceMilliseconds = 120_000;
/** Rows are not all written anew for less than a tenth of the terms. */
const mostMissing = 0.1;

/**
 * Common terms are looked up in pairs, which far fewer rows have. Chosen ones go into the rows first: these are made
 * with them from then on, and `repair` finds those that are not. When the last is written, queries may rely on them
 * (`isPaired`). Terms that are no longer chosen lose that at once, before any row loses its pairs.
 */
export function searchPairs(connection: Connection) {
  const rows = () => connection.collection<SearchRow>('search_rows');
  const terms = () => connection.collection<SearchTerm>('search_terms');
  const editions = () => connection.collection<Edition>('search_pairs');
  const current = (session?: ClientSession) =>
    editions().findOne({ _id: 'common' }, session ? { session } : {});

  /** Whether every row was made with it. */
  async function hasEveryRow(edition: number): Promise<boolean> {
    const options = { projection: { _id: 1 }, hint: { edition: 1 } };
    return (await rows().findOne({ edition: { $ne: edition } }, options)) === null;
  }

  async function setPaired(which: object, isPaired: boolean, session: ClientSession): Promise<void> {
    const change = isPaired ? { $set: { isPaired: true as const } } : { $unset: { isPaired: '' as const } };
    await terms().updateMany(which, change, { session });
  }

  return {
    /** What rows are to be made with now. */
    async common(session: ClientSession): Promise<CommonTerms> {
      const found = await current(session);
      return found ? { edition: found.edition, terms: new Set(found.terms) } : noCommonTerms;
    },

    /**
     * Chooses anew from the counts of terms, where that is worth writing the rows for.
     * @returns whether it was: then the rows are to be repaired
     */
    async choose(least = leastRows, now = new Date()): Promise<boolean> {
      const counted = await terms()
        .find({ rows: { $gte: least } })
        .project<{ _id: string; rows: number }>({ rows: 1 })
        .toArray();
      const wanted = chooseCommon(counted, await rows().estimatedDocumentCount());
      return connection.transaction(async (session) => {
        const before = await current(session);
        const had = new Set(before?.terms);
        const missing = wanted.filter((term) => !had.has(term));
        if (missing.length <= wanted.length * mostMissing) return false;
        const staying = wanted.filter((term) => had.has(term));
        await setPaired({ isPaired: true, _id: { $nin: staying } }, false, session);
        await editions().replaceOne(
          { _id: 'common' },
          { edition: (before?.edition ?? 0) + 1, terms: wanted, since: now, isUsed: false },
          { session, upsert: true },
        );
        return true;
      });
    },

    /**
     * Lets queries rely on what was chosen once every row was made with it, and no longer where one is not, which
     * another release may have written.
     * @returns whether they do from now on; undefined: as before
     */
    async use(now = new Date()): Promise<boolean | undefined> {
      return connection.transaction(async (session) => {
        const found = await current(session);
        if (!found) return undefined;
        const isLate = now.getTime() - found.since.getTime() >= graceMilliseconds;
        const isUsed = isLate && (await hasEveryRow(found.edition));
        if (isUsed === found.isUsed) return undefined;
        await setPaired({ _id: { $in: found.terms } }, isUsed, session);
        await editions().updateOne({ _id: 'common' }, { $set: { isUsed } }, { session });
        return isUsed;
      });
    },
  };
}
