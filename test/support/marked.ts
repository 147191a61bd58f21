import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { until } from './system.ts';

const name = 'MILLRACE_TEST_MARK';

/** A variable for a process to be started; all that it starts inherits it, by which it is found again. */
export function newMark(): Record<string, string> {
  return { [name]: randomUUID() };
}

/** Linux alone shows other processes' environments; elsewhere there is nothing to see. */
export async function untilGone(mark: Record<string, string>): Promise<void> {
  const variable = `${name}=${mark[name]}`;
  await until('end', async () => findMarked(variable).length === 0, 5).catch(() => {});
  expect(findMarked(variable), 'processes left').to.deep.equal([]);
}

function findMarked(variable: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const isMarked = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(variable);
      return isMarked ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')] : [];
    } catch {
      return []; // no process, not ours, or gone meanwhile
    }
  });
}
