import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { isSettled } from '../../scripts/client.ts';
import { MillraceError } from '../../shared/errors.ts';
import { jobId } from '../../shared/keys.ts';
import { workerConnection } from '../../shared/redis.ts';
import { unlessSilent } from '../../shared/unless-silent.ts';
import { openScratch, type Scratch } from '../../workers/scratch.ts';
import { startWorker } from '../../workers/start.ts';
import { clip } from '../support/clips.ts';
import { onLinuxOnly } from '../support/ffmpegs.ts';
import { type OwnRedis, startOwnRedis } from '../support/own-redis.ts';
import { startWorkerProcess } from '../support/processes.ts';
import { attemptsOf, type System, startSystem, until } from '../support/system.ts';

/** Uploads a video that the worker cannot make yet, mends the worker, and gives how often a probe was counted. */
async function probesWith(system: System, mend: () => Promise<unknown>): Promise<number> {
  const client = await system.client('demo');
  const { videoId } = await client.uploadFile(await clip());
  const id = jobId('probe', videoId, 1);
  await until('job that waits', async () => (await system.context.queues.state('probe', id)) === 'delayed');
  await mend();
  const { state, error } = await client.follow(videoId, isSettled);
  expect({ state, error }).to.deep.equal({ state: 'ready', error: null });
  return attemptsOf(system, 'probe', id);
}

async function readiness(port: number): Promise<string> {
  const signal = AbortSignal.timeout(5000);
  const reply = await fetch(`http://127.0.0.1:${port}/readyz`, { signal });
  return `${reply.status} ${await reply.text()}`;
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

describe('a worker whose work folder', () => {
  let system: System;
  let port: number;
  before(async () => {
    system = await startSystem();
    ({ port } = await system.startWorker());
  });
  after(() => system.stop());

  const ownFolder = async () => {
    const [name = ''] = await readdir(system.config.WORK_DIR);
    return join(system.config.WORK_DIR, name);
  };
  it('is full costs a video no attempt', async function () {
    onLinuxOnly(this, '/dev/full is a disk without room');
    const sources = join(await ownFolder(), 'sources');
    await mkdir(sources);
    await symlink('/dev/full', join(sources, '1.part'));
    expect(await probesWith(system, async () => {})).to.equal(1);
  });

  it('cannot be used is not ready, and costs a video no attempt', async () => {
    const folder = await ownFolder();
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    expect(await readiness(port)).to.equal('503 not ready: work folder\n');
    expect(await probesWith(system, () => rm(folder))).to.equal(1);
    expect(await readiness(port)).to.match(/^200 ready/);
  });

  it('is removed makes it again, and fetches again what was in it', async () => {
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(await clip());
    await client.follow(videoId, isSettled);
    await rm(await ownFolder(), { recursive: true });
    await client.reprocess(videoId);
    expect(await client.follow(videoId, isSettled)).to.include({ state: 'ready', error: null });
    for (const name of ['probe', 'publish'] as const) {
      expect(await attemptsOf(system, name, jobId(name, videoId, 2)), name).to.equal(1);
    }
  });
});

describe('a worker whose Redis', () => {
  let redis: OwnRedis;
  let system: System;
  before(async () => {
    redis = await startOwnRedis();
    system = await startSystem({ REDIS_URL: redis.env.REDIS_URL ?? '' });
  });
  after(async () => {
    await system.stop();
    await redis.remove();
  });

  it('does not answer says within seconds that it is not ready', async () => {
    const { port } = await system.startWorker();
    expect(await readiness(port)).to.match(/^200 ready/);
    redis.hold();
    try {
      expect(await readiness(port)).to.equal('503 not ready: redis\n');
    } finally {
      redis.release();
    }
    await until('ready worker', async () => (await readiness(port)).startsWith('200'));
  });

  it('has gone stops when it is told to', async function () {
    this.timeout(90_000);
    const worker = await startWorkerProcess(system.env);
    await redis.stop();
    try {
      await until('notice', async () => worker.log().includes('redis cannot be used'));
      await worker.stop();
      expect(worker.log()).to.include('"msg":"stopped"').and.not.include('took too long');
    } finally {
      await worker.kill();
      await redis.startAgain();
    }
    await until('ready api', async () => (await readiness(system.port)).startsWith('200'));
  });

  it('is full says so, as the api does', async () => {
    const { port } = await system.startWorker();
    const admin = workerConnection(redis.env.REDIS_URL ?? '');
    try {
      await admin.config('SET', 'maxmemory', '1');
      expect(await readiness(port)).to.equal('503 not ready: redis (takes no writes)\n');
      expect(await readiness(system.port))
        .to.match(/^503 /)
        .and.include('"detail":"Not ready: redis (takes no writes)."');
    } finally {
      await admin.config('SET', 'maxmemory', '0');
      admin.disconnect();
    }
    expect(await readiness(port)).to.match(/^200 ready/);
    expect(await readiness(system.port)).to.match(/^200 ready/);
  });
});

describe('a worker whose port is taken', () => {
  let system: System;
  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  it('does not start, takes no job, and leaves no folder', async () => {
    const failed = await startWorker({ ...system.config, WORKER_PORT: system.port }).catch((error) => error);
    expect(failed.message).to.match(/^Nothing can listen at WORKER_HOST and WORKER_PORT: .*EADDRINUSE/);
    expect(await system.context.queues.workers('probe')).to.equal(0);
    expect(await readdir(system.config.WORK_DIR)).to.deep.equal([]);
  });
});

describe('a folder of a worker', () => {
  it('stays while that lives, however long it was halted, and is not kept by another process of its id', async function () {
    onLinuxOnly(this);
    const workDir = await mkdtemp(join(tmpdir(), 'millrace-scratch-'));
    const halted = await openScratch(workDir);
    const quiet = new Date(Date.now() - 3600_000);
    await utimes(halted.root, quiet, quiet);
    await mkdir(join(workDir, `worker-${hostname()}-${process.pid}.1-abcdef`));
    const other = await openScratch(workDir);
    try {
      expect(await readdir(workDir)).to.have.members([basename(halted.root), basename(other.root)]);
    } finally {
      for (const one of [halted, other]) await one.close();
      await rm(workDir, { recursive: true });
    }
  });
});

describe('a folder of a job', () => {
  let workDir: string;
  let scratch: Scratch;
  before(async () => {
    workDir = await mkdtemp(join(tmpdir(), 'millrace-scratch-'));
    scratch = await openScratch(workDir);
  });
  after(async () => {
    await scratch.close();
    await rm(workDir, { recursive: true });
  });

  const failureAfter = (change: (folder: string) => Promise<void>) =>
    scratch
      .withFolder('job', async (folder) => {
        await change(folder);
        throw new Error('this is no picture');
      })
      .catch((error) => unlessSilent(error));

  it('that is removed under it is no fault of what the job works on', async () => {
    const failure = await failureAfter((folder) => rm(folder, { recursive: true }));
    expect(failure).to.be.instanceOf(MillraceError).and.include({ code: 'unavailable' });
  });

  it('without room is none either, whatever has gone wrong in it', async function () {
    onLinuxOnly(this, '/dev/full is a disk without room');
    const failure = await failureAfter((folder) => symlink('/dev/full', join(folder, 'any')));
    expect(failure).to.be.instanceOf(MillraceError).and.include({ code: 'unavailable' });
    expect(await failureAfter(async () => {})).to.include({ message: 'this is no picture' });
  });
});
