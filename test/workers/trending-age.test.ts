import { expect } from 'chai';
import { createConnection } from 'mongoose';
import { newId } from '../../shared/ids.ts';
import { createMetrics } from '../../shared/metrics.ts';
import { startWorker } from '../../workers/start.ts';
import { type System, startSystem } from '../support/system.ts';

describe('the age of trending', () => {
  let system: System;

  before(async () => {
    system = await startSystem({ TRENDING_EVERY_SECONDS: '300', WORKER_QUEUES: 'publish' });
  });
  after(() => system.stop());

  const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000);

  it('is told by api and worker, and late after three intervals, which makes neither unready', async () => {
    const worker = await startWorker(system.config);
    const ports = [system.port, worker.port];
    const ready = () =>
      Promise.all(
        ports.map(async (port) => {
          const reply = await fetch(`http://127.0.0.1:${port}/readyz`);
          return `${reply.status} ${await reply.text()}`;
        }),
      );
    const gauge = async () => {
      const replies = ports.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
      const texts = await Promise.all(replies);
      return texts.map((text) =>
        Number(/^millrace_trending_run_age_seconds (\S+)$/m.exec(text)?.[1]?.replace('+Inf', 'Infinity')),
      );
    };
    const ran = (seconds: number) =>
      system.context.db.rankings.save(newId(), [], secondsAgo(seconds), secondsAgo(seconds));
    try {
      for (const text of await ready()) expect(text).to.equal('200 ready\ntrending: no run yet\n');
      expect(await gauge()).to.deep.equal([Infinity, Infinity]);
      await ran(1000);
      for (const text of await ready())
        expect(text).to.match(/^200 ready\ntrending: last run 100\d s ago, late\n$/);
      for (const age of await gauge()) expect(age).to.be.within(1000, 1009);
      await ran(800);
      for (const text of await ready()) expect(text).to.match(/^200 ready\ntrending: last run 80\d s ago\n$/);
      for (const age of await gauge()) expect(age).to.be.within(800, 809);
    } finally {
      await worker.stop();
    }
  });

  it('keeps no other figure waiting while MongoDB does not answer, nor do the queues without Redis', async () => {
    const never = () => new Promise<never>(() => {});
    const { registry } = createMetrics({ trendingAge: never, queueCounts: never, pausedQueues: never });
    expect(await registry.metrics()).to.include('process_cpu_seconds_total');
  });

  it('is that of the run computed last, whichever was saved last', async () => {
    const { rankings } = system.context.db;
    const connection = await createConnection(system.config.MONGO_URL).asPromise();
    await connection.collection('trending_runs').deleteMany({});
    await connection.close();
    const [slow, quick] = [newId(), newId()];
    await rankings.save(quick, [], secondsAgo(10), secondsAgo(10));
    await rankings.save(slow, [], secondsAgo(20), secondsAgo(20));
    expect((await rankings.lastRun())?._id).to.equal(quick);
  });
});
