import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { MillraceError } from '../shared/errors.ts';

export type Scratch = {
  root: string;
  /**
   * Runs `work` with an empty folder that is gone afterwards, however `work` ends. Makes `root` again when it is gone.
   */
  withFolder<T>(name: string, work: (folder: string) => Promise<T>): Promise<T>;
  /** Writes something. @throws when that is not possible. */
  check(): Promise<void>;
  close(): Promise<void>;
};

const heartbeatSeconds = 15;
const abandonedSeconds = 300;
const testBytes = 64 * 1024;

/**
 * A folder of this process alone under `workDir`. Folders of processes that were killed are removed: at once when
 * they ran on this host, else when their heartbeat has stopped for five minutes. A process that is known to live keeps
 * its folder however long it was halted.
 */
export async function openScratch(workDir: string): Promise<Scratch> {
  await makeFolders(workDir);
  await removeAbandoned(workDir);
  const start = await startOf(process.pid);
  const self = start ? `${process.pid}.${start}` : `${process.pid}`;
  const root = await mkdtemp(join(workDir, `worker-${hostname()}-${self}-`));
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
      return await work(folder);
    } catch (thrown) {
      // Without room ffmpeg may end as if all were well, with half a file; then it is the disk that is to blame.
      await writeTo(folder);
      throw thrown;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return {
    root,
    withFolder,
    check: () => withFolder('check', writeTo),
    async close() {
      clearInterval(heartbeat);
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Node's own way to make those above too never ends below /proc, nor does its process then. */
async function makeFolders(path: string, above = dirname(path)): Promise<void> {
  const make = () =>
    mkdir(path).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  await make().catch(async (error) => {
    if (error.code !== 'ENOENT' || above === path) throw error;
    await makeFolders(above);
    await make();
  });
}

const writeTo = (folder: string) =>
  unlessGone(folder, () => writeFile(join(folder, 'any'), Buffer.alloc(testBytes)));

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
    const [, host, pid, start] = /^worker-(.+)-(\d+)(?:\.(\d+))?-\w{6}$/.exec(name) ?? [];
    if (!pid) continue;
    const path = join(workDir, name);
    const seen = await stat(path).catch(() => undefined);
    if (!seen) continue;
    const isQuiet = Date.now() - seen.mtimeMs > abandonedSeconds * 1000;
    const lives = host === hostname() ? await isAlive(Number(pid), start, seen.mtimeMs) : 'perhaps';
    if (lives === 'no' || (lives === 'perhaps' && isQuiet)) await rm(path, { recursive: true, force: true });
  }
}

async function isAlive(
  pid: number,
  start: string | undefined,
  lastHeartbeat: number,
): Promise<'yes' | 'no' | 'perhaps'> {
  const found = await startOf(pid);
  if (start && found) return start === found ? 'yes' : 'no';
  // A container that was started again has a process of the same id, which is then our own and younger.
  if (pid === process.pid) return lastHeartbeat > Date.now() - process.uptime() * 1000 ? 'perhaps' : 'no';
  try {
    process.kill(pid, 0);
    return 'perhaps';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'perhaps' : 'no';
  }
}

/**
 * When a process that runs was started, in clock ticks since boot (proc(5): field 22), which tells it from a later one
 * of the same id. Undefined where there is no such file.
 */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in field 2 may hold spaces, hence the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}
