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

  it('are one each, though eight workers start at once', async () => {
    const began = performance.now();
    const workers = await Promise.all(Array.from({ length: 8 }, () => system.startWorker()));
    expect((await schedulers()).map(({ key, every }) => [key, every])).to.deep.equal([
      ['sweep', 1000],
      ['trending', 1000],
    ]);
    // Nor does any of them run a job that another one has scheduled for the same moment: there is one that runs, the
    // next, and on a slow machine one for each second since.
    const jobs = await queue('trending').getJobs(['delayed', 'waiting', 'active']);
    const seconds = Math.floor((performance.now() - began) / 1000);
    expect(new Set(jobs.map(({ id }) => id)).size).to.be.at.most(2 + seconds);
    await Promise.all(workers.slice(1).map((worker) => worker.stop()));
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
