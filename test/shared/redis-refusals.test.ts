import { expect } from 'chai';
import { pino } from 'pino';
import { createContext } from '../../shared/context.ts';
import { workerConnection } from '../../shared/redis.ts';
import { type OwnRedis, startOwnRedis } from '../support/own-redis.ts';
import { type System, startSystem } from '../support/system.ts';

type Line = { msg: string; reason?: string };

describe('a Redis that refuses', () => {
  let redis: OwnRedis;
  let system: System;
  before(async () => {
    redis = await startOwnRedis();
    system = await startSystem();
  });
  after(async () => {
    await system.stop();
    await redis.remove();
  });

  const url = (path = '') => `${redis.env.REDIS_URL}${path}`;
  /** What a process says of it as it starts. */
  async function said(process: 'api' | 'worker', REDIS_URL: string): Promise<string[]> {
    const lines: Line[] = [];
    const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
    const context = await createContext({ ...system.config, REDIS_URL }, process, { log });
    await context.close();
    return lines.map(({ msg, reason }) => (reason ? `${msg}: ${reason}` : msg));
  }

  it('a password is told of once, and what the process does meanwhile', async () => {
    const admin = workerConnection(url());
    await admin.config('SET', 'requirepass', 'sesame');
    try {
      const wrong = url().replace('//', '//default:simsim@');
      expect(await said('api', wrong)).to.deep.equal([
        'redis cannot be used: WRONGPASS invalid username-password pair or user is disabled.',
        'redis cannot be used yet; starting without it',
      ]);
      const [first, ...others] = await said('worker', url());
      expect(first).to.match(/^redis cannot be used: NOAUTH /);
      expect(others).to.deep.equal(['redis cannot be used yet; the worker takes jobs when it can']);
    } finally {
      await admin.config('SET', 'requirepass', '');
      admin.disconnect();
    }
  });

  it('a connection is told of once', async () => {
    const [first, ...others] = await said('api', 'redis://127.0.0.1:1');
    expect(first).to.match(/^redis cannot be used: .*ECONNREFUSED/);
    expect(others).to.deep.equal(['redis cannot be used yet; starting without it']);
  });

  it('a database that it does not have lets nothing start', async () => {
    for (const process of ['api', 'worker'] as const) {
      const started = said(process, url('/99')).catch(({ message }) => message);
      expect(await started).to.equal('Redis (REDIS_URL) cannot be used: ERR DB index is out of range');
    }
    expect(await said('api', url('/3'))).to.deep.equal([]);
  });
});
