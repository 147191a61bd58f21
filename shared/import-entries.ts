import type { Db, DbSession } from './db/connect.ts';
import type { User } from './db/users.ts';
import { newId } from './ids.ts';
import { type Entry, type ImportPlan, planImport } from './import-plan.ts';

type Imported = { added: number; changed: number; same: number; deleted: number };

/** Views of so many regions go into one transaction, which may last a minute at most. */
export const mostAtOnce = { entries: 1000, regions: 4000 };

/**
 * Brings entries of another catalogue, of each outside id one, in one transaction: killed at any moment, all of them
 * are there or none, and brought again they change nothing. New ones are the owner's; with `isGiven` known ones too.
 * What is said otherwise of known ones is noted among their edits, as by the operator.
 * @throws Error with a sentence when the owner's account is not active, or no longer
 */
export async function importEntries(
  db: Db,
  entries: Entry[],
  { user, isGiven }: { user: Pick<User, '_id'>; isGiven: boolean },
): Promise<Imported> {
  const plan = await db.transaction(async (session): Promise<ImportPlan> => {
    const owner = await activeOwner(db, user._id, session);
    const known = await db.imports.known(
      entries.map(({ outside }) => outside.id),
      session,
    );
    const planned = planImport(entries, known, isGiven ? owner._id : undefined, newId);
    await db.imports.save(planned, owner, session);
    await db.edits.add(
      planned.changed.flatMap(({ edited }) => edited ?? []),
      'operator',
      session,
    );
    const touched = [...planned.added, ...planned.changed].map(({ videoId }) => videoId);
    if (touched.length > 0) await db.search.touch(touched, session);
    if (planned.scores.length > 0) await db.trending.addScores(planned.scores, session);
    // Last, so that whoever signs in does not wait for all that. A status that changes meanwhile finds all of it or
    // none.
    if (touched.length > 0) await db.accounts.hold(owner._id, session);
    return planned;
  });
  const { added, changed, same, deleted } = plan;
  return { added: added.length, changed: changed.length, same, deleted };
}

async function activeOwner(db: Db, id: string, session: DbSession): Promise<User> {
  const owner = await db.users.find(id, session);
  if (owner?.status === 'active') return owner;
  throw new Error(`The account ${id} is ${owner?.status ?? 'gone'}.`);
}
