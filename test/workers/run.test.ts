import { expect } from 'chai';
import { createContext } from '../../shared/context.ts';
import { serve } from '../../workers/run.ts';
import { openTools } from '../../workers/tools.ts';
import { type System, startSystem, until } from '../support/system.ts';

describe('a worker that has lost a job’s lock', () => {
  let system: System;

  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  it('stops the work and does not judge the job, which is another’s by now', async () => {
    const tools = await openTools(await createContext(system.config, 'worker'));
    const said: string[] = [];
    const served = serve(tools, 'sweep', 1, {
      run: (_, { signal }) =>
        new Promise((_, reject) => {
          said.push('running');
          signal.addEventListener('abort', () => {
            said.push('aborted');
            reject(signal.reason);
          });
        }),
      gaveUp: async () => {
        said.push('gave up');
      },
    });
    try {
      // One attempt: a failure would be final.
      await tools.queues.add({ queue: 'sweep', id: 'sweep-once', payload: {} });
      await until('run', async () => said.includes('running'));
      await tools.redis.del(`${system.config.REDIS_PREFIX}:sweep:sweep-once:lock`);
      await until('abort', async () => said.includes('aborted'), 40);
      await served.stop(0);
      expect(said).to.deep.equal(['running', 'aborted']);
    } finally {
      await tools.close();
    }
  });
});
