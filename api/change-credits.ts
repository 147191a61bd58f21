import type { Db, DbSession } from '../shared/db/connect.ts';
import type { CreditWords } from '../shared/db/credits.ts';
import { creditKey } from '../shared/db/credits.ts';
import { MillraceError, type Violation } from '../shared/errors.ts';

/** What is asked for: a missing character is null. */
export type AskedCredit = Omit<CreditWords, 'character'> & { character: string | null };

/**
 * The credits as they are stored. Who was merged is named as who it is now; what is the same by that stays once.
 * @throws MillraceError invalid_request for people that there are not, and for what is said twice; `pointerTo` leads to
 * the n-th one
 */
export async function readCredits(
  db: Db,
  asked: AskedCredit[],
  pointerTo: (n: number) => string,
  session: DbSession,
): Promise<CreditWords[]> {
  const found = await db.people.among([...new Set(asked.map(({ personId }) => personId))], session);
  const idNow = new Map(found.map(({ _id, mergedInto }) => [_id, mergedInto ?? _id]));
  const violations: Violation[] = [];
  const said = new Set<string>();
  const wanted = new Map<string, CreditWords>();
  for (const [n, { personId, role, character }] of asked.entries()) {
    const one = { personId, role, character: character ?? '' };
    const now = { ...one, personId: idNow.get(personId) ?? '' };
    if (now.personId === '') {
      violations.push({ pointer: `${pointerTo(n)}/personId`, message: 'is no person that there is' });
    } else if (said.has(creditKey(one))) {
      const message = 'has the person, role and character of one before it';
      violations.push({ pointer: pointerTo(n), message });
    }
    said.add(creditKey(one));
    if (!wanted.has(creditKey(now))) wanted.set(creditKey(now), now);
  }
  if (violations.length === 0) return [...wanted.values()];
  const named = violations.map(({ pointer, message }) => `${pointer} ${message}`).join('; ');
  throw new MillraceError('invalid_request', `The request does not fit: ${named}.`, { violations });
}

/** Makes a video's credits these. Whoever is named anew is held, so that a merge at this moment cannot miss it. */
export async function writeCredits(
  db: Db,
  videoId: string,
  wanted: CreditWords[],
  session: DbSession,
): Promise<void> {
  const added = await db.credits.replace(videoId, wanted, session);
  if (added.length > 0) await db.people.hold(added, session);
  await db.search.touch([videoId], session);
}
