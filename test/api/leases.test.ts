import { expect } from 'chai';
import { createLeases, type Leases, type Standing } from '../../api/limits/leases.ts';
import { createQuotaCounter, type QuotaCounter } from '../../api/limits/quota-counter.ts';
import { newId } from '../../shared/ids.ts';
import { limitKeys } from '../../shared/keys.ts';
import { createLog } from '../../shared/log.ts';
import { type Redis, requestConnection, settled } from '../../shared/redis.ts';
import { sharedStack, until } from '../support/system.ts';

describe('leases of a shared quota', () => {
  const log = createLog('silent', 'test');
  const minute = (requests: number) => ({ requests, seconds: 60 });
  const opened: { redis: Redis; counter: QuotaCounter }[] = [];
  let prefix: string;

  beforeEach(() => {
    prefix = `test-${newId().slice(0, 10)}`;
  });
  afterEach(() => {
    for (const { redis, counter } of opened.splice(0)) {
      counter.close();
      redis.disconnect();
    }
  });

  /** As one process has it, with the number of times that it asks Redis. */
  async function open(mostAccounts?: number): Promise<{ leases: Leases; asked(): number; redis: Redis }> {
    const redis = requestConnection((await sharedStack()).env.REDIS_URL ?? '');
    await settled(redis, 5000);
    const counter = createQuotaCounter(redis, prefix, log, mostAccounts);
    opened.push({ redis, counter });
    let asked = 0;
    const take: QuotaCounter['take'] = (...words) => {
      asked += 1;
      return counter.take(...words);
    };
    await until('listener', async () => {
      const [, listeners] = (await redis.pubsub('NUMSUB', limitKeys(prefix).recall)) as [string, number];
      return listeners === opened.length;
    });
    return { leases: createLeases({ ...counter, take }), asked: () => asked, redis };
  }

  const passes = async (standing: Standing | Promise<Standing>) => (await standing).passes;

  it('are spent without asking Redis for each request', async () => {
    const { leases, asked } = await open();
    for (let n = 0; n < 5000; n += 1)
      expect(await passes(leases.take('a', minute(1e6), true))).to.equal(true);
    expect(asked()).to.be.within(2, 10);
  });

  it('are single requests where each counts', async () => {
    const { leases, asked } = await open();
    for (let n = 0; n < 10; n += 1) await leases.take('a', minute(1e6), false);
    expect(asked()).to.equal(10);
  });

  it('come back to who needs them, so that exactly the quota passes', async () => {
    const processes = await Promise.all([open(), open(), open()]);
    let count = 0;
    for (const { leases } of processes) {
      for (let n = 0; n < 1500; n += 1) count += Number(await passes(leases.take('a', minute(4000), true)));
    }
    expect(count).to.equal(4000);
  });

  it('are asked for once by all who wait', async () => {
    const { leases, asked } = await open();
    const all = await Promise.all(
      Array.from({ length: 200 }, () => passes(leases.take('a', minute(150), false))),
    );
    expect(all.filter(Boolean)).to.have.length(150);
    expect(asked()).to.be.at.most(4);
  });

  it('are exactly the quota where many wait in several processes at once', async () => {
    const processes = await Promise.all([open(), open(), open()]);
    for (const account of ['a', 'b', 'c', 'd', 'e']) {
      const all = processes.flatMap(({ leases }) =>
        Array.from({ length: 100 }, () => passes(leases.take(account, minute(150), true))),
      );
      expect((await Promise.all(all)).filter(Boolean), account).to.have.length(150);
    }
  });

  it('are worth nothing in the next window, also where that begins while Redis is asked', async () => {
    const { counter } = await open().then(() => opened[0] as (typeof opened)[number]);
    let next = () => {};
    const begun = new Promise<void>((resolve) => {
      next = resolve;
    });
    const ends = performance.now() + 100;
    const grants = [
      async () => ({ given: 10, left: 100, endsAt: ends }),
      () => begun.then(() => ({ given: 1, left: 0, endsAt: ends + 60_000 })),
      async () => ({ given: 0, left: 0, endsAt: ends + 60_000 }),
    ];
    const take: QuotaCounter['take'] = () => (grants.shift() ?? (async () => 'unanswered' as const))();
    const leases = createLeases({ ...counter, take, recall: async () => {} });
    // Six of ten are spent, so the next lease is asked for while four are left.
    for (let n = 0; n < 6; n += 1) await leases.take('a', minute(110), true);
    await until('end of the window', async () => performance.now() > ends);
    next();
    await until('answer', async () => grants.length === 1);
    await new Promise(setImmediate);
    expect(await passes(leases.take('a', minute(110), true))).to.equal(true);
    expect(await passes(leases.take('a', minute(110), true))).to.equal(false);
  });

  it('leave no more accounts in Redis than so many; the others are limited by each process alone', async () => {
    const { leases, redis } = await open(3);
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) {
      for (let n = 0; n < 4; n += 1) {
        expect(await passes(leases.take(name, minute(3), true)), `${name} ${n}`).to.equal(n < 3);
      }
    }
    const { account } = limitKeys(prefix);
    expect(await redis.keys(account('*'))).to.have.length(3);
  });
});
