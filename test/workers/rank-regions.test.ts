import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { createContext } from '../../shared/context.ts';
import { newId } from '../../shared/ids.ts';
import { heatAt } from '../../shared/trending-score.ts';
import { openTools, type Tools } from '../../workers/tools.ts';
import { ask } from '../support/ask.ts';
import { makeCategories } from '../support/categories.ts';
import { type System, startSystem } from '../support/system.ts';
import { countEvents, type Events, hourMilliseconds, runTrending } from '../support/trending.ts';
import { videoIn } from '../support/videos.ts';

type Row = { _id: string; hotness?: number; owed?: number; views: number; likes: number; comments: number };

describe('a run of trending', () => {
  let system: System;
  let tools: Tools;
  let mongo: Connection;

  beforeEach(async () => {
    system = await startSystem({
      ...{ REGIONS: 'GB,US,DE,CH,DK,IN', TRENDING_MINIMUM_VIEWS: '3', TRENDING_FILL_TO: '4' },
      TRENDING_HALF_LIFE_HOURS: '6,IN=3',
    });
    tools = await openTools(await createContext(system.config, 'worker'));
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
  });
  afterEach(async () => {
    await mongo.close();
    await tools.close();
    await system.stop();
  });

  const run = () => runTrending(tools);
  const rows = (collection: string) => mongo.collection<Row>(collection).find().sort({ _id: 1 }).toArray();
  const ranked = async (region: string, category = '') => {
    const last = await tools.db.rankings.lastRun();
    return (await tools.db.rankings.ranking(last?._id ?? '', region, category))?.ranked ?? [];
  };
  const ids = async (region: string, category = '') =>
    (await ranked(region, category)).map(({ videoId, basis }) => `${videoId} ${basis}`);
  /** `hours` ago. */
  const back = (hours: number) => {
    const now = Math.floor(Date.now() / hourMilliseconds) * hourMilliseconds;
    return new Date(now - hours * hourMilliseconds);
  };

  it('finds the scores that making them anew from the hourly counts gives, after any events in any order', async () => {
    await run();
    const videos = Array.from({ length: 12 }, newId);
    // The same in every run (Lehmer's generator): sums that come near 0 on the way would be forgotten with their
    // counts.
    let state = 4711;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const pick = <T>(some: T[]) => some[Math.floor(random() * some.length)] as T;
    const events = Array.from({ length: 600 }, (): Events => {
      const about = {
        videoId: pick(videos),
        region: pick(['GB', 'IN', 'US']),
        hour: back(pick([0, 1, 5, 20])),
      };
      const views = pick([0, 1, 7]);
      return { ...about, views, watchShare: views * random(), comments: pick([0, 1]) };
    });
    const likes = events.slice(0, 200).map((event) => ({ ...event, views: 0, comments: 0, likes: 1 }));
    const takenBack = likes.slice(0, 150).map((like) => ({ ...like, likes: -1 }));
    const all = [...takenBack, ...events, ...likes];
    for (let at = 0; at < all.length; at += 90) await countEvents(tools, all.slice(at, at + 90));
    const added = await rows('trending_scores');
    expect(added).to.have.length.greaterThan(30);
    await mongo.collection('trending_half_lives').deleteMany({});
    await run();
    const anew = await rows('trending_scores');
    expect(anew.map(({ _id }) => _id)).to.deep.equal(added.map(({ _id }) => _id));
    const now = Date.now();
    for (const [n, one] of added.entries()) {
      const hours = one._id.startsWith('IN') ? 3 : 6;
      const [a, b] = [one, anew[n]].map((row) => heatAt(row?.hotness ?? Number.NaN, now, hours)) as [
        number,
        number,
      ];
      expect(a / b, one._id).to.be.closeTo(1, 1e-9);
      const { views, likes, comments } = anew[n] ?? {};
      expect(one).to.include({ views, likes, comments });
    }
  });

  it('forgets what is taken back, whichever comes first', async () => {
    await run();
    const [liked, early] = [newId(), newId()];
    const like = { videoId: liked, region: 'GB', likes: 1 };
    await countEvents(tools, [like]);
    await countEvents(tools, [{ videoId: early, region: 'GB', likes: -1 }]);
    const known = async () => (await rows('trending_scores')).map(({ _id }) => _id).sort();
    expect(await known()).to.deep.equal([`GB-${liked}`, `GB-${early}`].sort());
    await countEvents(tools, [{ ...like, likes: -1 }]);
    await countEvents(tools, [{ videoId: early, region: 'GB', likes: 1 }]);
    expect(await known()).to.deep.equal([]);
  });

  it('writes no score that would be cold, and shows no counts below none', async () => {
    await run();
    const [old, warm, cooled] = [newId(), newId(), newId()];
    await countEvents(tools, [
      { videoId: old, region: 'GB', likes: -1, hour: back(100) },
      { videoId: newId(), region: 'GB', views: 20, watchShare: 0, hour: back(2000) },
      { videoId: newId(), region: 'FR', views: 20 },
      { videoId: warm, region: 'GB', views: 5, likes: -1 },
      { videoId: cooled, region: 'GB', likes: -1 },
    ]);
    expect((await rows('trending_scores')).map(({ _id }) => _id)).to.have.members([
      ...[`GB-${warm}`, `GB-${cooled}`],
    ]);
    const now = new Date();
    const [shown] = await tools.db.trending.scoresOf('GB', [warm], now);
    expect(shown).to.include({ views: 5, likes: 0 });
    const later = new Date(now.getTime() + 80 * hourMilliseconds);
    expect(await tools.db.trending.hottest('GB', 10, now, 6)).to.deep.equal([shown]);
    expect(await tools.db.trending.hottest('GB', 10, later, 6), 'cold, and still there').to.deep.equal([]);
    expect(await tools.db.trending.prune('GB', 10, later, 6)).to.equal(2);
    expect(await rows('trending_scores')).to.deep.equal([]);
  });

  it('has another half-life for a region, also when that is changed later', async () => {
    const videoId = await videoIn('ready', system);
    for (const region of ['GB', 'IN'])
      await countEvents(tools, [{ videoId, region, views: 8, hour: back(6) }]);
    const scores = async () => [(await ranked('GB'))[0]?.score ?? 0, (await ranked('IN'))[0]?.score ?? 0];
    await run();
    const [six = 0, three = 0] = await scores();
    const age = (Date.now() - back(6).getTime()) / hourMilliseconds;
    expect(six).to.be.closeTo(8 * 2 ** (-age / 6), 0.01);
    expect(three).to.be.closeTo(8 * 2 ** (-age / 3), 0.01);
    const changed = { usual: 12, byRegion: { IN: 3 } };
    tools = { ...tools, config: { ...tools.config, TRENDING_HALF_LIFE_HOURS: changed } };
    await run();
    const [twelve = 0, same = 0] = await scores();
    expect(twelve).to.be.closeTo(8 * 2 ** (-age / 12), 0.01);
    expect(same).to.be.closeTo(three, 0.01);
  });

  it('ranks nothing that too few have seen, and nothing that is not for the region', async () => {
    const [seen, rare, british, hidden] = [
      await videoIn('ready', system),
      await videoIn('ready', system),
      await videoIn('ready', system, { regions: ['GB'] }),
      await videoIn('ready', system, { visibility: 'unlisted' }),
    ];
    for (const region of ['GB', 'US']) {
      const views = [seen, british, hidden].map((videoId, n) => ({ videoId, region, views: 9 - n }));
      await countEvents(tools, [...views, { videoId: rare, region, views: 2, comments: 50 }]);
    }
    await run();
    const own = async (region: string) => (await ids(region)).filter((id) => id.endsWith('region'));
    expect(await own('GB')).to.deep.equal([`${seen} region`, `${british} region`]);
    expect(await own('US')).to.deep.equal([`${seen} region`]);
    // DE has nothing of its own, nor do its languages; in all regions four have seen `rare`.
    expect(await ids('DE')).to.deep.equal([`${rare} world`, `${seen} world`]);
  });

  it('fills a small region from those that share a language, then from the world', async () => {
    const make = () => videoIn('ready', system);
    const [swiss, german, danish, both] = [await make(), await make(), await make(), await make()];
    await countEvents(tools, [
      { videoId: swiss, region: 'CH', views: 3 },
      { videoId: german, region: 'DE', views: 50 },
      { videoId: danish, region: 'DK', views: 90 },
      { videoId: both, region: 'DE', views: 40 },
      { videoId: both, region: 'CH', views: 2 },
    ]);
    await run();
    expect(await ids('CH')).to.deep.equal([
      ...[`${swiss} region`, `${german} language`, `${both} language`, `${danish} world`],
    ]);
    expect((await ranked('CH'))[2]).to.include({ rank: 3, views: 42, score: (await ranked('CH'))[2]?.score });
    expect(await ids('DK')).to.deep.equal([
      ...[`${danish} region`, `${german} world`, `${both} world`, `${swiss} world`],
    ]);
  });

  it('ranks each category by itself', async () => {
    const make = (category: string | null) => videoIn('ready', system, { category });
    const [music, news, again, none] = [
      await make('music'),
      await make('news'),
      await make('music'),
      await make(null),
    ];
    const views = [none, news, music, again].map((videoId, n) => ({ videoId, region: 'GB', views: 30 - n }));
    await countEvents(tools, views);
    await run();
    expect(await ids('GB')).to.deep.equal([none, news, music, again].map((id) => `${id} region`));
    expect(await ids('GB', 'music')).to.deep.equal([`${music} region`, `${again} region`]);
    expect((await ranked('GB', 'music')).map(({ rank }) => rank)).to.deep.equal([1, 2]);
    expect(await ids('GB', 'news')).to.deep.equal([`${news} region`]);
    expect(await ids('GB', 'sport')).to.deep.equal([]);
  });

  it('lets the channels of an import each have three of the first places', async () => {
    const ownerId = newId();
    const views: Events[] = [];
    for (const channelTitle of ['One', 'Two']) {
      for (let n = 0; n < 4; n += 1) {
        const videoId = await videoIn('ready', system);
        const outside = { id: videoId, playUrl: null, posterUrl: null, views: {}, viewsAt: new Date() };
        await mongo
          .collection<Row>('videos')
          .updateOne({ _id: videoId }, { $set: { ownerId, channelTitle, outside } });
        views.push({ videoId, region: 'GB', views: 20 - views.length });
      }
    }
    await countEvents(tools, views);
    await run();
    expect((await ranked('GB')).map(({ rank }) => rank)).to.deep.equal([1, 2, 3, 4, 5, 6, 21, 22]);
  });

  it('ranks a category that has nothing among the hottest', async () => {
    const quiet = await videoIn('ready', system, { category: 'music' });
    const gone = Array.from({ length: 1000 }, () => ({ videoId: newId(), region: 'GB', views: 9 }));
    await countEvents(tools, [...gone, { videoId: quiet, region: 'GB', views: 3 }]);
    await run();
    expect(await ids('GB')).to.deep.equal([]);
    expect(await ids('GB', 'music')).to.deep.equal([`${quiet} region`]);
  });

  it('ranks what is in a category in those above it, too', async () => {
    await makeCategories(system, 'stage', 'stage/dance');
    const dance = await videoIn('ready', system, { category: 'dance' });
    const stage = await videoIn('ready', system, { category: 'stage' });
    await countEvents(tools, [
      { videoId: dance, region: 'GB', views: 9 },
      { videoId: stage, region: 'GB', views: 8 },
    ]);
    await run();
    expect(await ids('GB', 'stage')).to.deep.equal([`${dance} region`, `${stage} region`]);
    expect(await ids('GB', 'dance')).to.deep.equal([`${dance} region`]);
    const { body } = await ask<{ videos: { videoId: string }[] }>(
      system,
      'GET',
      '/api/trending/GB?category=stage',
    );
    expect(body.videos.map(({ videoId }) => videoId)).to.deep.equal([dance, stage]);
  });

  it('shows readers whole runs only, however many run at once or die on the way', async () => {
    const videos = [await videoIn('ready', system), await videoIn('ready', system)];
    const list = async () =>
      (
        await ask<{ items: { rank: number | null }[]; computedAt: string | null }>(
          system,
          'GET',
          `/api/v2/trending/GB?limit=${limit--}`,
        )
      ).body;
    let limit = 100;
    await countEvents(
      tools,
      videos.map((videoId) => ({ videoId, region: 'GB', views: 5 })),
    );
    await run();
    const { computedAt } = await list();
    expect(computedAt).to.be.a('string');
    // A run that was killed before it was whole.
    const entry = {
      rank: 1,
      formerRank: null,
      basis: 'region' as const,
      score: 9,
      views: 9,
      likes: 0,
      comments: 0,
    };
    const half = { region: 'GB', category: '', runId: 'killed', halfLifeHours: 6, computedAt: new Date() };
    await mongo.collection<Row>('trending_rankings').insertOne({
      _id: 'killed-GB-',
      ...half,
      ranked: [{ ...entry, videoId: videos[1] }],
    } as unknown as Row);
    expect((await list()).computedAt).to.equal(computedAt);
    await Promise.all(Array.from({ length: 4 }, run));
    const after = await list();
    expect(after.computedAt).not.to.equal(computedAt);
    expect(after.items.map(({ rank }) => rank)).to.deep.equal([1, 2]);
  });

  it('keeps the last 30 and no more, and leaves nothing of one that died', async () => {
    const died = { _id: 'died-GB-', computedAt: new Date(0) } as unknown as Row;
    await mongo.collection<Row>('trending_rankings').insertOne(died);
    for (let n = 0; n < 33; n += 1) await run();
    expect(await rows('trending_runs')).to.have.length(30);
    const kept = await mongo.collection('trending_rankings').distinct('runId');
    expect(kept).to.have.length(30);
    expect(await rows('trending_rankings')).to.have.length(30 * system.config.REGIONS.length);
  });
});
