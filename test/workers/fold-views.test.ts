import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { createContext } from '../../shared/context.ts';
import { newId } from '../../shared/ids.ts';
import { viewKeys } from '../../shared/keys.ts';
import { createViewCounter, shareParts } from '../../shared/view-counter.ts';
import { dropFold, takeFold } from '../../shared/view-folds.ts';
import { foldViews, settleViews } from '../../workers/fold-views.ts';
import { openTools, type Tools } from '../../workers/tools.ts';
import { failingAt } from '../support/failing.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

describe('the fold of views, likes and comments', () => {
  let system: System;
  let tools: Tools;
  let mongo: Connection;

  before(async () => {
    system = await startSystem();
    tools = await openTools(await createContext(system.config, 'worker'));
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
  });
  after(async () => {
    await mongo?.close();
    await tools?.close();
    await system?.stop();
  });

  const prefix = () => system.config.REDIS_PREFIX;
  const foldBy = async (means: typeof tools) => {
    await foldViews(means, tools.log);
    await settleViews(means);
  };
  const fold = () => foldBy(tools);
  const makeVideo = () => videoIn('ready', system);
  const hourOf = (at: Date) => new Date(Math.floor(at.getTime() / 3_600_000) * 3_600_000);

  /** A view by somebody new: 20 s, half of the video. */
  async function view(videoId: string, region = 'GB', seenBy = newId()): Promise<void> {
    const counter = createViewCounter(tools.redis, prefix());
    await counter.record({ seenBy, videoId, region, seconds: 20, share: shareParts / 2 });
  }

  async function note(videoId: string, kind: 'likes' | 'comments', by: 1 | -1, at: Date): Promise<void> {
    await tools.db.transaction((session) =>
      tools.db.engagements.note({ videoId, region: 'GB', kind, by, at }, session),
    );
  }

  type Sums = { views: number; watchSeconds: number; watchShare: number; likes: number; comments: number };

  /** What is counted of a video in all hours and regions, beside what the video shows of its views. */
  async function counted(videoId: string): Promise<Sums & { shown: number }> {
    const sum = (name: string) => ({ [name]: { $sum: `$${name}` } });
    const names = ['views', 'watchSeconds', 'watchShare', 'likes', 'comments'];
    const [sums] = await mongo
      .collection('view_buckets')
      .aggregate<Sums>([
        { $match: { videoId } },
        { $group: Object.assign({ _id: null }, ...names.map(sum)) },
        { $project: { _id: 0 } },
      ])
      .toArray();
    const none = { views: 0, watchSeconds: 0, watchShare: 0, likes: 0, comments: 0 };
    return { ...none, ...sums, shown: (await tools.db.videos.find(videoId))?.views ?? 0 };
  }
  const viewsOf = async (videoId: string) => (await counted(videoId)).views;

  it('brings views to the hour, the region and the video', async () => {
    const videoId = await makeVideo();
    const now = new Date();
    await view(videoId, 'GB');
    await view(videoId, 'GB');
    await view(videoId, 'US');
    await fold();
    const all = { views: 3, watchSeconds: 60, watchShare: 1.5, likes: 0, comments: 0, shown: 3 };
    expect(await counted(videoId)).to.deep.equal(all);
    const bucket = await mongo.collection('view_buckets').findOne({ videoId, region: 'GB' });
    const hours = [hourOf(now), hourOf(new Date())].map((hour) => hour.getTime());
    expect(hours).to.include(bucket?.hour.getTime());
    expect(bucket).to.include({ views: 2, watchSeconds: 40, watchShare: 1 });
    expect(bucket?._id).to.equal(`${videoId}-GB-${bucket?.hour.toISOString().slice(0, 13)}`);
  });

  it('counts a view in the hour it happened in, however late it is folded', async () => {
    const [videoId, other] = [await makeVideo(), await makeVideo()];
    const hour = new Date('2026-02-03T04:00:00Z');
    const { counts } = viewKeys(prefix());
    await tools.redis.hset(counts, `${videoId} GB ${hour.getTime() / 3_600_000}`, '7 70 3584');
    await view(other);
    await fold();
    const bucket = await mongo.collection('view_buckets').findOne({ videoId });
    expect(bucket).to.deep.equal({
      ...{ _id: `${videoId}-GB-2026-02-03T04`, videoId, region: 'GB', hour },
      ...{ views: 7, watchSeconds: 70, watchShare: 3.5, likes: 0, comments: 0 },
    });
    expect(await viewsOf(other)).to.equal(1);
  });

  it('counts likes and comments in their hour, and takes back what was taken back', async () => {
    const videoId = await makeVideo();
    const [early, late] = [new Date('2026-02-03T04:59:59Z'), new Date('2026-02-03T05:00:00Z')];
    for (const at of [early, late, late]) await note(videoId, 'likes', 1, at);
    await note(videoId, 'likes', -1, late);
    await note(videoId, 'comments', 1, late);
    await fold();
    const hours = mongo.collection('view_buckets').find({ videoId }).sort({ hour: 1 });
    const found = (await hours.toArray()).map(({ hour, likes, comments }) => [hour, likes, comments]);
    expect(found).to.deep.equal([
      [hourOf(early), 1, 0],
      [hourOf(late), 1, 1],
    ]);
    await note(videoId, 'likes', -1, early);
    await fold();
    expect(await counted(videoId)).to.include({ likes: 1, comments: 1 });
    expect(await tools.db.engagements.waiting(1)).to.deep.equal([]);
  });

  it('does nothing where there is nothing', async () => {
    await fold();
    await fold();
    const { folding, counts } = viewKeys(prefix());
    expect(await tools.redis.exists(folding, counts)).to.equal(0);
  });

  it('is not stopped by views of what is gone', async () => {
    const [videoId, never] = [await makeVideo(), newId()];
    await view(never);
    await view(videoId);
    await mongo.collection<{ _id: string }>('videos').deleteOne({ _id: videoId });
    const other = await makeVideo();
    await view(other);
    await fold();
    expect(await counted(other)).to.include({ views: 1, shown: 1 });
    expect(await tools.db.videos.find(never)).to.equal(null);
  });

  it('cuts what is much into parts, each with all of a video', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => makeVideo()));
    for (const id of ids) for (const region of ['GB', 'US', 'FR']) await view(id, region);
    const partsOf = async (partSize: number) => {
      const taken = await takeFold(tools.redis, prefix(), partSize);
      return (taken?.parts ?? []).map(({ id, counts }) => ({ id, counts: counts() }));
    };
    const parts = await partsOf(4);
    expect(parts.length).to.be.within(2, 9);
    const holders = parts.flatMap(({ counts }) => [...new Set(counts.map(({ videoId }) => videoId))]);
    expect(holders, 'no video is in two').to.have.members(ids);
    expect(parts.flatMap(({ counts }) => counts)).to.have.length(36);
    expect(await partsOf(1), 'the same again, however it would be cut now').to.deep.equal(parts);
    await fold();
    for (const id of ids) expect(await counted(id)).to.include({ views: 3, shown: 3 });
    expect(await tools.redis.keys(`${prefix()}:views:*`)).to.deep.equal([]);
  });

  describe('counts everything once', () => {
    it('wherever between two writes it is killed', async () => {
      const ids = [await makeVideo(), await makeVideo(), await makeVideo()];
      let nth = 1;
      for (; ; nth += 1) {
        // A fold of up to three parts that waits, views that came since, and likes.
        for (const id of ids) await view(id);
        await takeFold(tools.redis, prefix(), 1);
        for (const id of ids) await view(id, 'US');
        await note(ids[0] ?? '', 'likes', 1, new Date());
        const failing = failingAt(nth, tools);
        const ended = await foldBy(failing.tools).then(
          () => false,
          (error) => /^ended before write/.test(error.message),
        );
        expect(ended, `write ${nth}`).to.equal(failing.isReached());
        await fold();
        for (const [at, id] of ids.entries()) {
          const all = { views: 2 * nth, watchSeconds: 40 * nth, watchShare: nth, comments: 0 };
          const likes = at === 0 ? nth : 0;
          expect(await counted(id), `write ${nth}`).to.deep.equal({ ...all, likes, shown: 2 * nth });
        }
        if (!ended) break;
      }
      expect(nth, 'writes').to.be.greaterThan(20);
    });

    it('when the run before ended between counting and forgetting', async () => {
      const videoId = await makeVideo();
      await view(videoId);
      const slow = await takeFold(tools.redis, prefix());
      await fold();
      await view(videoId);
      const next = await takeFold(tools.redis, prefix());
      expect(next?.id).not.to.equal(slow?.id);
      await dropFold(tools.redis, prefix(), slow?.id ?? '');
      expect((await takeFold(tools.redis, prefix()))?.id, 'stays').to.equal(next?.id);
      await fold();
      expect(await viewsOf(videoId)).to.equal(2);
    });

    it('when runs overlap while views and likes come in', async () => {
      const ids = [await makeVideo(), await makeVideo(), await makeVideo(), await makeVideo()];
      let isOver = false;
      const comings = ids.map(async (videoId) => {
        let n = 0;
        for (; !isOver; n += 1) {
          await view(videoId, n % 2 ? 'FI' : 'DK');
          await note(videoId, 'likes', 1, new Date());
        }
        return n;
      });
      for (let n = 0; n < 4; n += 1) await Promise.all([fold(), fold(), fold()]);
      isOver = true;
      const came = await Promise.all(comings);
      await fold();
      for (const [at, id] of ids.entries()) {
        const n = came[at];
        expect(await counted(id)).to.include({ views: n, likes: n, shown: n, watchSeconds: 20 * (n ?? 0) });
      }
    });
  });
});
