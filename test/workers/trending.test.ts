import { expect } from 'chai';
import { createConnection } from 'mongoose';
import { createContext } from '../../shared/context.ts';
import type { NewVideo } from '../../shared/db/video-record.ts';
import { newId } from '../../shared/ids.ts';
import { move } from '../../shared/pipeline.ts';
import { openTools, type Tools } from '../../workers/tools.ts';
import { refusal } from '../support/refusal.ts';
import { type System, startSystem, until } from '../support/system.ts';
import { countEvents, runTrending } from '../support/trending.ts';

/** Each test has a region of its own, so that none sees another's videos. */
describe('trending', () => {
  let system: System;
  let tools: Tools;
  /** The api keeps a reply for a second; a limit that nobody has asked for yet gets a fresh one. */
  let unusedLimit = 100;

  before(async () => {
    system = await startSystem();
    tools = await openTools(await createContext(system.config, 'worker'));
  });
  after(async () => {
    await tools.close();
    await system.stop();
  });

  const run = () => runTrending(tools);
  /** Every list ends with what has no rank there, the other tests' videos among it. */
  const list = async (region: string) => {
    const reply = await system.anonymous.trending(region, { limit: unusedLimit-- });
    return { ...reply, videos: reply.videos.filter(({ rank }) => rank !== null) };
  };
  const ranks = async (region: string) =>
    (await list(region)).videos.map(({ videoId, rank, views }) => [videoId, rank, views]);

  /** A ready video as the pipeline leaves it, without the work. */
  async function makeVideo(about: Partial<NewVideo> = {}): Promise<string> {
    const { videos, transaction } = tools.db;
    const attempt = { videoId: newId(), generation: 1 };
    await transaction(async (session) => {
      const video: NewVideo = {
        ...{ _id: attempt.videoId, ownerId: newId(), title: 'A title', description: '' },
        ...{ category: null, tags: [], language: null, visibility: 'public' },
        ...{ source: { key: 'k', bytes: 1, etag: '' } },
        ...about,
      };
      await videos.create(video, session);
      for (const state of ['uploaded', 'probing', 'encoding', 'publishing'] as const) {
        await videos.move(attempt, state, {}, session);
      }
      const readyAt = new Date();
      await videos.move(attempt, 'ready', { readyAt, playableAt: readyAt, activeGeneration: 1 }, session);
    });
    return attempt.videoId;
  }

  async function view(videoId: string, region: string, times: number): Promise<void> {
    for (let n = 0; n < times; n += 1) await system.anonymous.view(videoId, region);
  }

  it('says before the first run that nothing was computed, and lists what there is', async () => {
    const videoId = await makeVideo();
    await view(videoId, 'AU', 1);
    const reply = await system.anonymous.trending('AU');
    expect(reply).to.include({ region: 'AU', total: 1, computedAt: null, hasRtlContent: false });
    expect(reply.videos).to.have.length(1);
    expect(reply.videos[0]).to.include({ videoId, rank: null, views: 0 });
    expect(Date.parse(reply.fetchedAt)).to.be.closeTo(Date.now(), 5000);
  });

  it('ranks every region by its own views', async () => {
    const ids = [await makeVideo(), await makeVideo(), await makeVideo()] as const;
    for (const [at, id] of ids.entries()) {
      await view(id, 'GB', 3 - at);
      await view(id, 'US', 1 + at);
    }
    const before = Date.now();
    await run();
    const [first, second, third] = ids;
    expect(await ranks('GB')).to.deep.equal([
      [first, 1, 3],
      [second, 2, 2],
      [third, 3, 1],
    ]);
    expect(await ranks('US')).to.deep.equal([
      [third, 1, 3],
      [second, 2, 2],
      [first, 3, 1],
    ]);
    const { computedAt } = await list('GB');
    expect(Date.parse(computedAt ?? '')).to.be.within(before, Date.now());
  });

  it('is refused for a region that is not served', async () => {
    const videoId = await makeVideo();
    for (const region of ['XX', 'gb']) {
      const problem = await refusal(system.anonymous.view(videoId, region));
      expect(problem).to.include({ status: 400, code: 'invalid_request' });
      expect(problem.errors?.map(({ pointer }) => pointer)).to.deep.equal(['/region']);
      expect(await refusal(list(region))).to.include({ status: 404, code: 'unknown_region' });
    }
  });

  it('shows as many as asked of a category, and tells how many there are', async () => {
    for (const [at, category] of ['nature', 'music', 'nature', 'nature'].entries()) {
      await view(await makeVideo({ category }), 'DE', 4 - at);
    }
    await run();
    const shown = async (query: { limit?: number; category?: string }) => {
      const { total, videos } = await system.anonymous.trending('DE', query);
      return { total, views: videos.map(({ views }) => views) };
    };
    const { total } = await shown({});
    expect(await shown({ limit: 2 })).to.deep.equal({ total, views: [4, 3] });
    expect(await shown({ category: 'nature' })).to.deep.equal({ total: 3, views: [4, 2, 1] });
    expect(await shown({ category: 'nature', limit: 2 })).to.deep.equal({ total: 3, views: [4, 2] });
    expect(await shown({ category: 'sport' })).to.deep.equal({ total: 0, views: [] });
    const { videos } = await system.anonymous.trending('DE', { category: 'nature' });
    expect(
      videos.map(({ rank }) => rank),
      'ranks of its own',
    ).to.deep.equal([1, 2, 3]);
  });

  it('puts videos without a rank after the ranked ones, by views', async () => {
    const [ranked, few, many] = [await makeVideo(), await makeVideo(), await makeVideo()];
    const seen = async (videoId: string, views: number) => {
      const connection = await createConnection(system.config.MONGO_URL).asPromise();
      await connection.collection<{ _id: string }>('videos').updateOne({ _id: videoId }, { $set: { views } });
      await connection.close();
    };
    await seen(few, 5000);
    await seen(many, 9000);
    await view(ranked, 'FR', 1);
    await run();
    const first = async () =>
      (await system.anonymous.trending('FR', { limit: 3 })).videos.map(({ videoId, rank, views }) => [
        ...[videoId, rank, views],
      ]);
    expect(await first()).to.deep.equal([
      [ranked, 1, 1],
      [many, null, 9000],
      [few, null, 5000],
    ]);
    await countEvents(tools, [
      { videoId: few, region: 'FR', views: 5 },
      { videoId: many, region: 'FR', views: 9 },
    ]);
    await run();
    expect(await ranks('FR')).to.deep.equal([
      [many, 1, 9],
      [few, 2, 5],
      [ranked, 3, 1],
    ]);
  });

  it('says whether what it shows is in part written right to left', async () => {
    await view(await makeVideo({ language: 'en' }), 'AE', 2);
    await run();
    expect((await system.anonymous.trending('AE')).hasRtlContent).to.equal(false);
    await view(await makeVideo({ language: 'ar' }), 'AE', 1);
    await run();
    expect((await list('AE')).hasRtlContent).to.equal(true);
    expect((await system.anonymous.trending('AE', { limit: 1 })).hasRtlContent, 'not shown').to.equal(false);
  });

  it('never lists what not everyone may see, nor what is gone', async () => {
    const shown = await makeVideo();
    const gone = await makeVideo();
    const client = await system.client('demo');
    const { userId } = await client.call<{ userId: string }>('GET', '/api/auth/me');
    const hidden = await makeVideo({ visibility: 'private', ownerId: userId });
    const unlisted = await makeVideo({ visibility: 'unlisted' });
    for (const id of [shown, gone, unlisted]) await view(id, 'IN', 3);
    await client.view(hidden, 'IN');
    expect(await refusal(system.anonymous.view(hidden, 'IN'))).to.include({ status: 404 });
    const found = async () => (await list('IN')).videos.map(({ videoId }) => videoId);
    await run();
    expect(await found()).to.have.members([shown, gone]);
    await move(tools, { videoId: gone, generation: 1 }, 'deleted');
    expect(await found(), 'before the next run').to.deep.equal([shown]);
    await run();
    expect((await list('IN')).videos).to.have.length(1);
    expect((await list('IN')).videos[0]).to.include({ videoId: shown, rank: 1 });
  });

  it('runs on schedule in a worker', async () => {
    const videoId = await makeVideo();
    await view(videoId, 'CA', 2);
    const worker = await system.startWorker();
    const ranked = await until('rank', async () => (await list('CA')).videos.find(({ rank }) => rank === 1));
    expect(ranked).to.include({ videoId, views: 2 });
    await worker.stop();
  });
});
