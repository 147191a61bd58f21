import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is usual, also of containers. */
const usual = 1024;

/**
 * Of the processors, where others want them too, as docker-compose.yml gives them (`cpu_shares`): who asks the api
 * waits neither for encoders nor for what MongoDB does for them.
 */
export const cpuShares = { mongo: 342, worker: 114 };

/**
 * Gives a process that leads a session, and all that it starts, so much of the processors. Linux shares them among
 * sessions first, so `nice` counts only within one. Elsewhere, or where Linux does not do that, nothing changes.
 */
export async function shareCpu(pid: number, shares: number): Promise<void> {
  // Each step of `nice` is a fifth less.
  const niceness = Math.round(Math.log(usual / shares) / Math.log(1.25));
  for (let attempt = 0; attempt < 20; attempt += 1) {
    try {
      return writeFileSync(`/proc/${pid}/autogroup`, `${niceness}`);
    } catch (error) {
      // Of all who are not root one may do this every tenth of a second.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      await sleep(100);
    }
  }
}
