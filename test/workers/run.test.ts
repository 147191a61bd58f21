import { expect } from 'chai';
import { createContext } from '../../shared/context.ts';
import { MillraceError } from '../../shared/errors.ts';
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

describe('a job whose servers do not answer', () => {
  let system: System;

  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  it('is put off, at no cost of an attempt', async () => {
    const tools = await openTools(await createContext(system.config, 'worker'));
    let starts = 0;
    const served = serve(tools, 'sweep', 1, {
      run: async () => {
        starts += 1;
        // As the S3 client throws it.
        if (starts === 1) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED', $metadata: {} });
      },
      gaveUp: async () => {
        throw new Error('gave up');
      },
    });
    try {
      // One attempt: a failure would be final.
      await tools.queues.add({ queue: 'sweep', id: 'sweep-later', payload: {} });
      const isPutOff = async () => (await tools.queues.state('sweep', 'sweep-later')) === 'delayed';
      await until('job that waits', isPutOff);
      await until('end', async () => (await tools.queues.state('sweep', 'sweep-later')) === 'completed');
      expect(starts).to.equal(2);
    } finally {
      await served.stop(0);
      await tools.close();
    }
  });

  it('is left to the other workers', async () => {
    const tools = await openTools(await createContext(system.config, 'worker'));
    const ids = Array.from({ length: 6 }, (_, n) => `sweep-other-${n}`);
    let starts = 0;
    const broken = serve(tools, 'sweep', 1, {
      run: async () => {
        starts += 1;
        throw new MillraceError('unavailable', 'The disk cannot be written to.');
      },
    });
    const served = [broken];
    try {
      for (const id of ids) await tools.queues.add({ queue: 'sweep', id, payload: {} });
      await until('start', async () => starts > 0);
      served.push(serve(tools, 'sweep', 1, { run: async () => {} }));
      const states = () => Promise.all(ids.map((id) => tools.queues.state('sweep', id)));
      await until('end', async () => (await states()).every((state) => state === 'completed'));
      expect(starts).to.equal(1);
    } finally {
      for (const one of served) await one.stop(0);
      await tools.close();
    }
  });
});

describe('a job whose payload does not fit', () => {
  let system: System;

  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  it('fails at once, as the log and the metrics say', async () => {
    const tools = await openTools(await createContext(system.config, 'worker'));
    const said: string[] = [];
    const warn = (about: { outcome: string }, message: string) => said.push(`${message}: ${about.outcome}`);
    const log = Object.assign(Object.create(tools.log), { child: () => ({ warn }) });
    const served = serve({ ...tools, log }, 'encode', 1, {
      run: async () => {
        said.push('ran');
      },
    });
    try {
      const queue = tools.queues.all.find(({ name }) => name === 'encode');
      await queue?.add('encode', { videoId: 'none' }, { jobId: 'encode-odd', attempts: 3 });
      const isFailed = async () => (await tools.queues.state('encode', 'encode-odd')) === 'failed';
      await until('failure', isFailed);
      expect(said).to.deep.equal(['job failed: failed']);
      const metrics = await tools.metrics.registry.metrics();
      expect(metrics).to.match(/job_seconds_count\{.*queue="encode",outcome="failed".*\} 1/);
    } finally {
      await served.stop(0);
      await tools.close();
    }
  });
});

describe('a job that fails again and again', () => {
  let system: System;

  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  async function fail(code: 'encoding_failed' | 'unavailable', started: number) {
    const tools = await openTools(await createContext(system.config, 'worker'));
    const id = `sweep-${code}`;
    const said: string[] = [];
    const queue = tools.queues.all.find(({ name }) => name === 'sweep');
    await queue?.pause();
    await queue?.add('sweep', {}, { jobId: id, attempts: 2 });
    await tools.redis.hset(`${system.config.REDIS_PREFIX}:sweep:${id}`, 'ats', started);
    const served = serve(tools, 'sweep', 1, {
      run: async () => {
        said.push('ran');
        throw new MillraceError(code, 'It does not work.');
      },
      gaveUp: async () => {
        said.push('gave up');
      },
    });
    try {
      await queue?.resume();
      await until('end', async () => (await tools.queues.state('sweep', id)) === 'failed', 40);
      return said;
    } finally {
      await served.stop(0);
      await tools.close();
    }
  }

  it('is given up with its last attempt, and once', async () => {
    expect(await fail('encoding_failed', 0)).to.deep.equal(['ran', 'ran', 'gave up']);
  });

  it('is not put off for ever: begun ten times it is given up, as it would not be begun again', async () => {
    expect(await fail('unavailable', 9)).to.deep.equal(['ran', 'gave up']);
  });
});
