import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { MillraceError } from '../../shared/errors.ts';
import { openSourceCache, type SourceCache } from '../../workers/source-cache.ts';

type Cached = Parameters<typeof openSourceCache>[0];

const source = (key: string) => ({ key, etag: 'e', bytes: 100 });
const { signal } = new AbortController();

describe('the cache of sources', () => {
  let root: string;
  let cache: SourceCache;
  /** Downloads that wait for `arrive`, by their key. */
  let onTheWay: Map<string, () => void>;
  /** Of downloads that are more than their key. */
  const contents = new Map<string, Buffer>();

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'millrace-cache-'));
    onTheWay = new Map();
    const storage = {
      download: async (_: string, key: string, __: unknown, path: string) => {
        if (key.startsWith('slow')) await new Promise<void>((resolve) => onTheWay.set(key, resolve));
        await writeFile(path, contents.get(key) ?? key);
      },
    };
    cache = openSourceCache(storage as unknown as Cached, root, 250);
  });
  afterEach(async () => {
    await cache.close();
    rmSync(root, { recursive: true });
  });

  const use = (key: string) => cache.withSource(source(key), signal, async (path) => path);

  it('keeps the last used, and never more than the limit', async () => {
    const [first, second] = [await use('a'), await use('b')];
    await use('a');
    await use('c');
    expect([existsSync(first), existsSync(second)]).to.deep.equal([true, false]);
    expect(await readdir(join(root, 'sources'))).to.have.length(2);
  });

  it('may be full to the last byte', async () => {
    const first = await use('a');
    await cache.withSource({ ...source('b'), bytes: 150 }, signal, async () => {});
    expect(existsSync(first)).to.equal(true);
    await cache.withSource({ ...source('c'), bytes: 1 }, signal, async () => {});
    expect(existsSync(first)).to.equal(false);
  });

  it('gives edits without a length one, for all jobs', async () => {
    const box = (type: string, body: Buffer) =>
      Buffer.concat([Buffer.from([0, 0, 0, 8 + body.length]), Buffer.from(type), body]);
    const edit = Buffer.from('0000000000000001 00000000 00000400 00010000'.replaceAll(' ', ''), 'hex');
    contents.set('edit', box('moov', box('trak', box('edts', box('elst', edit)))));
    const copy = await readFile(await use('edit'));
    expect(copy.toString('hex')).to.match(/0000000000000001ffffffff0000040000010000$/);
  });

  it('leaves what a job takes while others are being removed', async () => {
    for (const key of ['a', 'b']) await use(key);
    // Both must go for what comes; b is taken before it is its turn.
    const coming = cache.withSource({ ...source('large'), bytes: 240 }, signal, async () => {});
    const isThere = await cache.withSource(source('b'), signal, async (path) => {
      await coming;
      return existsSync(path);
    });
    expect(isThere).to.equal(true);
  });

  it('counts what arrives after nobody waits for it any more', async () => {
    const gone = new AbortController();
    const waiting = cache.withSource(source('slow-a'), gone.signal, async () => {}).catch(() => {});
    while (!onTheWay.has('slow-a')) await new Promise((resolve) => setTimeout(resolve, 5));
    gone.abort();
    await waiting;
    for (const key of ['b', 'c']) await use(key);
    onTheWay.get('slow-a')?.();
    await use('slow-a');
    for (const key of ['d', 'e', 'f']) await use(key);
    expect(await readdir(join(root, 'sources'))).to.have.length(2);
  });

  it('tells a copy that was removed under a job from a fault of the file', async () => {
    const error = await cache
      .withSource(source('a'), signal, async (path) => {
        rmSync(path);
        throw new Error('this is no video');
      })
      .catch((thrown) => thrown);
    expect(error).to.be.instanceOf(MillraceError).and.include({ code: 'unavailable' });
  });
});
