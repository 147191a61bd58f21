import { expect } from 'chai';
import { newId } from '../../shared/ids.ts';
import { jobId } from '../../shared/keys.ts';
import { queueNames } from '../../shared/queues.ts';
import { type System, startSystem, until } from '../support/system.ts';

describe('the figures of the queues', () => {
  let system: System;
  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  it('are told by each process, of all processes', async () => {
    const { queues } = system.context;
    for (const priority of [undefined, 5, 5]) {
      const payload = { videoId: newId(), generation: 1 };
      const id = jobId('probe', payload.videoId, 1);
      await queues.add({ queue: 'probe', id, payload, ...(priority === undefined ? {} : { priority }) });
    }
    await queues.schedule('sweep', 3600);
    expect(await toldJobs()).to.deep.equal(['probe waiting 3', 'sweep waiting 1']);
  });

  it('count a job as waiting from when its time has come, though no worker looks', async () => {
    const images = system.context.queues.all.find(({ name }) => name === 'images');
    await images?.add('images', {}, { delay: 3_600_000 });
    const { id = '' } = (await images?.add('images', {}, { delay: 1 })) ?? {};
    await until('its time', async () => Date.now() > ((await images?.getJob(id))?.timestamp ?? Infinity) + 1);
    expect(await toldJobs()).to.include.members(['images delayed 1', 'images waiting 1']);
    expect(await system.context.queues.unserved()).to.include('images');
  });

  it('tell which queue is paused', async () => {
    const { all, paused } = system.context.queues;
    const told = async () => {
      const text = await (await fetch(`${system.url}/metrics`)).text();
      return [...text.matchAll(/^millrace_queue_paused\{queue="(\S+)"\} (\d)$/gm)].map(
        ([, ...figure]) => figure,
      );
    };
    expect(await told()).to.deep.equal(queueNames.map((name) => [name, '0']));
    await all.find(({ name }) => name === 'probe')?.pause();
    expect(await told()).to.deep.equal(queueNames.map((name) => [name, name === 'probe' ? '1' : '0']));
    expect(await paused()).to.deep.equal(['probe']);
  });

  async function toldJobs(): Promise<string[]> {
    const text = await (await fetch(`${system.url}/metrics`)).text();
    const told = [...text.matchAll(/^millrace_queue_jobs\{queue="(\S+)",state="(\S+)"\} (\d+)$/gm)];
    expect(told).to.have.length(3 * queueNames.length);
    const jobs = told.filter(([, , , count]) => count !== '0').map(([, ...figure]) => figure.join(' '));
    return jobs.sort();
  }
});
