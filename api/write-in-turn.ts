import type { DbSession } from '../shared/db/connect.ts';
import { isDuplicateKey } from '../shared/db/duplicate-key.ts';
import { MillraceError } from '../shared/errors.ts';
import { turnsByKey } from '../shared/turns-by-key.ts';
import { unlessSilent } from '../shared/unless-silent.ts';
import type { ApiContext } from './context.ts';

const mostWaiting = 1000;
const tries = 3;

const turns = turnsByKey(
  mostWaiting,
  () =>
    new MillraceError('unavailable', 'Too many people do this at the moment. Try again.', {
      retryAfterSeconds: 1,
    }),
);

/** Of a database that did not answer: when, and what was thrown. */
let silence: { at: number; error: MillraceError } | undefined;

/**
 * A transaction that counts something on a video. Two of them that write the same video at once end in a conflict, and
 * the driver begins one again: of a hundred most would be done in vain. So those of this process wait for each other,
 * and only those of other processes can be in the way. That all counts are exact is the work of the transaction alone.
 * @throws MillraceError unavailable when too many wait, or the database has not answered while they waited
 */
export function writeInTurn<T>(
  { db }: Pick<ApiContext, 'db'>,
  videoId: string,
  work: (session: DbSession) => Promise<T>,
): Promise<T> {
  const askedAt = performance.now();
  return turns(videoId, async () => {
    // Else each would wait for it again, one after the other.
    if (silence && silence.at > askedAt) throw silence.error;
    for (let left = tries - 1; ; left -= 1) {
      try {
        return await db.transaction(work);
      } catch (error) {
        // Another process has just made the same: it is there when it is looked for again.
        if (isDuplicateKey(error) && left > 0) continue;
        const told = unlessSilent(error);
        if (told !== error && told instanceof MillraceError) silence = { at: performance.now(), error: told };
        throw told;
      }
    }
  });
}
