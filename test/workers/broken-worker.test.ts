import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { isSettled } from '../../scripts/client.ts';
import { jobId } from '../../shared/keys.ts';
import { startWorker } from '../../workers/start.ts';
import { clip } from '../support/clips.ts';
import { type System, startSystem, until } from '../support/system.ts';

/** Uploads a video that the worker cannot make yet, mends the worker, and gives how often a probe was counted. */
async function probesWith(system: System, mend: () => Promise<unknown>): Promise<number | undefined> {
  const client = await system.client('demo');
  const { videoId } = await client.uploadFile(await clip());
  const id = jobId('probe', videoId, 1);
  await until('job that waits', async () => (await system.context.queues.state('probe', id)) === 'delayed');
  await mend();
  const { state, error } = await client.follow(videoId, isSettled);
  expect({ state, error }).to.deep.equal({ state: 'ready', error: null });
  return (await system.context.queues.job('probe', id))?.attemptsMade;
}

describe('a worker without ffmpeg or ffprobe', () => {
  let system: System;
  let folder: string;
  const install = (name: string) =>
    writeFile(join(folder, name), `#!/bin/sh\nexec ${name} "$@"\n`, { mode: 0o700 });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-programs-'));
    for (const name of ['ffmpeg', 'ffprobe']) await install(name);
    system = await startSystem({
      FFMPEG_PATH: join(folder, 'ffmpeg'),
      FFPROBE_PATH: join(folder, 'ffprobe'),
    });
    await system.startWorker();
  });
  after(async () => {
    await system.stop();
    await rm(folder, { recursive: true });
  });

  for (const name of ['ffmpeg', 'ffprobe'] as const) {
    it(`does not blame the file while ${name} is gone, and costs it no attempt`, async () => {
      await rm(join(folder, name));
      expect(await probesWith(system, () => install(name))).to.equal(1);
    });
  }

  for (const variable of ['FFMPEG_PATH', 'FFPROBE_PATH']) {
    it(`does not start, and names ${variable}`, async () => {
      const before = await readdir(system.config.WORK_DIR);
      const started = await startWorker({ ...system.config, [variable]: '/nowhere/program' }).then(
        (worker) => worker.stop(),
        (error: Error) => error.message,
      );
      expect(started).to.match(new RegExp(`^The program of ${variable} cannot be run: .*/nowhere/program`));
      expect(await readdir(system.config.WORK_DIR)).to.deep.equal(before);
    });
  }
});

describe('a worker whose work folder somebody has removed', () => {
  let system: System;
  before(async () => {
    system = await startSystem();
    await system.startWorker();
  });
  after(() => system.stop());

  const remove = async () => {
    for (const name of await readdir(system.config.WORK_DIR)) {
      await rm(join(system.config.WORK_DIR, name), { recursive: true });
    }
  };

  it('makes it again, and fetches again what was in it', async () => {
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(await clip());
    await client.follow(videoId, isSettled);
    await remove();
    await client.reprocess(videoId);
    expect(await client.follow(videoId, isSettled)).to.include({ state: 'ready', error: null });
    for (const name of ['probe', 'publish'] as const) {
      const job = await system.context.queues.job(name, jobId(name, videoId, 2));
      expect(job?.attemptsMade, name).to.equal(1);
    }
  });
});
