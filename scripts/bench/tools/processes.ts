import { readdirSync, readFileSync } from 'node:fs';

/** What a process itself and the children that it waited for have used, in clock ticks (proc(5): stat). */
export type Ticks = { own: number; children: number };

/** Only Linux tells a stranger what a process has used. */
export const canLookInside = process.platform === 'linux';

export function readTicks(pid: number): Ticks {
  // utime, stime, cutime and cstime are fields 14 to 17.
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fieldsOf(pid).slice(11, 15).map(Number);
  return { own: user + system, children: childUser + childSystem };
}

/** The most memory that a process ever had, in bytes; undefined when it is gone. */
export function readPeakMemory(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** Looks at a process's children five times a second. `peaks` is bytes by program. */
export function watchChildren(parent: number): { peaks: Map<string, number>; stop(): void } {
  const peaks = new Map<string, number>();
  const look = () => {
    for (const { pid, name } of childrenOf(parent)) {
      peaks.set(name, Math.max(peaks.get(name) ?? 0, readPeakMemory(pid) ?? 0));
    }
  };
  const timer = setInterval(look, 200);
  return { peaks, stop: () => clearInterval(timer) };
}

function childrenOf(parent: number): { pid: number; name: string }[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      if (Number(fieldsOf(Number(pid))[1]) !== parent) return [];
      return [{ pid: Number(pid), name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim() }];
    } catch {
      return []; // it ended meanwhile
    }
  });
}

/** From field 3 on: the name in field 2 may hold spaces, hence the last bracket. */
function fieldsOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
