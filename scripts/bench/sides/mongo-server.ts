import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mongoose';

/** What a server with a catalogue of a million videos has at the least; the stack of the tests has a quarter of it. */
export async function growCache(connection: Connection): Promise<void> {
  await connection.db?.admin().command({ setParameter: 1, wiredTigerEngineRuntimeConfig: 'cache_size=1G' });
}

const lookSeconds = 3;
/** Of one processor. */
const quietShare = 0.05;
const longestSeconds = 300;

/**
 * Waits until the server has nothing left to tidy up after what was asked of it before: figures of what comes next
 * would be of both.
 * @returns how long that took, in seconds.
 * @throws Error after five minutes
 */
export async function untilQuiet(connection: Connection): Promise<number> {
  const began = performance.now();
  const passed = () => (performance.now() - began) / 1000;
  for (let used = await processorSeconds(connection); passed() < longestSeconds; ) {
    await sleep(lookSeconds * 1000);
    const now = await processorSeconds(connection);
    if (now - used < quietShare * lookSeconds) return passed();
    used = now;
  }
  throw new Error(`MongoDB is still at work after ${longestSeconds} s with nothing to do.`);
}

/** That the server has used since it began. */
async function processorSeconds(connection: Connection): Promise<number> {
  const { extra_info: used } = (await connection.db?.admin().serverStatus()) ?? {};
  return (used.user_time_us + used.system_time_us) / 1e6;
}
