import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { createContext } from '../../shared/context.ts';
import type { DbSession } from '../../shared/db/connect.ts';
import { newId } from '../../shared/ids.ts';
import { formula } from '../../shared/trending-score.ts';
import { settleViews } from '../../workers/fold-views.ts';
import { openTools, type Tools } from '../../workers/tools.ts';
import { type System, startSystem, until } from '../support/system.ts';
import { hourMilliseconds, runTrending } from '../support/trending.ts';

type Row = { _id: string; hotness?: number; stale?: number; views: number };

describe('scores that are made anew', () => {
  let system: System;
  let tools: Tools;
  let mongo: Connection;

  before(async () => {
    system = await startSystem({ REGIONS: 'GB,US' });
    tools = await openTools(await createContext(system.config, 'worker'));
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
  });
  after(async () => {
    await mongo.close();
    await tools.close();
    await system.stop();
  });

  const videos = Array.from({ length: 40 }, newId);
  const settle = () => settleViews(tools);
  const use = (hours: number) =>
    tools.db.trending.useHalfLives(
      new Map([
        ['GB', hours],
        ['US', hours],
      ]),
      settle,
    );
  const rows = () => mongo.collection<Row>('trending_scores').find().sort({ _id: 1 }).toArray();

  /** As a fold counts: scores and the log in one transaction. */
  async function add(videoId: string, session: DbSession): Promise<void> {
    const hour = new Date(Math.floor(Date.now() / hourMilliseconds - 3) * hourMilliseconds);
    const counts = ['GB', 'US'].map((region) => ({
      ...{ videoId, region, hour, views: 1, watchSeconds: 9, watchShare: 1, likes: 0, comments: 0 },
    }));
    await tools.db.trending.addScores(counts, session);
    await tools.db.viewLog.note(counts, session);
  }
  const count = (videoId: string) => tools.db.transaction((session) => add(videoId, session));

  /** The scores are those that the hourly counts make with nobody about, and nothing is marked. */
  async function expectExact(hours: number): Promise<void> {
    const found = await rows();
    expect(found.filter(({ stale }) => stale !== undefined)).to.deep.equal([]);
    await mongo.collection('trending_half_lives').deleteMany({});
    await use(hours);
    const anew = await rows();
    expect(found.map(({ _id, views }) => [_id, views])).to.deep.equal(
      anew.map((row) => [row._id, row.views]),
    );
    for (const [n, { hotness = Number.NaN }] of found.entries()) {
      expect(hotness).to.be.closeTo(anew[n]?.hotness ?? Number.NaN, 1e-9);
    }
  }

  it('have each count once, however many are made and added at once', async () => {
    let isOver = false;
    const counting = [0, 1, 2].map(async (lane) => {
      let n = 0;
      for (; !isOver; n += 1) {
        await count(videos[(n * 3 + lane) % videos.length] ?? '');
        // Not faster than all that can be settled, each in a transaction of its own.
        await setTimeout(20);
      }
      return n;
    });
    for (let n = 0; n < 6; n += 1) {
      await Promise.all([use(n % 2 ? 6 : 12), use(n % 2 ? 6 : 12), settle()]);
    }
    isOver = true;
    const added = (await Promise.all(counting)).reduce((sum, n) => sum + n, 0);
    expect(await use(6)).to.deep.equal([]);
    expect((await rows()).reduce((sum, { views }) => sum + views, 0)).to.equal(2 * added);
    await expectExact(6);
  });

  it('wait for who adds by the former half-life, and let who comes later mark', async () => {
    await use(6);
    const [early = '', late = ''] = videos;
    let remaking: Promise<unknown> | undefined;
    let turns = 0;
    await tools.db.transaction(async (session) => {
      turns += 1;
      await add(early, session);
      remaking ??= use(24);
      await until(
        'the new half-life',
        async () => (await tools.db.trending.halfLives(['US'])).get('US') === 24,
      );
      expect(await use(24), 'one at a time').to.equal(undefined);
      await count(late);
      expect((await rows()).find(({ _id }) => _id === `US-${late}`)?.stale, 'marked').to.equal(1);
    });
    await remaking;
    expect(turns).to.equal(1);
    await expectExact(24);
  });

  it('are whole after who made them died', async () => {
    await use(6);
    await mongo.collection<Row>('trending_half_lives').updateMany({}, { $set: { formula: 0 } });
    await mongo.collection<Row>('trending_scores').deleteMany({ _id: /^GB/ });
    for (const videoId of videos.slice(0, 3)) await count(videoId);
    expect((await rows()).filter(({ stale }) => stale)).to.have.length(6);
    // It died between the scores and the marked ones.
    const marked = await tools.db.trending.useHalfLives(new Map([['US', 6]]), settle);
    expect(marked).to.deep.equal(['US']);
    expect(await use(6)).to.deep.equal(['GB']);
    await mongo.collection<Row>('trending_scores').updateOne({}, { $set: { stale: 1, views: 0 } });
    expect(await use(6)).to.deep.equal([]);
    await expectExact(6);
  });

  it('are not said to be whole by who was too slow and another has taken over from', async () => {
    const turns = mongo.collection<{ _id: string; by: string }>('trending_turns');
    const slow = tools.db.trending.useHalfLives(new Map([['GB', 48]]), async () => {
      await turns.updateOne({ _id: 'rebuild' }, { $set: { by: 'another' } });
    });
    const failure = await slow.catch((error: Error) => error.message);
    expect(failure).to.equal('Another process has begun to make the scores anew.');
    expect((await turns.findOne({ _id: 'rebuild' }))?.by, 'whose turn it is').to.equal('another');
    await turns.deleteOne({ _id: 'rebuild' });
    expect(await use(6)).to.deep.equal(['GB']);
    await expectExact(6);
  });

  describe('of a region that is no longer served', () => {
    const serving = (...REGIONS: string[]) => runTrending({ ...tools, config: { ...tools.config, REGIONS } });
    const scales = () => mongo.collection<Row & { formula: number }>('trending_half_lives');
    const kept = async () => [
      ...new Set((await rows()).map(({ _id }) => _id.slice(0, 2))),
      ...(await scales().find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id),
    ];

    it('go with a run, stay away, and are made anew when it is served again', async () => {
      const [first = '', second = ''] = videos;
      await use(6);
      await count(first);
      expect(await kept()).to.deep.equal(['GB', 'US', 'GB', 'US']);
      await serving('GB');
      expect(await kept()).to.deep.equal(['GB', 'GB']);
      await count(second);
      expect(await kept(), 'counted meanwhile').to.deep.equal(['GB', 'GB']);
      await serving('GB', 'US');
      expect(await kept()).to.deep.equal(['GB', 'US', 'GB', 'US']);
      await expectExact(6);
    });

    it('go with the next run when the one that removed them died', async () => {
      await use(6);
      // Scores are there, and nobody adds to them any more.
      await scales().updateOne({ _id: 'US' }, { $set: { formula: -1 } });
      await mongo.collection<Row>('trending_scores').deleteMany({ _id: /^US/ });
      await count(newId());
      expect(await kept(), 'not even marked').to.deep.equal(['GB', 'GB', 'US']);
      await serving('GB');
      expect(await kept()).to.deep.equal(['GB', 'GB']);
    });

    it('go with what was being added', async () => {
      await use(6);
      let run: Promise<void> | undefined;
      await tools.db.transaction(async (session) => {
        await add(newId(), session);
        run ??= serving('GB');
        await until('its end', async () => (await scales().findOne({ _id: 'US' }))?.formula !== formula);
      });
      await run;
      expect(await kept()).to.deep.equal(['GB', 'GB']);
    });
  });
});
