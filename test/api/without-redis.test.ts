import { expect } from 'chai';
import { askAs } from '../support/community.ts';
import { type OwnRedis, startOwnRedis } from '../support/own-redis.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';
import { personWith } from '../support/walk.ts';

describe('an api that has never had its Redis', () => {
  let redis: OwnRedis;
  let system: System;

  before(async () => {
    redis = await startOwnRedis();
    await redis.stop();
    system = await startSystem({ REDIS_URL: redis.env.REDIS_URL ?? '' });
  });
  after(async () => {
    await redis.startAgain();
    await system.stop();
    await redis.remove();
  });

  it('does what is asked, and leaves the jobs to the sweep', async () => {
    const owner = await personWith(['creator'], system);
    const videos = {
      encoding: await videoIn('encoding', system, { ownerId: owner._id }),
      ready: await videoIn('ready', system, { ownerId: owner._id }),
    };
    const cancelled = await askAs(system, owner, 'POST', `/api/videos/${videos.encoding}/cancel`);
    expect(cancelled.status).to.equal(200);
    const deleted = await askAs(system, owner, 'DELETE', `/api/videos/${videos.ready}`);
    expect(deleted.status).to.equal(204);
    const states = Object.values(videos).map(
      async (id) => (await system.context.db.videos.find(id))?.state ?? 'gone',
    );
    expect(await Promise.all(states)).to.deep.equal(['failed', 'deleted']);
  });

  it('says that it is alive, and not ready', async () => {
    expect((await fetch(`${system.url}/healthz`)).status).to.equal(200);
    // One that nobody handles would end the process.
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const ready = await fetch(`${system.url}/readyz`);
    process.off('unhandledRejection', note);
    expect(ready.status).to.equal(503);
    expect(await ready.json()).to.include({ code: 'unavailable', detail: 'Not ready: redis.' });
    expect(unhandled).to.deep.equal([]);
  });

  it('shows no queues, and says why', async () => {
    const admin = await personWith(['admin'], system);
    for (const path of ['/admin/queues', '/admin/queues/api/queues']) {
      const { status, body } = await askAs<{ code: string; detail: string }>(system, admin, 'GET', path);
      expect([status, body.code, body.detail], path).to.deep.equal([
        503,
        'unavailable',
        'No answer from redis.',
      ]);
    }
  });
});
