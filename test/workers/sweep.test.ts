import { expect } from 'chai';
import { createConnection } from 'mongoose';
import { MillraceError } from '../../shared/errors.ts';
import { move } from '../../shared/pipeline.ts';
import { unlessSilent } from '../../shared/unless-silent.ts';
import type { Step } from '../../workers/run.ts';
import { sweep } from '../../workers/steps/sweep.ts';
import { backdate, type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

describe('a sweep', () => {
  let system: System;
  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  /** A sweep in which some stores refuse what they are asked first. */
  function broken(refusals: Record<string, Error>, abort = new AbortController()): Step {
    const { db } = system.context;
    const refusing = (error: Error) => new Proxy({}, { get: () => () => Promise.reject(error) });
    const stores = Object.entries(refusals).map(([name, error]) => [name, refusing(error)]);
    const tools = { ...system.context, db: { ...db, ...Object.fromEntries(stores) } };
    return { tools, log: system.context.log, signal: abort.signal } as unknown as Step;
  }

  async function deletedVideo(): Promise<string> {
    const videoId = await videoIn('ready', system, { source: { key: '', bytes: 1, etag: '' } });
    await move(system.context, { videoId, generation: 1 }, 'deleted');
    await backdate(system, 'videos', videoId, 'heardAt', 24 * 3600);
    return videoId;
  }
  const isPurged = async (videoId: string) =>
    (await system.context.db.videos.find(videoId))?.purgedAt !== null;

  it('does all that it can when parts of it fail, and tells of each', async () => {
    const videoId = await deletedVideo();
    const refusals = { accounts: new Error('a'), search: new Error('s') };
    const thrown = await sweep({}, broken(refusals)).catch((error) => error);
    expect(thrown).to.be.instanceOf(AggregateError);
    expect(thrown.errors.map(({ message }: Error) => message)).to.deep.equal(['a', 's']);
    expect(await isPurged(videoId)).to.equal(true);
    await sweep({}, broken({}));
  });

  it('warns of queues that somebody has paused', async () => {
    const warned: unknown[] = [];
    const step = broken({});
    const log = Object.create(step.log, { warn: { value: (...words: unknown[]) => warned.push(words) } });
    const probe = system.context.queues.all.find(({ name }) => name === 'probe');
    await probe?.pause();
    await sweep({}, { ...step, log });
    await probe?.resume();
    await sweep({}, { ...step, log });
    const paused = [{ queues: ['probe'] }, 'queues are paused: no worker takes their jobs'];
    expect(warned.filter((words) => JSON.stringify(words).includes('paused'))).to.deep.equal([paused]);
  });

  it('leaves tickets for pictures that ran out to MongoDB, which ends them after a month', async () => {
    const mongo = await createConnection(system.config.MONGO_URL).asPromise();
    for (const name of ['posters', 'person-pictures']) {
      const ends = (await mongo.collection(name).indexes()).filter((one) => one.expireAfterSeconds);
      expect(ends.map(({ key, partialFilterExpression }) => [key, partialFilterExpression])).to.deep.equal([
        [{ heardAt: 1 }, { state: 'expired' }],
      ]);
    }
    await mongo.close();
  });

  it('is put off when a server does not answer', async () => {
    const silent = Object.assign(new Error('gone'), { name: 'MongoNetworkError' });
    const thrown = await sweep({}, broken({ posters: new Error('p'), accounts: silent })).catch(
      (error) => error,
    );
    const told = unlessSilent(thrown);
    expect(told instanceof MillraceError && told.code).to.equal('unavailable');
  });

  it('ends at once when its worker stops', async () => {
    const videoId = await deletedVideo();
    const stopping = new AbortController();
    const step = broken({}, stopping);
    const posters = { quiet: async () => stopping.abort(new Error('the worker is stopping')) };
    Object.assign(step.tools.db, { posters });
    const thrown = await sweep({}, step).catch((error) => error);
    expect(thrown.message).to.equal('the worker is stopping');
    expect(await isPurged(videoId)).to.equal(false);
  });
});
