import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { MillraceError } from '../../shared/errors.ts';
import { openSourceCache, type SourceCache } from '../../workers/source-cache.ts';
import { until } from '../support/system.ts';

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
  /** Downloads that break off half-way, once. */
  const broken = new Set<string>();

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'millrace-cache-'));
    onTheWay = new Map();
    const storage = {
      download: async (_: string, key: string, __: unknown, path: string, ended: AbortSignal) => {
        if (key.startsWith('slow')) {
          await new Promise<void>((resolve, reject) => {
            onTheWay.set(key, resolve);
            ended.addEventListener('abort', () => reject(ended.reason));
          });
        }
        await writeFile(path, contents.get(key) ?? key);
        if (broken.delete(key)) throw new Error('broken off');
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

  it('removes no more than must go for several that come at once', async () => {
    const held = (key: string, bytes: number) =>
      cache.withSource({ ...source(key), bytes }, signal, async (path) => path);
    const paths: string[] = [];
    for (const key of ['a', 'b', 'c', 'd']) paths.push(await held(key, 50));
    await Promise.all([held('e', 150), held('f', 50)]);
    expect(paths.map((path) => existsSync(path))).to.deep.equal([false, false, false, true]);
  });

  it('fetches again what broke off, and leaves nothing of it', async () => {
    broken.add('a');
    expect(await use('a').catch(({ message }) => message)).to.equal('broken off');
    await until('empty folder', async () => (await readdir(join(root, 'sources'))).length === 0);
    expect(existsSync(await use('a'))).to.equal(true);
  });

  it('does not let a job wait that has been called off', async () => {
    const error = await cache
      .withSource(source('slow-a'), AbortSignal.abort(new Error('called off')), async () => {})
      .catch((thrown) => thrown);
    expect(error.message).to.equal('called off');
  });

  it('ends what is on its way when it is closed, and brings nothing any more', async () => {
    const waiting = use('slow-a').catch(({ message }) => message);
    await until('download', async () => onTheWay.has('slow-a'));
    await cache.close();
    expect(await waiting).to.equal('the worker is stopping');
    rmSync(join(root, 'sources'), { recursive: true, force: true });
    expect(await use('b').catch(({ message }) => message)).to.equal('the worker is stopping');
    expect(existsSync(join(root, 'sources'))).to.equal(false);
  });

  it('counts what arrives after nobody waits for it any more', async () => {
    const gone = new AbortController();
    const waiting = cache.withSource(source('slow-a'), gone.signal, async () => {}).catch(() => {});
    await until('download', async () => onTheWay.has('slow-a'));
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
