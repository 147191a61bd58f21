import { expect } from 'chai';
import { type System, startSystem, until } from '../support/system.ts';

describe('the schedules', () => {
  let system: System;

  before(async () => {
    system = await startSystem({ WORKER_QUEUES: 'sweep,trending' });
  });
  after(() => system.stop());

  const queue = (name: string) =>
    system.context.queues.all.find((one) => one.name === name) ?? expect.fail(`no queue ${name}`);
  const schedulers = async () =>
    (await Promise.all(['sweep', 'trending'].map((name) => queue(name).getJobSchedulers()))).flat();

  it('are one each, however many workers start', async () => {
    await system.startWorker();
    const again = await system.startWorker();
    expect((await schedulers()).map(({ key, every }) => [key, every])).to.deep.equal([
      ['sweep', 1000],
      ['trending', 1000],
    ]);
    await again.stop();
  });

  it('run, and are made again after Redis has lost everything', async () => {
    const ran = (name: string) =>
      until(`${name} run`, async () => (await queue(name).getCompletedCount()) > 0);
    await ran('sweep');
    const { redis, config } = system.context;
    await redis.del(...(await redis.keys(`${config.REDIS_PREFIX}:*`)));
    await ran('sweep');
    await ran('trending');
    expect(await schedulers()).to.have.length(2);
  });
});
