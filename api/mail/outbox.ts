import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../shared/log.ts';
import { takeTurns } from '../../shared/turns.ts';
import type { Mail, Mailer } from './mailer.ts';

export type Outbox = {
  /**
   * Returns at once. `compose` runs after the answer, and again when it or the sending failed; it gives nothing when
   * no mail is due. So neither the answer nor its time tells whether there was a mail, or a server that took it.
   */
  post(compose: () => Promise<Mail | undefined>): void;
  /** Waits for what is under way, `seconds` at most. What waits to be tried again is given up. */
  close(seconds: number): Promise<void>;
};

const atOnce = 4;
const mostWaiting = 1000;

/**
 * In memory: what is lost when the process is killed can be asked for again, while a queue would hold tokens for all
 * who can read it.
 */
export function createOutbox(mailer: Mailer, log: Log, retrySeconds = [1, 5, 25]): Outbox {
  const turn = takeTurns(atOnce, mostWaiting, () => new Error('too much mail is waiting'));
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function deliver(compose: () => Promise<Mail | undefined>): Promise<void> {
    for (const wait of [...retrySeconds, undefined]) {
      try {
        await turn(async () => {
          const mail = await compose();
          if (mail) await mailer.send(mail);
        });
        return;
      } catch (err) {
        const why = reasonOf(err);
        if (wait === undefined || closing.signal.aborted) log.error(why, 'mail given up');
        else log.warn({ ...why, again: `in ${wait} s` }, 'mail not delivered');
      }
      if (wait !== undefined) await sleep(wait * 1000, undefined, { signal: closing.signal });
    }
  }

  return {
    post(compose) {
      if (underWay.size >= mostWaiting) {
        log.error('too much mail is waiting: one is given up');
        return;
      }
      const delivery = new Promise<void>((begin) => setImmediate(begin))
        .then(() => deliver(compose))
        // The wait for another try was ended.
        .catch(() => {})
        .finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    },

    async close(seconds) {
      closing.abort();
      const late = new AbortController();
      await Promise.race([
        Promise.all(underWay),
        sleep(seconds * 1000, undefined, { signal: late.signal }).catch(() => {}),
      ]);
      late.abort();
      mailer.close();
    },
  };
}

/** What the mail server and its errors say repeats to whom the mail was. */
function reasonOf(error: unknown): object {
  const { name, code, responseCode, command } = error as Record<string, unknown>;
  return { name, code, responseCode, command };
}
