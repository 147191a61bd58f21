import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { MillraceError } from '../shared/errors.ts';

export type Scratch = {
  root: string;
  /** Runs `work` with an empty folder that is gone afterwards, however `work` ends. Makes `root` again when it is gone. */
  withFolder<T>(name: string, work: (folder: string) => Promise<T>): Promise<T>;
  /** Writes something. @throws when that is not possible. */
  check(): Promise<void>;
  close(): Promise<void>;
};

const heartbeatSeconds = 15;
const abandonedSeconds = 300;

/**
 * A folder of this process alone under `workDir`. Folders of processes that were killed are removed: at once when
 * they ran on this host, else when their heartbeat has stopped for five minutes.
 */
export async function openScratch(workDir: string): Promise<Scratch> {
  await mkdir(workDir, { recursive: true });
  await removeAbandoned(workDir);
  const root = await mkdtemp(join(workDir, `worker-${hostname()}-${process.pid}-`));
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(root, now, now).catch(() => {});
  }, heartbeatSeconds * 1000);
  heartbeat.unref();
  const makeFolder = (name: string) =>
    unlessGone(root, async () => {
      await mkdir(root, { recursive: true, mode: 0o700 });
      return mkdtemp(join(root, `${name}-`));
    });
  const withFolder: Scratch['withFolder'] = async (name, work) => {
    const folder = await makeFolder(name);
    try {
      return await unlessGone(folder, () => work(folder));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return {
    root,
    withFolder,
    check: () => withFolder('check', (folder) => writeFile(join(folder, 'any'), Buffer.alloc(4096))),
    async close() {
      clearInterval(heartbeat);
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Runs `work`. What goes wrong where `path` is not there, or no longer, is no fault of the work, nor of any file. */
export async function unlessGone<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (existsSync(path)) throw cause;
    throw new MillraceError('unavailable', 'The work folder of a worker is not there.', { cause });
  }
}

async function removeAbandoned(workDir: string): Promise<void> {
  for (const name of await readdir(workDir)) {
    const match = /^worker-(.+)-(\d+)-\w{6}$/.exec(name);
    if (!match) continue;
    const path = join(workDir, name);
    const seen = await stat(path).catch(() => undefined);
    if (!seen) continue;
    const quietSeconds = (Date.now() - seen.mtimeMs) / 1000;
    const isDead = match[1] === hostname() && !isAlive(Number(match[2]), seen.mtimeMs);
    if (isDead || quietSeconds > abandonedSeconds) await rm(path, { recursive: true, force: true });
  }
}

/** A container that was started again has a process of the same id, which is then our own and younger. */
function isAlive(pid: number, lastHeartbeat: number): boolean {
  if (pid === process.pid) return lastHeartbeat > Date.now() - process.uptime() * 1000;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
