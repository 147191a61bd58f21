import { expect } from 'chai';
import { createConnection } from 'mongoose';
import { createContext } from '../../shared/context.ts';
import type { NewVideo } from '../../shared/db/video-record.ts';
import { openTools, type Tools } from '../../workers/tools.ts';
import { type Answer, ask } from '../support/ask.ts';
import { makeCategories } from '../support/categories.ts';
import { type System, startSystem } from '../support/system.ts';
import { countEvents, hourMilliseconds, runTrending } from '../support/trending.ts';
import { videoIn } from '../support/videos.ts';

/** Each test has a region of its own, so that none sees another's videos. */
describe('trending in version 2', () => {
  let system: System;
  let tools: Tools;
  /** The api keeps a reply for a moment; a limit that nobody has asked for yet gets a fresh one. */
  let unusedLimit = 100;

  before(async () => {
    system = await startSystem({ TRENDING_HALF_LIFE_HOURS: '6,AU=3' });
    tools = await openTools(await createContext(system.config, 'worker'));
  });
  after(async () => {
    await tools?.close();
    await system?.stop();
  });

  const run = () => runTrending(tools);
  const makeVideo = (about: Partial<NewVideo> = {}) => videoIn('ready', system, about);

  type Explanation = { score: number; views: number; likes: number; ageHours: number; sentence: string };
  type Entry = {
    videoId: string;
    rank: number | null;
    change: number | null;
    views: number;
    basis: string | null;
  };
  type Page = {
    region: string;
    computedAt: string | null;
    items: (Entry & { explanation: Explanation; title: string })[];
    nextCursor: string | null;
    errors?: { pointer: string }[];
  };
  const page = async (region: string, query = '') =>
    (await ask<Page>(system, 'GET', `/api/v2/trending/${region}?limit=${unusedLimit--}${query}`)).body;
  const moves = async (region: string) =>
    (await page(region)).items.flatMap(({ videoId, rank, change }) =>
      rank === null ? [] : [[videoId, rank, change]],
    );
  const count = (views: [string, number][], region: string) =>
    countEvents(
      tools,
      views.map(([videoId, times]) => ({ videoId, region, views: times })),
    );

  it('tells how many places each one has moved since the run before', async () => {
    const [a, b, c, d] = [
      await makeVideo(),
      await makeVideo(),
      await makeVideo(),
      await makeVideo(),
    ] as const;
    await count(
      [
        [a, 30],
        [b, 20],
        [c, 10],
      ],
      'CZ',
    );
    expect(await moves('CZ'), 'not ranked yet').to.deep.equal([]);
    await run();
    expect(await moves('CZ'), 'all new').to.deep.equal([
      [a, 1, null],
      [b, 2, null],
      [c, 3, null],
    ]);
    await count(
      [
        [c, 35],
        [d, 25],
      ],
      'CZ',
    );
    await run();
    expect(await moves('CZ')).to.deep.equal([
      [c, 1, 2],
      [a, 2, -1],
      [d, 3, null],
      [b, 4, -2],
    ]);
    await run();
    expect(await moves('CZ'), 'nothing moved').to.deep.equal([
      [c, 1, 0],
      [a, 2, 0],
      [d, 3, 0],
      [b, 4, 0],
    ]);
  });

  it('explains each rank by what it is made of', async () => {
    const [many, one] = [await makeVideo({ title: 'Seen' }), await makeVideo()];
    const thisHour = Math.floor(Date.now() / hourMilliseconds) * hourMilliseconds;
    // Half of them one half-life ago: they count half. Watched half, views count 5/8.
    const hour = new Date(thisHour - 6 * hourMilliseconds);
    await countEvents(tools, [
      { videoId: many, region: 'DK', views: 40, hour },
      { videoId: many, region: 'DK', views: 32, watchShare: 16, likes: 2, comments: 1 },
      { videoId: one, region: 'DK', views: 1 },
    ]);
    await run();
    const { items, region, computedAt } = await page('DK');
    expect(region).to.equal('DK');
    expect(Date.parse(computedAt ?? '')).to.be.closeTo(Date.now(), 5000);
    const [first, second] = items.map(({ explanation }) => explanation);
    const age = (Date.parse(computedAt ?? '') - thisHour) / hourMilliseconds;
    expect(first?.score).to.be.closeTo((20 + 20 + 8 + 6) * 2 ** (-age / 6), 0.01);
    expect(first).to.deep.equal({
      ...{ score: first?.score, views: 72, likes: 2, comments: 1, halfLifeHours: 6, ageHours: 0 },
      sentence:
        'Rank 1 in DK: 72 views, 2 likes and 1 comment, each of which counts half as much after every 6 hours, ' +
        `make a score of ${first?.score}.`,
    });
    expect(second?.sentence).to.match(
      /^Rank 2 in DK: 1 view, 0 likes and 0 comments, .* make a score of [\d.]+\.$/,
    );
    expect(items[0]).to.include({ videoId: many, rank: 1, basis: 'region', views: 72, title: 'Seen' });
    const late = await makeVideo();
    await count([[late, 2]], 'DK');
    const unranked = (await page('DK')).items.find(({ videoId }) => videoId === late);
    expect(unranked).to.include({ rank: null, change: null, basis: null });
    expect(unranked?.explanation.sentence).to.match(/^Not ranked in DK by the last run: 2 views/);
  });

  it('comes page by page, ranked ones first', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 9; n += 1) ids.push(await makeVideo());
    // Two by two as often viewed.
    await count(
      ids.slice(0, 5).map((id, n) => [id, 20 - 2 * Math.floor(n / 2)]),
      'FI',
    );
    await run();
    const whole = (await page('FI')).items;
    expect(whole.map(({ rank }) => rank).slice(0, 7)).to.deep.equal([1, 2, 3, 4, 5, null, null]);
    expect(whole.map(({ videoId }) => videoId)).to.include.members(ids);
    for (const limit of [1, 2, 4, 9]) {
      const found: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const query: string = `limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`;
        const { body }: Answer<Page> = await ask(system, 'GET', `/api/v2/trending/FI?${query}`);
        found.push(...body.items.map(({ videoId }) => videoId));
        cursor = body.nextCursor;
      }
      expect(found, `by ${limit}`).to.deep.equal(whole.map(({ videoId }) => videoId));
    }
    const { nextCursor } = (await ask<Page>(system, 'GET', '/api/v2/trending/FI?limit=3')).body;
    for (const path of [
      `/api/v2/trending/BE?cursor=${nextCursor}`,
      `/api/v2/trending/FI?category=music&cursor=${nextCursor}`,
      `/api/v1/trending/FI?cursor=${nextCursor}`,
      '/api/v2/trending/FI?cursor=x',
    ]) {
      const { status, body } = await ask<Page>(system, 'GET', path);
      expect([status, body.errors?.[0]?.pointer], path).to.deep.equal([400, 'cursor']);
    }
  });

  it('scores what has come to a category since the run by the half-life of the region', async () => {
    const video = await makeVideo();
    await run();
    await count([[video, 5]], 'AU');
    await makeCategories(system, 'since');
    await system.context.db.transaction((session) =>
      system.context.db.videos.change(video, undefined, { category: 'since' }, session),
    );
    const [entry] = (await page('AU', '&category=since')).items;
    expect(entry).to.include({ videoId: video, rank: null });
    expect(entry?.explanation).to.include({ views: 5, halfLifeHours: 3 });
    expect(entry?.explanation.score, 'of five whole views within the hour').to.be.within(3.9, 5);
    expect(entry?.explanation.sentence).to.not.include('Infinity');
  });

  it('reads no score while those of the region are made anew', async () => {
    const video = await makeVideo();
    await count([[video, 5]], 'AU');
    await run();
    const scores = () => system.context.db.trending.scoresOf('AU', [video], new Date());
    expect(await scores()).to.have.length(1);
    const connection = await createConnection(system.config.MONGO_URL).asPromise();
    const scales = connection.collection<{ _id: string; formula: number }>('trending_half_lives');
    const made = await scales.findOneAndUpdate({ _id: 'AU' }, { $inc: { formula: -1 } });
    try {
      expect(made).to.be.an('object');
      expect(await scores()).to.deep.equal([]);
    } finally {
      await scales.updateOne({ _id: 'AU' }, { $inc: { formula: 1 } });
      await connection.close();
    }
  });

  it('gives each version and each choice of fields its own reply, however hot', async () => {
    await count([[await makeVideo(), 1]], 'BE');
    await run();
    const names = async (version: 1 | 2, query = '') => {
      const { body } = await ask<{ items?: object[]; videos?: object[] }>(
        system,
        'GET',
        `/api/v${version}/trending/BE?limit=7${query}`,
      );
      return [Object.keys(body), Object.keys((body.items ?? body.videos)?.[0] ?? {})];
    };
    const [first, second] = [await names(1), await names(2)];
    expect(first[0]).to.include('videos').and.not.include('items');
    expect(first[1]).to.not.include.members(['change', 'explanation']);
    expect(second[0]).to.have.members(['region', 'computedAt', 'items', 'nextCursor']);
    expect(second[1]).to.include.members(['rank', 'change', 'explanation', 'views', 'videoId', 'title']);
    expect(await names(2, '&fields=rank,change')).to.deep.equal([second[0], ['rank', 'change']]);
    expect(await names(2, '&fields=title')).to.deep.equal([second[0], ['title']]);
    expect(await names(1, '&fields=title')).to.deep.equal([first[0], ['title']]);
    expect([await names(1), await names(2)]).to.deep.equal([first, second]);
    const { status } = await ask(system, 'GET', '/api/v1/trending/BE?fields=change');
    expect(status, 'not in version 1').to.equal(400);
  });
});
