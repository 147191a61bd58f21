import * as argon2 from '@node-rs/argon2';
import { MillraceError } from '../../shared/errors.ts';
import { newSecret } from '../../shared/ids.ts';
import type { Metrics } from '../../shared/metrics.ts';
import { takeTurns } from '../../shared/turns.ts';

export type PasswordHashing = {
  hash(password: string): Promise<string>;
  /** Without a hash the answer is no, after as much work as with one. */
  matches(hash: string | undefined, password: string): Promise<boolean>;
};

/** OWASP's first choice for argon2id: 19 MiB, two passes, one thread. Takes 25 ms of a core. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of the four threads that Node.js has for such work, two stay free for files and names. */
const atOnce = 2;

/** So the last one waits for about a second; more sign-ins than that are told to come again. */
const mostWaiting = 64;

export function createPasswordHashing({ passwordHashSeconds }: Metrics): PasswordHashing {
  const turn = takeTurns(
    atOnce,
    mostWaiting,
    () => new MillraceError('unavailable', 'Too many passwords are being checked at this moment.'),
  );
  const work = <T>(run: () => Promise<T>): Promise<T> =>
    turn(async () => {
      const stop = passwordHashSeconds.startTimer();
      try {
        return await run();
      } finally {
        stop();
      }
    });
  // Nobody knows its password.
  const nobodys = argon2.hash(newSecret(), cost);
  return {
    hash: (password) => work(() => argon2.hash(bytesOf(password), cost)),
    async matches(hash, password) {
      const compared = hash ?? (await nobodys);
      const isEqual = await work(() => argon2.verify(compared, bytesOf(password)));
      return isEqual && hash !== undefined;
    },
  };
}

/** One password typed on two systems may differ in how letters with marks are composed. */
function bytesOf(password: string): string {
  return password.normalize('NFKC');
}
