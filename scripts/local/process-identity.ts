import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process id alone is reused in time; together with the moment it started it is not. */
export type ProcessIdentity = { pid: number; started: string };

export function identify(pid: number): ProcessIdentity {
  return { pid, started: readStart(pid) ?? '' };
}

export function isRunning({ pid, started }: ProcessIdentity): boolean {
  return started !== '' && readStart(pid) === started;
}

function readStart(pid: number): string | undefined {
  return process.platform === 'linux' ? readStartFromProc(pid) : readStartFromPs(pid);
}

/** Clock ticks since boot (proc(5): field 22). The name in field 2 may hold spaces, hence the last bracket. */
function readStartFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie runs no more: it only waits for its parent to look.
    return state === 'Z' ? undefined : rest[18];
  } catch {
    return undefined;
  }
}

function readStartFromPs(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
