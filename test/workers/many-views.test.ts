import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { createContext } from '../../shared/context.ts';
import { foldViews, settleViews } from '../../workers/fold-views.ts';
import { openTools, type Tools } from '../../workers/tools.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

const clients = 100;
const views = 100;
const regions = ['GB', 'US', 'FR', 'AE'];

describe('10,000 views of 100 clients at once', function () {
  this.timeout(240_000);
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

  it('are the same sums in replies, hours and videos, while runs count them', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => videoIn('ready', system)));
    const expected = new Map<string, { views: number; seconds: number }>();
    let isOver = false;
    const runs = [0, 1].map(async () => {
      while (!isOver) {
        await foldViews(tools, tools.log);
        await settleViews(tools);
      }
    });

    // Each tells a view of each of 8 videos by each of its viewers, and then again of some, with more watched.
    const counted = await Promise.all(
      Array.from({ length: clients }, async (_, client) => {
        let count = 0;
        for (let n = 0; n < views; n += 1) {
          const at = n % ids.length;
          const videoId = ids[at] ?? '';
          const viewer = `${client}-${Math.floor(n / 16)}`;
          const seconds = 10 + (n % 47);
          const region = regions[client % regions.length] ?? '';
          const told = await system.anonymous.view(videoId, region, { seconds, viewer });
          if (told.counted) count += 1;
          const key = `${videoId} ${viewer}`;
          expect(told.reason).to.equal(expected.has(key) ? 'already_counted' : null);
          const before = expected.get(key)?.seconds ?? 0;
          expected.set(key, { views: 1, seconds: Math.max(before, seconds) });
        }
        return count;
      }),
    );
    isOver = true;
    await Promise.all(runs);
    await foldViews(tools, tools.log);
    await settleViews(tools);

    const [sums] = await mongo
      .collection('view_buckets')
      .aggregate([
        {
          $group: {
            ...{ _id: null, views: { $sum: '$views' }, seconds: { $sum: '$watchSeconds' } },
            ...{ share: { $sum: '$watchShare' } },
          },
        },
      ])
      .toArray();
    const seen = [...expected.values()];
    const told = counted.reduce((sum, count) => sum + count, 0);
    expect(told).to.equal(seen.length);
    expect(sums?.views).to.equal(told);
    expect(sums?.seconds).to.equal(seen.reduce((sum, { seconds }) => sum + seconds, 0));
    const shares = seen.map(({ seconds }) => Math.round((seconds / 61.2) * 1024) / 1024);
    expect(sums?.share, 'without an error of addition').to.equal(
      shares.reduce((sum, share) => sum + share, 0),
    );
    const shown = await Promise.all(ids.map(async (id) => (await tools.db.videos.find(id))?.views ?? 0));
    expect(shown.reduce((sum, count) => sum + count, 0)).to.equal(told);
  });
});
