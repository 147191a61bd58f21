import { expect } from 'chai';
import { newId } from '../../shared/ids.ts';
import { jobId } from '../../shared/keys.ts';
import { queueNames } from '../../shared/queues.ts';
import { type System, startSystem } from '../support/system.ts';

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
    const text = await (await fetch(`${system.url}/metrics`)).text();
    const told = [...text.matchAll(/^millrace_queue_jobs\{queue="(\S+)",state="(\S+)"\} (\d+)$/gm)];
    expect(told).to.have.length(3 * queueNames.length);
    const jobs = told.filter(([, , , count]) => count !== '0').map(([, ...figure]) => figure.join(' '));
    expect(jobs.sort()).to.deep.equal(['probe waiting 3', 'sweep waiting 1']);
  });
});
