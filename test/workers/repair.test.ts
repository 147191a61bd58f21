import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { isSettled } from '../../scripts/client.ts';
import { sendFile } from '../../shared/client/send-file.ts';
import { readConfig } from '../../shared/config.ts';
import { jobId } from '../../shared/keys.ts';
import { move } from '../../shared/pipeline.ts';
import { type RunningWorker, startWorker } from '../../workers/start.ts';
import { clip, textFile } from '../support/clips.ts';
import { ffmpegsOf, holdEncodingOf, onLinuxOnly } from '../support/ffmpegs.ts';
import { backdate as backdateIn, type System, startSystem, until } from '../support/system.ts';

const root = join(import.meta.dirname, '..', '..');
const wholeWay = ['draft', 'uploaded', 'probing', 'encoding', 'publishing', 'ready'];

describe('what was interrupted', () => {
  let system: System;
  const children: ChildProcess[] = [];
  const workers: RunningWorker[] = [];

  beforeEach(async () => {
    system = await startSystem();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await end(child, 'SIGKILL');
    for (const worker of workers.splice(0)) await worker.stop();
    await system.stop();
  });

  const video = async (videoId: string) => {
    const found = await system.context.db.videos.find(videoId);
    if (!found) throw new Error('the video is gone');
    return found;
  };
  const states = async (videoId: string) => (await video(videoId)).history.map(({ state }) => state);
  const upload = async (path: string) => (await system.client('demo')).uploadFile(path);
  const settled = async (videoId: string) => (await system.client('demo')).follow(videoId, isSettled);
  const encodeJobs = (videoId: string) =>
    Promise.all(
      [0, 1].map((chunk) => system.context.queues.job('encode', jobId('encode', videoId, 1, chunk))),
    );
  const doneChunks = async (videoId: string) =>
    (await system.context.db.parts.of({ videoId, generation: 1 })).filter(
      ({ step, doneAt }) => step === 'encode' && doneAt !== null,
    );

  const backdate = (collection: string, id: string, field: string, seconds: number) =>
    backdateIn(system, collection, id, field, seconds);

  async function loseQueues(): Promise<void> {
    const keys = await system.context.redis.keys(`${system.config.REDIS_PREFIX}:*`);
    expect(keys).not.to.deep.equal([]);
    await system.context.redis.del(keys);
  }

  it('is told of where it is for want of a worker', async () => {
    const { queues } = system.context;
    expect(await queues.unserved()).to.deep.equal(['trending', 'search', 'sweep']);
    const { videoId } = await upload(await clip(2));
    expect(await queues.unserved()).to.deep.equal(['probe', 'trending', 'search', 'sweep']);
    workers.push(await startWorker(readConfig({ ...system.env, WORKER_QUEUES: 'probe,sweep' })));
    await until('jobs for others', async () => (await queues.unserved()).includes('encode'));
    expect(await queues.unserved(), 'have no job before they have a worker').to.include.members([
      'trending',
      'search',
    ]);
    expect((await video(videoId)).state).to.equal('encoding');
    workers.push(await startWorker(system.config));
    expect((await settled(videoId)).state).to.equal('ready');
    expect(await queues.unserved()).to.deep.equal([]);
  });

  function spawnWorker(): ChildProcess {
    const words = ['--import', 'tsx', join(root, 'workers', 'index.ts')];
    const child = spawn(process.execPath, words, { cwd: root, env: system.env, stdio: 'ignore' });
    children.push(child);
    return child;
  }

  const ffmpegs = () => ffmpegsOf(system);
  const holdEncoding = (videoId: string) => holdEncodingOf(system, videoId);
  const quiet = () => until('end of every ffmpeg', async () => (await ffmpegs()).length === 0, 2);

  const twoChunks = () => clip(12);

  describe('is found by the sweep:', () => {
    it('a video whose first job never reached the queue', async () => {
      const { videoId } = await upload(await clip());
      await loseQueues();
      await backdate('videos', videoId, 'heardAt', 11);
      await system.startWorker();
      expect((await settled(videoId)).state).to.equal('ready');
      expect(await states(videoId)).to.deep.equal(wholeWay);
      expect((await video(videoId)).resumes).to.equal(1);
    });

    it('a video whose jobs were lost; chunks that were done are not encoded again', async function () {
      onLinuxOnly(this);
      const { videoId } = await upload(await twoChunks());
      const oneAtATime = readConfig({ ...system.env, WORKER_QUEUES: 'probe,encode,audio,images' });
      const worker = await startWorker(oneAtATime);
      workers.push(worker);
      await until('first chunk', async () => (await doneChunks(videoId)).length > 0);
      await holdEncoding(videoId);
      await worker.stop();
      await loseQueues();
      const before = await doneChunks(videoId);
      expect(before, 'interrupted').to.have.length(1);

      await backdate('videos', videoId, 'heardAt', 61);
      await system.startWorker();
      expect((await settled(videoId)).state).to.equal('ready');
      expect((await doneChunks(videoId))[0]).to.deep.equal(before[0]);
      expect(await states(videoId)).to.deep.equal(wholeWay);
      expect(await video(videoId)).to.include({ generation: 1, activeGeneration: 1, resumes: 1 });
    });

    it('an upload that was never completed, once its ticket has run out and a minute passed', async () => {
      const client = await system.client('demo');
      const path = await textFile();
      const { length: size } = await readFile(path);
      const ask = () => client.requestUpload({ filename: 'a.mp4', size, type: 'video/mp4' });
      const [abandoned, late] = [await ask(), await ask()];
      await sendFile(abandoned, path);
      await backdate('uploads', abandoned.uploadId, 'expiresAt', 61);
      await backdate('uploads', late.uploadId, 'expiresAt', 30);
      await system.startWorker();
      await until('expiry', async () => (await client.upload(abandoned.uploadId)).state === 'expired');
      const key = (await system.context.db.uploads.find(abandoned.uploadId))?.key ?? '';
      await until('removal', async () => !(await system.context.storage.head('raw', key)));
      expect((await video(abandoned.videoId)).state).to.equal('deleted');
      expect((await client.upload(late.uploadId)).state).to.equal('waiting');
      expect((await client.video(late.videoId)).state).to.equal('draft');
    });
  });

  describe('leaves nothing behind:', () => {
    beforeEach(function () {
      onLinuxOnly(this);
    });

    it('a worker that is killed takes its ffmpegs with it, and the next one removes its folder', async () => {
      const { videoId } = await upload(await twoChunks());
      const child = spawnWorker();
      await holdEncoding(videoId);
      await end(child, 'SIGKILL');
      await quiet();
      const [folder = '', ...others] = await readdir(system.config.WORK_DIR);
      expect(folder).to.include(String(child.pid));
      expect(others).to.deep.equal([]);
      await system.startWorker();
      expect(await readdir(system.config.WORK_DIR)).not.to.include(folder);
    });

    it('a worker that is told to stop hands its jobs back, at no cost of an attempt', async () => {
      const { videoId } = await upload(await twoChunks());
      const child = spawnWorker();
      await holdEncoding(videoId);
      expect(await end(child, 'SIGTERM')).to.equal(0);
      expect(await ffmpegs()).to.deep.equal([]);
      expect(await readdir(system.config.WORK_DIR)).to.deep.equal([]);
      const done = await doneChunks(videoId);
      expect(done, 'interrupted').to.have.length.below(2);
      const made = (await encodeJobs(videoId)).map((job) => job?.attemptsMade);
      expect(made.filter((attempts) => attempts === 0)).to.have.length(2 - done.length);

      await system.startWorker();
      expect((await settled(videoId)).state).to.equal('ready');
      expect((await encodeJobs(videoId)).map((job) => job?.attemptsMade)).to.deep.equal([1, 1]);
      expect((await video(videoId)).resumes, 'without the sweep').to.equal(0);
    });

    it('a video that is deleted takes its ffmpegs with it, and stays deleted', async () => {
      const { videoId } = await upload(await twoChunks());
      await system.startWorker();
      await holdEncoding(videoId);
      await move(system.context, { videoId, generation: 1 }, 'deleted');
      await quiet();
      const publish = jobId('publish', videoId, 1);
      await until('end of its last job', async () => {
        return (await system.context.queues.state('publish', publish)) === 'completed';
      });
      expect((await states(videoId)).at(-1)).to.equal('deleted');
      expect(await ffmpegs()).to.deep.equal([]);
    });
  });
});

/** Sends a signal and waits; gives the exit code, null when the signal itself ended the process. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}
