import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import { type Connection, createConnection } from 'mongoose';
import { createProviders } from '../../api/access/providers.ts';
import { problem } from '../../api/middleware/problem.ts';
import { createRequestLog, requestLog } from '../../api/middleware/request-log.ts';
import type { NewVideo, Video } from '../../shared/db/video-record.ts';
import { newId } from '../../shared/ids.ts';
import { type Answer, ask } from '../support/ask.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

type Facet = { value: string; count: number };
type Piece = { text: string; hit: boolean };
type Item = { videoId: string; title: string; highlights: { title: Piece[]; description: Piece[] } };
type Page = {
  items: Item[];
  total: number;
  page: number;
  perPage: number;
  facets: { category: Facet[]; language: Facet[] };
  errors?: { pointer: string; message: string }[];
  code?: string;
  detail?: string;
};

/** Each test looks for words of its own, so that none sees another's videos. */
describe('search', () => {
  let system: System;
  let connection: Connection;

  before(async () => {
    system = await startSystem();
    connection = await createConnection(system.config.MONGO_URL).asPromise();
  });
  after(async () => {
    await connection?.close();
    await system?.stop();
  });

  const videos = () => connection.collection<Video>('videos');
  /** What the worker does each second. */
  async function index(): Promise<void> {
    while ((await system.context.db.search.indexStale()) > 0);
  }
  async function make(about: Partial<NewVideo> & Partial<Video>): Promise<string> {
    const id = await videoIn('ready', system, about);
    const { title: _, ...rest } = about;
    if (Object.keys(rest).length > 0) await videos().updateOne({ _id: id }, { $set: rest });
    return id;
  }
  const get = (query: Record<string, string | number>): Promise<Answer<Page>> => {
    const words = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
    return ask<Page>(system, 'GET', `/api/search?${new URLSearchParams(words)}`);
  };
  const find = async (q: string, more: Record<string, string | number> = {}) => {
    const { status, body } = await get({ q, ...more });
    expect(status, JSON.stringify(body)).to.equal(200);
    return body;
  };
  const titles = async (q: string, more: Record<string, string | number> = {}) =>
    (await find(q, more)).items.map(({ title }) => title);

  for (const [what, about, found, missed] of [
    ['case and accents', { title: 'Crème Brûlée' }, ['creme brulee', 'CRÈME', 'Brûlee'], ['cremes']],
    ['ß', { title: 'Die Hauptstraße', language: 'de' }, ['hauptstrasse', 'HAUPTSTRASSE'], ['hauptstras']],
    [
      'German endings',
      { title: 'Alte Bauernhäuser', language: 'de' },
      ['bauernhaus', 'alter bauernhaus'],
      [],
    ],
    ['English endings', { title: 'Gardening', language: 'en' }, ['garden', 'gardens', 'gardened'], ['gard']],
    ['no endings of an unknown language', { title: 'Whistling' }, ['whistling'], ['whistle', 'whistles']],
    ['Arabic', { title: 'تَعَلُّمُ الخياطة', language: 'ar' }, ['تعلم', 'خياطة', 'الخياطه'], ['طبخ']],
    ['Japanese', { title: '東京タワーの夜景', language: 'ja' }, ['東京', 'タワー 夜景', '夜景'], ['大阪']],
    ['Thai', { title: 'ทดสอบระบบ', language: 'th' }, ['ระบบ', 'ทดสอบ'], ['อาหาร']],
    ['Russian', { title: 'Новые самокаты', language: 'ru' }, ['самокат', 'САМОКАТОВ'], ['мотоцикл']],
    ['tags', { title: 'Untitled one', tags: ['zeppelin'] }, ['zeppelin', 'untitled zeppelin'], []],
    ['the channel', { title: 'Untitled two', channelTitle: 'Quagga Films' }, ['quagga films'], []],
    ['the description', { title: 'Untitled three', description: 'Of a vicuna.' }, ['vicuna untitled'], []],
  ] as [string, Partial<NewVideo>, string[], string[]][]) {
    it(`knows ${what}`, async () => {
      const id = await make(about);
      await index();
      for (const q of found) {
        expect(
          (await find(q)).items.map(({ videoId }) => videoId),
          q,
        ).to.include(id);
      }
      for (const q of missed) expect((await find(q)).items, q).to.deep.equal([]);
    });
  }

  it('wants all words, knows phrases and what must not be there, and counts rightly', async () => {
    await make({ title: 'otter river', description: 'A long otter river bank' });
    await make({ title: 'river otter', tags: ['bank'] });
    await make({ title: 'otter', tags: ['river bank', 'heron nest'] });
    await make({ title: 'salmon upstream' });
    await index();
    for (const [q, count] of [
      ['otter', 3],
      ['otter river', 3],
      ['otter salmon', 0],
      ['"otter river"', 1],
      ['"river bank"', 2],
      ['"bank heron"', 0],
      ['otter -heron', 2],
      ['otter -"river otter"', 2],
      ['otter -river', 0],
    ] as const) {
      const { total, items } = await find(q);
      expect([total, items.length], q).to.deep.equal([count, count]);
    }
  });

  it('puts the title before tags, people, channel and description, then views, then what is new', async () => {
    const old = { publishedAt: new Date('2020-01-01') };
    await make({ title: 'In the description', description: 'walrus', views: 1_000_000, ...old });
    await make({ title: 'In the tags', tags: ['walrus'], ...old });
    await make({ title: 'In the channel', channelTitle: 'walrus', ...old });
    await make({ title: 'walrus', ...old });
    await make({ title: 'walrus viewed', views: 1000, ...old });
    await make({ title: 'walrus new' });
    await index();
    expect(await titles('walrus')).to.deep.equal([
      ...['walrus new', 'walrus viewed', 'walrus'],
      ...['In the tags', 'In the channel', 'In the description'],
    ]);
    expect((await titles('walrus', { sort: 'views' }))[0]).to.equal('In the description');
    expect((await titles('walrus', { sort: 'newest' }))[0]).to.equal('walrus new');
  });

  it('narrows by region, language, category, length and age, and counts what is left', async () => {
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
    const base = { category: 'nature', language: 'en' };
    await make({ title: 'lynx a', ...base, durationSeconds: 100, publishedAt: daysAgo(0) });
    await make({ title: 'lynx b', ...base, language: 'de', durationSeconds: 240, publishedAt: daysAgo(3) });
    await make({
      title: 'lynx c',
      ...base,
      category: 'film',
      regions: ['FR'],
      durationSeconds: 1200,
      publishedAt: daysAgo(400),
    });
    await index();
    const sorted = async (more: Record<string, string>) => (await titles('lynx', more)).sort();
    expect(await sorted({})).to.deep.equal(['lynx a', 'lynx b', 'lynx c']);
    expect(await sorted({ region: 'GB' })).to.deep.equal(['lynx a', 'lynx b']);
    expect(await sorted({ region: 'FR' })).to.deep.equal(['lynx a', 'lynx b', 'lynx c']);
    expect(await sorted({ language: 'de' })).to.deep.equal(['lynx b']);
    expect(await sorted({ category: 'film' })).to.deep.equal(['lynx c']);
    expect(await sorted({ duration: 'short' })).to.deep.equal(['lynx a']);
    expect(await sorted({ duration: 'medium' })).to.deep.equal(['lynx b']);
    expect(await sorted({ duration: 'long' })).to.deep.equal(['lynx c']);
    expect(await sorted({ uploaded: 'day' })).to.deep.equal(['lynx a']);
    expect(await sorted({ uploaded: 'week' })).to.deep.equal(['lynx a', 'lynx b']);
    expect(await sorted({ uploaded: 'year', category: 'film' })).to.deep.equal([]);
    expect((await find('lynx')).facets).to.deep.equal({
      category: [
        { value: 'nature', count: 2 },
        { value: 'film', count: 1 },
      ],
      language: [
        { value: 'en', count: 2 },
        { value: 'de', count: 1 },
      ],
    });
    expect((await find('lynx', { region: 'GB' })).facets.category).to.deep.equal([
      { value: 'nature', count: 2 },
    ]);
  });

  it('counts in a category what the filter finds there, those below it included', async () => {
    await make({ title: 'bittern a', category: 'film' });
    for (const title of ['bittern b', 'bittern c']) await make({ title, category: 'documentary' });
    await index();
    for (const more of [{}, { category: 'documentary' }] as Record<string, string>[]) {
      const { facets, total } = await find('bittern', more);
      expect(facets.category).to.deep.include({ value: 'film', count: total });
      expect(facets.category).to.deep.include({ value: 'documentary', count: 2 });
    }
    for (const { value, count } of (await find('bittern')).facets.category) {
      expect((await find('bittern', { category: value })).total, value).to.equal(count);
    }
  });

  it('goes page by page, and past the end gives nothing but the total', async () => {
    for (let n = 0; n < 7; n += 1) await make({ title: `ibis ${n}`, category: n % 2 ? 'odd' : 'even' });
    await index();
    const pages = await Promise.all([1, 2, 3, 4].map((page) => find('ibis', { page, perPage: 3 })));
    expect(pages.map(({ items }) => items.length)).to.deep.equal([3, 3, 1, 0]);
    expect(pages.map(({ total }) => total)).to.deep.equal([7, 7, 7, 7]);
    const all = pages.flatMap(({ items }) => items.map(({ videoId }) => videoId));
    expect(new Set(all).size).to.equal(7);
    expect(all).to.deep.equal((await find('ibis', { perPage: 100 })).items.map(({ videoId }) => videoId));
  });

  it('goes on in the same order behind the pages that come with the counts', async () => {
    const id = await make({ title: 'Avocet' });
    const pattern = await videos().findOne({ _id: id });
    if (!pattern) throw new Error('no video');
    const copies = Array.from({ length: 249 }, (_, n) => ({
      ...{ ...pattern, _id: newId(), views: n % 50, language: n % 3 ? 'en' : 'ru', searchStale: 'a' },
      category: n % 2 ? 'odd' : 'even',
    }));
    await videos().insertMany(copies);
    await index();
    const ordered = [pattern, ...copies]
      .sort((a, b) => b.views - a.views || (a._id < b._id ? 1 : -1))
      .map(({ _id }) => _id);
    for (const sort of ['views', 'relevance']) {
      const pages = await Promise.all(
        [1, 2, 3, 4].map((page) => find('avocet', { page, perPage: 80, sort })),
      );
      expect(pages.map(({ total }) => total)).to.deep.equal([250, 250, 250, 250]);
      expect(pages[3]?.facets).to.deep.equal(pages[0]?.facets);
      const ids = pages.flatMap(({ items }) => items.map(({ videoId }) => videoId));
      if (sort === 'views') expect(ids).to.deep.equal(ordered);
      else expect(new Set(ids).size).to.equal(250);
    }
  });

  it('says that it is unavailable where MongoDB takes too long', async () => {
    await make({ title: 'Sloth' });
    const slow = new Koa();
    slow.use(requestLog(createRequestLog(system.context), system.context));
    slow.use(problem({ publicUrl: system.url, providers: createProviders(system.config) }));
    slow.use(async () => {
      await videos().findOne({ $where: 'sleep(200) || true' }, { maxTimeMS: 20 });
    });
    const server = slow.listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      expect([reply.status, reply.headers.get('retry-after')]).to.deep.equal([503, '5']);
      expect((await reply.json()) as object).to.include({
        code: 'unavailable',
        detail: 'The database took too long.',
      });
    } finally {
      server.close();
    }
  });

  it('marks what was found as text', async () => {
    await make({ title: '<b>Pangolin</b> & co', description: 'No "pangolin" <here>.', language: 'en' });
    await index();
    const [item] = (await find('pangolins')).items;
    expect(item?.highlights).to.deep.equal({
      title: [
        { text: '<b>', hit: false },
        { text: 'Pangolin', hit: true },
        { text: '</b> & co', hit: false },
      ],
      description: [
        { text: 'No "', hit: false },
        { text: 'pangolin', hit: true },
        { text: '" <here>.', hit: false },
      ],
    });
  });

  it('shows only what everyone may see', async () => {
    const taken = { at: new Date(), by: newId(), reason: 'spam', message: '' };
    await make({ title: 'Numbat private', visibility: 'private' });
    await make({ title: 'Numbat unlisted', visibility: 'unlisted' });
    await make({ title: 'Numbat taken down', takenDown: taken });
    await make({ title: 'Numbat suspended', ownerStatus: 'suspended' });
    await make({ title: 'Numbat scheduled', publishedAt: new Date(Date.now() + 3_600_000) });
    await videoIn('encoding', system, { title: 'Numbat encoding' });
    await make({ title: 'Numbat public' });
    await index();
    expect(await titles('numbat')).to.deep.equal(['Numbat public']);
    expect((await find('numbat')).total).to.equal(1);
    const { body } = await ask<{ items: { text: string }[] }>(system, 'GET', '/api/search/suggest?q=numb');
    expect(body.items.map(({ text }) => text)).to.deep.equal(['Numbat public']);
  });

  it('hides at once what was hidden, before its row has gone', async () => {
    const id = await make({ title: 'Dugong one' });
    await make({ title: 'Dugong two' });
    await index();
    await videos().updateOne({ _id: id }, { $set: { visibility: 'private' } });
    expect(await titles('dugong')).to.deep.equal(['Dugong two']);
    expect((await find('dugong')).total).to.equal(1);
    const { body } = await ask<{ items: { text: string }[] }>(system, 'GET', '/api/search/suggest?q=dug');
    expect(body.items.map(({ text }) => text)).to.deep.equal(['Dugong two']);
  });

  for (const [what, query, pointer, status = 400] of [
    ['one character', { q: 'a' }, 'q'],
    ['201 characters', { q: 'ab '.repeat(67).concat('ab') }, 'q'],
    ['only punctuation', { q: '!?… .*$' }, 'q'],
    ['only what must not be there', { q: '-storm' }, 'q'],
    ['no q', {}, 'q'],
    ['another parameter', { q: 'sea', 'q[$ne]': '1' }, 'q[$ne]'],
    ['an unknown region', { q: 'sea', region: 'ZZ' }, undefined, 404],
    ['a region that is none', { q: 'sea', region: 'gb' }, 'region'],
    ['an unknown language', { q: 'sea', language: 'xx' }, 'language'],
    ['a category that is none', { q: 'sea', category: '$ne' }, 'category'],
    ['a page too far', { q: 'sea', page: 101, perPage: 100 }, 'page'],
    ['page 0', { q: 'sea', page: 0 }, 'page'],
    ['too many on a page', { q: 'sea', perPage: 101 }, 'perPage'],
    ['another order', { q: 'sea', sort: 'title' }, 'sort'],
    ['another length', { q: 'sea', duration: '5' }, 'duration'],
  ] as [string, Record<string, string | number>, string | undefined, number?][]) {
    it(`refuses ${what}`, async () => {
      const answer = await get(query);
      expect(answer.status, answer.text).to.equal(status);
      if (pointer) expect(answer.body.errors?.map((error) => error.pointer)).to.deep.equal([pointer]);
      else expect(answer.body.code).to.equal('unknown_region');
      expect(answer.body.detail).to.match(/\.$/);
    });
  }

  it('takes 200 characters, and commonest words as words', async () => {
    await make({ title: 'The of and wombat' });
    await index();
    expect(await titles('the of and')).to.deep.equal(['The of and wombat']);
    expect((await find('of '.repeat(66).padEnd(200, 'x'))).total).to.equal(0);
  });

  it('reads no patterns and no operators', async () => {
    await make({ title: 'Axolotl' });
    await index();
    for (const q of [
      'axo.*',
      '.*',
      'axolot?',
      '^axolotl',
      '{"$gt":""}',
      '$where',
      '$text',
      '__proto__',
      'constructor',
    ]) {
      const { status, body } = await get({ q });
      if (status === 200)
        expect(
          body.items.filter(({ title }) => title === 'Axolotl'),
          q,
        ).to.have.length(q === '^axolotl' ? 1 : 0);
      else expect([status, body.code], q).to.deep.equal([400, 'invalid_request']);
    }
  });

  it('counts against a quota of its own, and so do suggestions', async () => {
    const limited = await startSystem({ RATE_LIMITS: 'search=2/60,suggest=3/60' });
    const times = async (count: number, path: string) => {
      const statuses = [];
      for (let n = 0; n < count; n += 1) statuses.push((await ask(limited, 'GET', path)).status);
      return statuses;
    };
    try {
      expect(await times(4, '/api/search/suggest?q=sea')).to.deep.equal([200, 200, 200, 429]);
      expect(await times(3, '/api/search?q=sea')).to.deep.equal([200, 200, 429]);
    } finally {
      await limited.stop();
    }
  });

  describe('suggests', () => {
    const suggest = async (q: string, language = '') => {
      const query = new URLSearchParams({ q, ...(language ? { language } : {}) });
      const path = `/api/search/suggest?${query}`;
      const { status, body } = await ask<{ items: { text: string }[] }>(system, 'GET', path);
      expect(status).to.equal(200);
      return body.items.map(({ text }) => text);
    };

    it('titles with a word that begins so, the most viewed first, ten at most', async () => {
      for (let n = 0; n < 12; n += 1) await make({ title: `Kook${n} aburra`, views: n });
      await make({ title: 'Laughing kookaburra', views: 100, language: 'en' });
      await make({ title: 'Lazy koala', views: 1000, description: 'kookaburra' });
      await index();
      const first = ['Laughing kookaburra', 'Kook11 aburra', 'Kook10 aburra'];
      expect((await suggest('KOOK')).slice(0, 3)).to.deep.equal(first);
      expect(await suggest('koo'))
        .to.have.length(10)
        .and.include('Laughing kookaburra');
      expect(await suggest('kookab')).to.deep.equal(['Laughing kookaburra']);
      expect(await suggest('laughing k')).to.deep.equal(['Laughing kookaburra']);
      expect(await suggest('koo', 'en')).to.deep.equal(['Laughing kookaburra']);
      expect(await suggest('kookaburras')).to.deep.equal([]);
    });

    it('titles with the rarest of several words, however many have the longest', async () => {
      const pattern = await videos().findOne({ _id: await make({ title: 'Hippopotamus pond' }) });
      if (!pattern) throw new Error('no video');
      const copies = Array.from({ length: 510 }, (_, n) => ({ ...pattern, _id: newId(), views: 1 + n }));
      await videos().insertMany(copies.map((copy) => ({ ...copy, searchStale: 'a' })));
      await make({ title: 'Hippopotamus zoo visit', language: 'en' });
      await index();
      expect(await suggest('hippopotamus zoo vis')).to.deep.equal(['Hippopotamus zoo visit']);
      expect(await suggest('zoo', 'en')).to.deep.equal(['Hippopotamus zoo visit']);
      expect(await suggest('hippopotamus', 'en')).to.deep.equal([]);
    });

    it('in any script', async () => {
      await make({ title: 'سنجاب صغير' });
      await make({ title: '栗鼠の一日', language: 'ja' });
      await index();
      expect(await suggest('سنج')).to.deep.equal(['سنجاب صغير']);
      expect(await suggest('栗鼠')).to.deep.equal(['栗鼠の一日']);
    });

    it('nothing for what is no word', async () => {
      for (const q of ['a', '!!', 'x'.repeat(201)]) {
        const { status } = await ask(system, 'GET', `/api/search/suggest?q=${encodeURIComponent(q)}`);
        expect(status, q).to.equal(400);
      }
    });
  });
});
