import type { Db, DbSession } from './db/connect.ts';
import type { Person } from './db/people.ts';
import { MillraceError } from './errors.ts';

/**
 * Makes one person of two: what `fromId` did, `intoId` did from now on, and the address of the first leads to the
 * second. Where either was merged before, its successor counts. Both people are written to, and so is a person who gets
 * a credit: of two who merge the same people at once one wins, and no credit is left with who is gone. Done again it
 * changes nothing.
 * @throws MillraceError not_found, person_merged, and invalid_request when there is no such person to merge into
 */
export async function mergePeople(
  db: Db,
  { fromId, intoId }: { fromId: string; intoId: string },
  session: DbSession,
): Promise<Person> {
  if (fromId === intoId) throw wrongTarget('must be another person');
  const from = await db.people.find(fromId, session);
  if (!from) throw new MillraceError('not_found', 'There is no such person.');
  const named = await db.people.find(intoId, session);
  const into = named?.mergedInto ? await db.people.find(named.mergedInto, session) : named;
  if (!into) throw wrongTarget('is no person that there is');
  if (from.mergedInto === into._id) return into;
  if (into._id === fromId) {
    throw new MillraceError('person_merged', `The person ${intoId} was merged into this one.`);
  }
  refuseMerged(from);
  await db.people.hold([into._id], session);
  const videoIds = await db.credits.give(fromId, into._id, session);
  await db.people.merge(fromId, into._id, session);
  await db.personPictures.forget([fromId], session);
  await db.search.touch(videoIds, session);
  return into;
}

/** @throws MillraceError person_merged */
export function refuseMerged({ mergedInto }: Person): void {
  if (mergedInto === null) return;
  throw new MillraceError('person_merged', `The person was merged into ${mergedInto}.`);
}

function wrongTarget(message: string): MillraceError {
  return new MillraceError('invalid_request', `The request does not fit: /into ${message}.`, {
    violations: [{ pointer: '/into', message }],
  });
}
