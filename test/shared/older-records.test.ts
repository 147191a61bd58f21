import { expect } from 'chai';
import { createConnection } from 'mongoose';
import { connectDb } from '../../shared/db/connect.ts';
import { newId } from '../../shared/ids.ts';
import { type System, startSystem } from '../support/system.ts';
import { hourMilliseconds } from '../support/trending.ts';
import { videoIn } from '../support/videos.ts';

describe('videos of an older release', () => {
  let system: System;
  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  it('show the views that were counted of them, once', async () => {
    const [seen, unseen, recent] = [
      await videoIn('ready', system),
      await videoIn('ready', system),
      await videoIn('ready', system),
    ];
    const mongo = await createConnection(system.config.MONGO_URL).asPromise();
    try {
      const hours = [seen, seen, recent].map((videoId, n) => ({
        ...{ videoId, region: 'GB', views: n + 2, hour: new Date(n * hourMilliseconds) },
        _id: newId() as never,
      }));
      await mongo.collection('view_buckets').insertMany(hours);
      await mongo
        .collection<{ _id: string }>('videos')
        .updateMany({ _id: { $in: [seen, unseen] } }, { $unset: { publishedAt: 1, views: 1, likes: 1 } });
    } finally {
      await mongo.close();
    }
    for (let time = 0; time < 2; time += 1) await (await connectDb(system.config.MONGO_URL)).close();
    const { videos } = system.context.db;
    const views = async (id: string) => {
      const { views, likes, publishedAt, createdAt } = (await videos.find(id)) ?? {};
      expect([likes, publishedAt?.getTime()]).to.deep.equal([0, createdAt?.getTime()]);
      return views;
    };
    expect([await views(seen), await views(unseen)]).to.deep.equal([5, 0]);
    expect((await videos.find(recent))?.views, 'goes on by its own count').to.equal(0);
  });
});
