import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createStorage } from '../../shared/storage.ts';
import { type System, startSystem } from '../support/system.ts';

const { signal } = new AbortController();
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    ({ code }) => code,
  );
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('downloads', () => {
  let system: System;
  let folder: string;
  before(async () => {
    system = await startSystem();
    folder = await mkdtemp(join(tmpdir(), 'millrace-downloads-'));
  });
  after(async () => {
    await system.stop();
    await rm(folder, { recursive: true });
  });

  /** One that takes a range more than the connections do at once, and the end of another. */
  const large = randomBytes(5 * 32 * 1024 ** 2 + 12_345);

  async function store(key: string, bytes: Buffer): Promise<{ etag: string; bytes: number }> {
    await system.context.storage.put('raw', key, bytes, 'video/mp4');
    const facts = await system.context.storage.head('raw', key);
    if (!facts) throw new Error('not stored');
    return facts;
  }

  it('bring every byte of a large object to its place', async () => {
    const facts = await store('large', large);
    const path = join(folder, 'large');
    await system.context.storage.download('raw', 'large', facts, path, signal);
    expect(hash(await readFile(path))).to.equal(hash(large));
  });

  for (const [name, bytes] of [
    ['large', large],
    ['small', randomBytes(1000)],
  ] as const) {
    it(`refuse a ${name} object that is no longer the one that was meant`, async () => {
      const facts = await store(name, bytes);
      await store(name, Buffer.concat([bytes.subarray(1), Buffer.from('x')]));
      const download = system.context.storage.download('raw', name, facts, join(folder, name), signal);
      expect(await codeOf(download)).to.equal('source_missing');
    });
  }

  it('say that the store is to blame where it breaks off', async () => {
    const facts = await store('small', large.subarray(0, 100_000));
    const { host } = new URL(system.config.S3_ENDPOINT);
    const cutting = createServer((request, response) => {
      const headers = { ...request.headers, host: request.headers.host };
      const [hostname, port] = host.split(':');
      get({ hostname, port, path: request.url, headers }, (reply) => {
        response.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.once('data', (bytes: Buffer) =>
          response.write(bytes.subarray(0, 1000), () => response.destroy()),
        );
      });
    }).listen(0, '127.0.0.1');
    await once(cutting, 'listening');
    const endpoint = `http://127.0.0.1:${(cutting.address() as AddressInfo).port}`;
    const storage = createStorage({ ...system.config, S3_ENDPOINT: endpoint }, 'worker');
    const download = storage.download('raw', 'small', facts, join(folder, 'cut'), signal);
    expect(await codeOf(download)).to.equal('unavailable');
    storage.close();
    cutting.close();
  });

  it('say that the store is to blame where all seems well and the bytes are not there', async () => {
    const facts = await store('small', large.subarray(0, 100_000));
    const lying = createServer((_, response) => response.end('<p>Sign in to this network')).listen(
      0,
      '127.0.0.1',
    );
    await once(lying, 'listening');
    const endpoint = `http://127.0.0.1:${(lying.address() as AddressInfo).port}`;
    const storage = createStorage({ ...system.config, S3_ENDPOINT: endpoint }, 'worker');
    const download = storage.download('raw', 'small', facts, join(folder, 'page'), signal);
    const code = await codeOf(download);
    storage.close();
    lying.close();
    expect(code).to.equal('unavailable');
  });

  it('say that an object is missing', async () => {
    const facts = { etag: '0'.repeat(32), bytes: 10 };
    const download = system.context.storage.download('raw', 'absent', facts, join(folder, 'absent'), signal);
    expect(await codeOf(download)).to.equal('source_missing');
  });
});
