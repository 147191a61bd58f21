import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';

type Record = { host: string; owner: ProcessIdentity; servers: ProcessIdentity[] };

/** Where one stack keeps its data and logs, and who runs in it. */
export type StackFolder = {
  path: string;
  /** Made for this run and removed after it; a folder somebody named is kept. */
  fresh: boolean;
  record(pid: number): void;
  /** Synchronous, so that it also works when the process is about to exit. */
  close(): void;
};

const recordName = 'stack.json';
const dataFolder = join(import.meta.dirname, '..', '..', '.data');

export function openFolder(dir?: string): StackFolder {
  const path = dir ? claim(resolve(dir)) : createFresh();
  const record: Record = { host: hostname(), owner: identify(process.pid), servers: [] };
  const save = () => writeFileSync(join(path, recordName), JSON.stringify(record));
  save();
  return {
    path,
    fresh: !dir,
    record(pid) {
      record.servers.push(identify(pid));
      save();
    },
    close() {
      rmSync(dir ? join(path, recordName) : path, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function createFresh(): string {
  mkdirSync(dataFolder, { recursive: true });
  removeAbandoned();
  return mkdtempSync(join(dataFolder, 'stack-'));
}

function claim(path: string): string {
  mkdirSync(path, { recursive: true });
  const record = readRecord(path);
  if (record && isRunning(record.owner)) {
    throw new Error(`${path} is in use by another stack, process ${record.owner.pid}`);
  }
  if (record) endServers(record);
  return path;
}

/** A stack ended by SIGKILL could not tidy up; the next one does it. */
function removeAbandoned(): void {
  for (const name of readdirSync(dataFolder)) {
    const path = join(dataFolder, name);
    if (!name.startsWith('stack-') || !isAbandoned(path)) continue;
    const record = readRecord(path);
    if (record) endServers(record);
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  }
}

function isAbandoned(path: string): boolean {
  const record = readRecord(path);
  // Process ids of another host, such as a container that shares this folder, mean nothing here.
  if (record) return record.host === hostname() && !isRunning(record.owner);
  // Without a record it may be a stack that is just starting.
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  return Date.now() - made > 60_000;
}

function readRecord(path: string): Record | undefined {
  try {
    return JSON.parse(readFileSync(join(path, recordName), 'utf8'));
  } catch {
    return undefined;
  }
}

function endServers({ servers, host }: Record): void {
  if (host !== hostname()) return;
  for (const server of servers.filter(isRunning)) {
    try {
      process.kill(server.pid, 'SIGKILL');
    } catch {
      // It ended between the question and the signal.
    }
  }
}
