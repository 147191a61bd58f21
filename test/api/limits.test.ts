import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { StackFolder } from '../../scripts/local/folder.ts';
import { startRedis } from '../../scripts/local/redis.ts';
import type { LocalServer } from '../../scripts/local/server.ts';
import { type ApiProcess, startApiProcess } from '../support/api-process.ts';
import { type System, startSystem, until } from '../support/system.ts';

const quota = 40;
const known = '/api/trending/GB';

describe('rate limits over four processes', () => {
  let folder: string;
  let redis: LocalServer;
  let system: System;
  let apis: ApiProcess[] = [];

  const records: StackFolder = {
    get path() {
      return folder;
    },
    fresh: true,
    record() {},
    close() {},
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-limits-'));
    // A Redis of its own, because it is stopped on the way.
    redis = await startRedis(records);
    // Long enough for all requests of a test, short enough to wait for its end.
    system = await startSystem({ ...redis.env, RATE_LIMITS: `rest=${quota}/5,view=3000/60,ticket=5/60` });
    apis = await Promise.all([1, 2, 3, 4].map(() => startApiProcess(system.env)));
  });
  after(async () => {
    await Promise.all(apis.map((api) => api.stop()));
    await system?.stop();
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = (n: number, headers: Record<string, string> = {}, path = known, method = 'GET') =>
    fetch(`${apis[n % apis.length]?.url}${path}`, { method, headers });
  const passed = (replies: Response[]) => replies.filter(({ status }) => status !== 429).length;

  /** Waits until a new window begins: all is left but this request. */
  const freshWindow = (n = 0) =>
    until('fresh window', async () => {
      const reply = await ask(n);
      return new RegExp(`r=${quota - 1};`).test(reply.headers.get('ratelimit') ?? '');
    });

  it('let exactly the quota pass when requests come to all at once', async () => {
    await freshWindow();
    const replies = await Promise.all(Array.from({ length: 3 * quota }, (_, n) => ask(n)));
    expect(passed(replies)).to.equal(quota - 1);
  });

  it('and when they come one after the other, to one process and then the next', async () => {
    await freshWindow();
    const replies: Response[] = [];
    for (let n = 0; n < 2 * quota; n += 1) replies.push(await ask(Math.floor(n / 12)));
    expect(passed(replies)).to.equal(quota - 1);
  });

  it('and of a large quota, of which processes hold leases', async () => {
    const path = `/api/videos/${'0'.repeat(24)}/views`;
    const view = (n: number) => ask(n, {}, path, 'POST');
    let count = 0;
    for (const blocks of [0, 1, 2, 3]) {
      for (let n = 0; n < 20; n += 1) {
        count += passed(await Promise.all(Array.from({ length: 50 }, () => view(blocks))));
      }
    }
    expect(count, 'a thousand to each').to.equal(3000);
    expect((await view(0)).status).to.equal(429);
  });

  it('say in every reply how things stand, and when to come again', async () => {
    await freshWindow();
    const reply = await ask(1);
    expect(reply.headers.get('ratelimit-policy')).to.equal(`"rest";q=${quota};w=5`);
    expect(reply.headers.get('ratelimit')).to.match(new RegExp(`^"rest";r=${quota - 2};t=[1-5]$`));
    expect(reply.headers.get('retry-after')).to.equal(null);
    await Promise.all(Array.from({ length: quota }, (_, n) => ask(n)));
    const refused = await ask(2);
    expect(refused.status).to.equal(429);
    expect(refused.headers.get('ratelimit')).to.match(/^"rest";r=0;t=[1-5]$/);
    expect(refused.headers.get('retry-after')).to.match(/^[1-5]$/);
    expect(refused.headers.get('content-type')).to.equal('application/problem+json');
    expect(await refused.json()).to.deep.include({ code: 'too_many_requests', status: 429 });
  });

  it('do not believe X-Forwarded-For from just anyone', async () => {
    await freshWindow();
    const replies = await Promise.all(
      Array.from({ length: 2 * quota }, (_, n) =>
        ask(n, {
          'X-Forwarded-For': `203.0.113.${n}`,
          Forwarded: `for=203.0.113.${n}`,
          'X-Real-IP': '1.2.3.4',
        }),
      ),
    );
    expect(passed(replies)).to.equal(quota - 1);
  });

  it('count an account by itself, wherever it comes from', async () => {
    const session = await system.cookie('demo');
    const cookies = { Cookie: session };
    const spend = (headers = {}) => Promise.all(Array.from({ length: quota }, (_, n) => ask(n, headers)));
    await freshWindow();
    expect(passed(await spend())).to.equal(quota - 1);
    expect(passed(await spend(cookies))).to.equal(quota);
    expect(passed(await spend(cookies))).to.equal(0);
  });

  it('do not hold the probe of liveness', async () => {
    const replies = await Promise.all(Array.from({ length: 2 * quota }, () => ask(0, {}, '/healthz')));
    expect(passed(replies)).to.equal(2 * quota);
    expect(replies[0]?.headers.get('ratelimit')).to.equal(null);
  });

  it('keep no address and nothing that lasts in Redis', async () => {
    await ask(0);
    const store = system.context.redis;
    const keys = await store.keys(`${system.config.REDIS_PREFIX}:limit*`);
    expect(keys).not.to.deep.equal([]);
    for (const key of keys) {
      expect(key).not.to.include('127.0.0.1');
      expect(await store.pttl(key), key).to.be.within(0, 600_000);
    }
  });

  it('hold in each process when Redis is gone, without a wait, and are exact again when it is back', async () => {
    const url = new URL(redis.env.REDIS_URL ?? '');
    await freshWindow();
    await redis.stop();
    await until(
      'local limit',
      async () =>
        apis.every((api) => api.log().includes('by each process alone')) ||
        (await Promise.all([0, 1, 2, 3].map((n) => ask(n))), false),
    );
    await until('window', async () =>
      (await Promise.all([0, 1, 2, 3].map((n) => ask(n)))).every(({ status }) => status === 200),
    );
    for (const n of [0, 1, 2, 3]) {
      const began = performance.now();
      const replies: Response[] = [];
      for (let turn = 0; turn < 2 * quota; turn += 1) replies.push(await ask(n));
      const milliseconds = (performance.now() - began) / replies.length;
      expect(passed(replies)).to.be.within(1, quota);
      expect(milliseconds, 'a request').to.be.below(40);
    }
    redis = await startRedis(records, Number(url.port));
    await until('shared limits', async () => apis.every((api) => api.log().includes('limits are shared')));
    await freshWindow();
    const replies = await Promise.all(Array.from({ length: 3 * quota }, (_, n) => ask(n)));
    expect(passed(replies)).to.equal(quota - 1);
  });
});
