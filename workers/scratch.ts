import { mkdir, mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

export type Scratch = {
  root: string;
  /** Runs `work` with an empty folder that is gone afterwards, however `work` ends. Makes `root` again when it is gone. */
  withFolder<T>(name: string, work: (folder: string) => Promise<T>): Promise<T>;
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
  return {
    root,
    async withFolder(name, work) {
      await mkdir(root, { recursive: true, mode: 0o700 });
      const folder = await mkdtemp(join(root, `${name}-`));
      try {
        return await work(folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async close() {
      clearInterval(heartbeat);
      await rm(root, { recursive: true, force: true });
    },
  };
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
