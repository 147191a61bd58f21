import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Storage } from '../shared/storage.ts';
import { restoreChunks } from './media/avi-chunks.ts';
import { openEdits } from './media/open-edits.ts';
import { unlessGone } from './scratch.ts';

export type Source = { key: string; etag: string; bytes: number };

export type SourceCache = {
  /** Runs `work` with the path of a local copy, downloaded once for all jobs of this process that want it. */
  withSource<T>(source: Source, signal: AbortSignal, work: (path: string) => Promise<T>): Promise<T>;
  /** Ends what is on its way; the copies go with `root`. */
  close(): Promise<void>;
};

type Entry = {
  path: string;
  bytes: number;
  users: number;
  usedAt: number;
  arrived: Promise<void>;
  isHere: boolean;
};

/**
 * Keeps local copies of sources up to `limitBytes`; the least recently used that no job holds go first. What somebody
 * else has removed is fetched again.
 */
export function openSourceCache(storage: Storage, root: string, limitBytes: number): SourceCache {
  const folder = join(root, 'sources');
  const entries = new Map<string, Entry>();
  const closing = new AbortController();
  let serial = 0;

  /**
   * Looked at anew for each, as jobs take, bring and remove copies meanwhile. What is on its way would come all the
   * same.
   */
  async function evict(): Promise<void> {
    while ([...entries.values()].reduce((sum, { bytes }) => sum + bytes, 0) > limitBytes) {
      const idle = [...entries].filter(([, { users, isHere }]) => users === 0 && isHere);
      const [oldest] = idle.sort(([, a], [, b]) => a.usedAt - b.usedAt);
      if (!oldest) return;
      const [id, { path }] = oldest;
      entries.delete(id);
      await rm(path, { force: true });
    }
  }

  async function bring(source: Source, path: string): Promise<void> {
    await evict();
    closing.signal.throwIfAborted();
    await unlessGone(folder, async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await storage.download('raw', source.key, source, `${path}.part`, closing.signal);
      await openEdits(`${path}.part`);
      await restoreChunks(`${path}.part`);
      await rename(`${path}.part`, path);
    });
  }

  function fetchOnce(source: Source): Entry {
    const id = `${source.key} ${source.etag}`;
    const known = entries.get(id);
    if (known && (!known.isHere || existsSync(known.path))) return known;
    const path = join(folder, `${++serial}`);
    const entry: Entry = {
      path,
      bytes: source.bytes,
      users: 0,
      usedAt: performance.now(),
      arrived: Promise.resolve(),
      isHere: false,
    };
    entries.set(id, entry);
    entry.arrived = bring(source, path);
    entry.arrived.then(
      () => {
        entry.isHere = true;
      },
      async () => {
        entries.delete(id);
        await rm(`${path}.part`, { force: true });
      },
    );
    return entry;
  }

  return {
    async withSource(source, signal, work) {
      const entry = fetchOnce(source);
      entry.users += 1;
      try {
        await unlessAborted(entry.arrived, signal);
        return await unlessGone(entry.path, () => work(entry.path));
      } finally {
        entry.users -= 1;
        entry.usedAt = performance.now();
      }
    },
    async close() {
      closing.abort(new Error('the worker is stopping'));
    },
  };
}

/** One job's abort must not end a download that others wait for, so only the waiting ends. */
async function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
