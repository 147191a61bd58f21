import { expect } from 'chai';
import { freshSession } from '../support/accounts.ts';
import { type OwnRedis, startOwnRedis } from '../support/own-redis.ts';
import { type OwnProcess, startApiProcess } from '../support/processes.ts';
import { type System, startSystem, until } from '../support/system.ts';

const quota = 40;
const views = 700;
const tickets = 5;
const signIns = 6;
const known = '/api/trending/GB';

describe('rate limits over four processes', () => {
  let redis: OwnRedis;
  let system: System;
  const apis: OwnProcess[] = [];

  before(async () => {
    redis = await startOwnRedis();
    const limits = `rest=${quota}/60,view=${views}/60,ticket=${tickets}/5,sign-in=${signIns}/60`;
    system = await startSystem({ ...redis.env, RATE_LIMITS: limits });
    await Promise.all([1, 2, 3, 4].map(async () => apis.push(await startApiProcess(system.env))));
  });
  after(async () => {
    await Promise.all(apis.map((api) => api.stop()));
    await system?.stop();
    await redis?.remove();
  });

  const ask = (n: number, cookie = '', path = known, method = 'GET', headers: Record<string, string> = {}) =>
    fetch(`${apis[n % apis.length]?.url}${path}`, {
      method,
      headers: { ...headers, ...(cookie ? { Cookie: cookie } : {}) },
    });
  const passed = (replies: Response[]) => replies.filter(({ status }) => status !== 429).length;
  const atOnce = (count: number, send: (n: number) => Promise<Response>) =>
    Promise.all(Array.from({ length: count }, (_, n) => send(n)));

  it('let exactly the quota pass when requests come to all at once', async () => {
    const cookie = await freshSession(system);
    expect(passed(await atOnce(3 * quota, (n) => ask(n, cookie)))).to.equal(quota);
    expect(passed(await atOnce(8, (n) => ask(n, cookie)))).to.equal(0);
  });

  it('and when they come one after the other, to one process and then the next', async () => {
    const cookie = await freshSession(system);
    let count = 0;
    for (let n = 0; n < 2 * quota; n += 1) count += passed([await ask(Math.floor(n / 12), cookie)]);
    expect(count).to.equal(quota);
  });

  it('and of another poster, which costs a job, no more than of uploads', async () => {
    const cookie = await freshSession(system);
    const choose = (n: number) => ask(n, cookie, `/api/videos/${'0'.repeat(24)}/poster`, 'PUT');
    expect(passed(await atOnce(12, choose))).to.equal(tickets);
  });

  it('and of captions, which take long to read, likewise', async () => {
    const cookie = await freshSession(system);
    const send = (n: number) => ask(n, cookie, `/api/videos/${'0'.repeat(24)}/captions/en`, 'PUT');
    expect(passed(await atOnce(12, send))).to.equal(tickets);
  });

  it('and of a large quota, of which processes hold leases', async () => {
    const cookie = await freshSession(system);
    const view = (n: number) => ask(n, cookie, `/api/videos/${'0'.repeat(24)}/views`, 'POST');
    let count = 0;
    for (const n of [0, 1, 2, 3]) {
      for (let turn = 0; turn < 5; turn += 1) count += passed(await atOnce(50, () => view(n)));
    }
    expect(count, 'of 250 to each').to.equal(views);
    expect(passed(await atOnce(4, view))).to.equal(0);
  });

  it('say in every reply how things stand, and when to come again', async () => {
    const cookie = await freshSession(system);
    const reply = await ask(1, cookie);
    expect(reply.headers.get('ratelimit-policy')).to.equal(`"rest";q=${quota};w=60`);
    expect(reply.headers.get('ratelimit')).to.match(new RegExp(`^"rest";r=${quota - 1};t=(60|59)$`));
    expect(reply.headers.get('retry-after')).to.equal(null);
    await atOnce(quota, (n) => ask(n, cookie));
    const refused = await ask(2, cookie);
    expect(refused.status).to.equal(429);
    const [, seconds] = /^"rest";r=0;t=(\d+)$/.exec(refused.headers.get('ratelimit') ?? '') ?? [];
    expect(Number(seconds)).to.be.within(1, 60);
    expect(refused.headers.get('retry-after')).to.equal(seconds);
    expect(refused.headers.get('content-type')).to.equal('application/problem+json');
    const { detail, ...problem } = (await refused.json()) as { detail: string };
    expect(problem).to.deep.include({ code: 'too_many_requests', status: 429 });
    expect(detail).to.equal(`Too many requests. Try again in ${seconds} seconds.`);
  });

  it('begin again when the window ends', async () => {
    const cookie = await freshSession(system);
    const send = (n: number) => ask(n, cookie, '/api/uploads', 'POST');
    expect(passed(await atOnce(12, send))).to.equal(tickets);
    await until('new window', async () => passed([await send(0)]) === 1);
    expect(passed(await atOnce(12, send))).to.equal(tickets - 1);
  });

  it('count an account by itself, and who has none by the address, whatever X-Forwarded-For says', async () => {
    const spoofed = (n: number) => ({
      'X-Forwarded-For': `203.0.113.${n}`,
      Forwarded: `for=203.0.113.${n}`,
      'X-Real-IP': `203.0.113.${n}`,
    });
    expect(passed(await atOnce(3 * quota, (n) => ask(n, '', known, 'GET', spoofed(n))))).to.equal(quota);
    const kept = await ask(0);
    expect(kept.headers.get('ratelimit')).to.match(/^"rest";r=0;t=\d+$/);
    const wrong = 'millrace_session=wrong';
    expect(passed([await ask(0, wrong)])).to.equal(0);
    expect(passed([await ask(0, '', known, 'GET', { Authorization: 'Bearer wrong' })])).to.equal(0);
    expect(passed([await ask(0, await freshSession(system))])).to.equal(1);
  });

  it('count signing in by the address, however many accounts ask', async () => {
    const cookies = await Promise.all(Array.from({ length: 3 * signIns }, () => freshSession(system)));
    const send = (n: number) => ask(n, cookies[n], '/api/auth/token', 'POST');
    expect(passed(await atOnce(cookies.length, send))).to.equal(signIns);
    expect(passed([await ask(0, '', '/api/auth/token', 'POST')])).to.equal(0);
  });

  it('count what the queue dashboard is asked', async () => {
    const reply = await ask(0, await freshSession(system, ['admin']), '/admin/queues');
    expect(reply.status).to.equal(200);
    expect(reply.headers.get('ratelimit')).to.match(new RegExp(`^"rest";r=${quota - 1};t=\\d+$`));
  });

  it('do not hold the probe of liveness', async () => {
    const replies = await atOnce(2 * quota, (n) => ask(n, '', '/healthz'));
    expect(passed(replies)).to.equal(2 * quota);
    expect(replies[0]?.headers.get('ratelimit')).to.equal(null);
  });

  it('leave no address in Redis, and nothing that lasts', async () => {
    await ask(0);
    const { redis: store, config } = system.context;
    const keys = await store.keys(`${config.REDIS_PREFIX}:limit*`);
    expect(keys.length).to.be.above(5);
    for (const key of keys) {
      expect(key).not.to.include('127.0.0.1');
      expect(await store.pttl(key), key).to.be.within(0, 60_000);
    }
  });

  it('hold in each process when Redis is gone, without a wait, and are exact again when it is back', async () => {
    const begun = await freshSession(system);
    expect(passed(await atOnce(quota / 2, (n) => ask(n, begun)))).to.equal(quota / 2);
    await redis.stop();
    const cookie = await freshSession(system);
    for (const n of [0, 1, 2, 3]) {
      const began = performance.now();
      let count = 0;
      for (let turn = 0; turn < 2 * quota; turn += 1) count += passed([await ask(n, cookie)]);
      expect(count).to.equal(quota);
      expect((performance.now() - began) / (2 * quota), 'milliseconds a request').to.be.below(40);
      expect(passed(await atOnce(2 * quota, () => ask(n, begun))), 'of what was left').to.be.below(quota);
    }
    await redis.startAgain();
    await until('shared limits', async () => apis.every((api) => api.log().includes('limits are shared')));
    const later = await freshSession(system);
    expect(passed(await atOnce(3 * quota, (n) => ask(n, later)))).to.equal(quota);
  });

  it('hold when Redis hangs, and nobody waits for it twice', async () => {
    await until('redis', () => system.context.redis.ping().catch(() => undefined));
    redis.hold();
    try {
      const cookie = await freshSession(system);
      const began = performance.now();
      expect(passed(await atOnce(2 * quota, () => ask(0, cookie)))).to.equal(quota);
      const first = performance.now();
      expect(first - began, 'milliseconds until it is taken for gone').to.be.below(2000);
      for (let turn = 0; turn < 20; turn += 1) await ask(0, await freshSession(system));
      expect((performance.now() - first) / 20, 'milliseconds a request').to.be.below(60);
    } finally {
      redis.release();
    }
  });
});
