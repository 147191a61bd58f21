import type { Db } from './db/connect.ts';
import type { User } from './db/users.ts';
import { newId } from './ids.ts';
import { type Entry, type ImportPlan, planImport } from './import-plan.ts';

export type Imported = { added: number; changed: number; same: number; deleted: number };

/** Views of so many regions go into one transaction, which may last a minute at most. */
export const mostAtOnce = { entries: 1000, regions: 4000 };

/**
 * Brings entries of another catalogue, of each outside id one, in one transaction: killed at any moment, all of them are
 * there or none, and brought again they change nothing. New ones are the owner's; with `isGiven` known ones too.
 */
export async function importEntries(
  db: Db,
  entries: Entry[],
  owner: { user: User; isGiven: boolean },
): Promise<Imported> {
  const { user, isGiven } = owner;
  const plan = await db.transaction(async (session): Promise<ImportPlan> => {
    const known = await db.imports.known(
      entries.map(({ outside }) => outside.id),
      session,
    );
    const planned = planImport(entries, known, isGiven ? user._id : undefined, newId);
    await db.imports.save(planned, user, session);
    const touched = [...planned.added, ...planned.changed].map(({ videoId }) => videoId);
    if (touched.length > 0) await db.search.touch(touched, session);
    if (planned.scores.length > 0) await db.trending.addScores(planned.scores, session);
    return planned;
  });
  const { added, changed, same, deleted } = plan;
  return { added: added.length, changed: changed.length, same, deleted };
}
