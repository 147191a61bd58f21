import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { decodeCursor, encodeCursor } from '../../api/cursor.ts';
import { cursorParam } from '../../api/lists.ts';
import { newId } from '../../shared/ids.ts';
import { ask } from '../support/ask.ts';
import { makeCategories } from '../support/categories.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

type Item = { videoId: string; title: string; publishedAt: string; category: string };
type Page = { items: Item[]; nextCursor: string | null; errors?: { pointer: string; message: string }[] };
type Record = { _id: string; title: string; publishedAt: Date; [field: string]: unknown };

const count = 300;
const sorts = ['-publishedAt', 'publishedAt', 'title', '-title'];

describe('lists', () => {
  let system: System;
  let connection: Connection;
  let owner: string;
  let model: object;
  let records: Record[];

  const videos = () => connection.collection<Record>('videos');

  /** Few titles and times, so that many are the same. */
  function record(n: number, about: object = {}): Record {
    return {
      ...model,
      _id: newId(),
      ownerId: n % 10 === 0 ? owner : newId(),
      title: ['ape', 'Ape', 'bee', 'Zebra', 'émeu', 'owl'][n % 6] ?? '',
      publishedAt: new Date(Date.UTC(2026, 0, 1) + (n % 40) * 60_000),
      category: n % 50 === 0 ? 'rare' : 'common',
      language: n % 60 === 0 ? 'fi' : 'en',
      regions: n % 30 === 0 ? ['FI', 'DK'] : n % 30 === 1 ? ['GB'] : [],
      tags: n % 75 === 0 ? ['odd', 'all'] : ['all'],
      ...about,
    };
  }

  before(async () => {
    system = await startSystem();
    await makeCategories(system, 'all', 'all/rare', 'all/common', 'empty');
    owner = (await ask<{ userId: string }>(system, 'GET', '/api/auth/me', { as: 'demo' })).body.userId;
    connection = await createConnection(system.config.MONGO_URL).asPromise();
    const _id = await videoIn('ready', system);
    model = (await videos().findOne({ _id })) ?? {};
    await videos().deleteOne({ _id });
    records = Array.from({ length: count }, (_, n) => record(n));
    await videos().insertMany(records);
  });
  after(async () => {
    await connection?.close();
    await system?.stop();
  });

  it('go on behind the longest value, whatever its characters', () => {
    const after = { value: '\u0001'.repeat(200), id: newId() };
    const cursor = encodeCursor({ after, first: newId() }, 'a list', system.config.SECRET_KEY);
    expect(cursorParam.safeParse(cursor).success).to.equal(true);
  });

  const list = async (query: string, as?: 'demo' | 'viewer') =>
    (await ask<Page>(system, 'GET', `/api/videos?${query}`, as ? { as } : {})).body;
  const idsOf = (items: Item[]) => items.map(({ videoId }) => videoId);

  async function walk(query: string, between: () => Promise<void> = async () => {}): Promise<Item[]> {
    const items: Item[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Page = await list(`${query}${cursor ? `&cursor=${cursor}` : ''}`);
      items.push(...page.items);
      cursor = page.nextCursor;
      if (cursor) await between();
    }
    return items;
  }

  describe('of videos', () => {
    for (const sort of sorts) {
      it(`go by ${sort}, each item once`, async () => {
        const items = await walk(`limit=70&sort=${sort}`);
        expect(idsOf(items)).to.have.members(records.map(({ _id }) => _id));
        const field = sort.replace('-', '') as 'title' | 'publishedAt';
        const compare = new Intl.Collator('en').compare;
        const expected = items.map((item) => item[field]).sort(compare);
        expect(items.map((item) => item[field])).to.deep.equal(
          sort.startsWith('-') ? expected.reverse() : expected,
        );
      });

      it(`by ${sort} neither repeat nor miss what stays, while others come and go between pages`, async () => {
        const passing = Array.from({ length: 60 }, (_, n) => record(n * 7, { tags: ['passing'] }));
        await videos().insertMany(passing);
        let round = 0;
        const items = await walk(`limit=29&sort=${sort}`, async () => {
          // Also the very item that the cursor names may be among those that go.
          await videos().deleteMany({ _id: { $in: passing.splice(0, 6).map(({ _id }) => _id) } });
          await videos().insertMany([0, 1, 2].map((n) => record(round + n * 13, { tags: ['passing'] })));
          round += 5;
        });
        await videos().deleteMany({ tags: 'passing' });
        expect(round).to.be.greaterThan(40);
        const ids = idsOf(items);
        expect(ids, 'none twice').to.have.length(new Set(ids).size);
        expect(ids).to.include.members(records.map(({ _id }) => _id));
      });
    }

    it('go on behind an item that was deleted', async () => {
      const extra = record(0, { publishedAt: new Date(Date.UTC(2025, 0, 2)) });
      const last = record(0, { publishedAt: new Date(Date.UTC(2025, 0, 1)) });
      await videos().insertMany([extra, last]);
      const first = await list('sort=publishedAt&limit=2');
      expect(idsOf(first.items)).to.deep.equal([last._id, extra._id]);
      await videos().deleteMany({ _id: { $in: [extra._id, last._id] } });
      const next = await list(`sort=publishedAt&limit=1&cursor=${first.nextCursor}`);
      expect(next.items[0]?.publishedAt).to.equal('2026-01-01T00:00:00.000Z');
    });

    it('are filtered by what is asked for', async () => {
      for (const [query, matches] of [
        ['category=rare', ({ category }: Record) => category === 'rare'],
        ['language=fi', ({ language }: Record) => language === 'fi'],
        ['tag=odd', ({ tags }: Record) => (tags as string[]).includes('odd')],
        [`ownerId=`, ({ ownerId }: Record) => ownerId === owner],
        [
          'category=rare&tag=odd&language=fi',
          ({ category, tags, language }: Record) =>
            category === 'rare' && language === 'fi' && (tags as string[]).includes('odd'),
        ],
        ['category=all', () => true],
        ['category=empty', () => false],
        ['region=FI', ({ regions }: Record) => !(regions as string[]).includes('GB')],
        ['region=JP', ({ regions }: Record) => (regions as string[]).length === 0],
        [
          'region=GB&category=rare',
          ({ regions, category }: Record) => category === 'rare' && !(regions as string[]).includes('FI'),
        ],
      ] as const) {
        const asked = query === 'ownerId=' ? `ownerId=${owner}` : query;
        for (const sort of sorts) {
          const expected = records.filter((one) => matches(one)).map(({ _id }) => _id);
          const limit = expected.length > 20 ? 100 : 4;
          expect(idsOf(await walk(`limit=${limit}&sort=${sort}&${asked}`)), query).to.have.members(expected);
        }
      }
    });

    it('of mine are filtered by visibility and state too', async () => {
      const mine = [
        record(0, { ownerId: owner, visibility: 'private', tags: ['mine'] }),
        record(0, { ownerId: owner, state: 'encoding', activeGeneration: null, tags: ['mine'] }),
        record(0, { ownerId: owner, state: 'draft', activeGeneration: null, tags: ['mine'] }),
      ];
      await videos().insertMany(mine);
      const [hidden, working] = mine.map(({ _id }) => _id);
      const ids = async (query: string) => idsOf((await list(`mine=true&tag=mine&${query}`, 'demo')).items);
      expect(await ids('')).to.have.members([hidden, working]);
      expect(await ids('visibility=private')).to.deep.equal([hidden]);
      expect(await ids('state=encoding')).to.deep.equal([working]);
      expect(await ids('state=encoding&visibility=private')).to.deep.equal([]);
      await videos().deleteMany({ tags: 'mine' });
    });

    for (const [query, pointer] of [
      ['sort=views', 'sort'],
      ['sort=-', 'sort'],
      ['visibility=private', 'visibility'],
      ['state=failed', 'state'],
      ['mine=true&state=draft', 'state'],
      ['mine=true&state=deleted', 'state'],
      ['category=Ä', 'category'],
      ['language=xx', 'language'],
      ['region=UK', 'region'],
      ['region=gb', 'region'],
      ['category[$ne]=x', 'category[$ne]'],
      ['tag=', 'tag'],
      ['ownerId=me', 'ownerId'],
      [`mine=true&ownerId=${'0'.repeat(24)}`, 'ownerId'],
      ['title=ape', 'title'],
    ] as const) {
      it(`are refused for ${query}, pointing at ${pointer}`, async () => {
        const { status, body } = await ask<Page>(system, 'GET', `/api/videos?${query}`, { as: 'demo' });
        expect(status).to.equal(400);
        expect(body.errors?.map((violation) => violation.pointer)).to.deep.equal([pointer]);
      });
    }
  });

  it('of a category that there is not are none', async () => {
    const { status, body } = await ask<{ code: string }>(system, 'GET', '/api/videos?category=none');
    expect([status, body.code]).to.deep.equal([404, 'unknown_category']);
  });

  describe('read an index', () => {
    type Profiled = {
      planSummary: string;
      docsExamined: number;
      keysExamined: number;
      hasSortStage?: boolean;
    };

    /** What the database did for a request, as it says itself. */
    async function profile(query: string, as?: 'demo'): Promise<Profiled> {
      const profiled = connection.collection('system.profile');
      await connection.db?.command({ profile: 0 });
      await profiled.drop().catch(() => {});
      await connection.db?.command({ profile: 2 });
      const { status } = await ask(system, 'GET', `/api/videos?${query}`, as ? { as } : {});
      await connection.db?.command({ profile: 0 });
      expect(status).to.equal(200);
      const found = await profiled.find({ op: 'query', 'command.find': 'videos' }).toArray();
      expect(found, 'one query').to.have.length(1);
      return found[0] as unknown as Profiled;
    }

    const limit = 5;
    const filters = [
      '',
      'category=all',
      'category=rare',
      'category=common',
      'language=fi',
      'tag=odd',
      'tag=all',
    ];
    for (const sort of sorts) {
      for (const filter of filters) {
        it(`and little more of it than they show: by ${sort}, ${filter || 'without a filter'}`, async () => {
          const query = `sort=${sort}&limit=${limit}&${filter}`;
          const { nextCursor } = await list(query);
          for (const page of [query, `${query}&cursor=${nextCursor}`]) {
            if (page.endsWith('null')) continue;
            const { planSummary, docsExamined, keysExamined, hasSortStage } = await profile(page);
            expect(planSummary)
              .to.match(/^IXSCAN/)
              .and.not.match(/COLLSCAN/);
            expect(hasSortStage, 'sorts by itself').to.not.equal(true);
            // On a later page those of the same value as the last item are looked at again: 50 of a title.
            expect(docsExamined).to.be.at.most(page === query ? limit + 1 : 60);
            expect(keysExamined).to.be.at.most(page === query ? limit + 2 : 62);
          }
        });
      }

      for (const filter of ['category=rare&language=en', 'tag=odd&category=common', 'tag=odd&language=en']) {
        it(`of the rarer filter when there are several: by ${sort}, ${filter}`, async () => {
          const { planSummary, docsExamined, hasSortStage } = await profile(
            `sort=${sort}&limit=50&${filter}`,
          );
          expect(planSummary)
            .to.match(/^IXSCAN/)
            .and.not.match(/COLLSCAN/);
          expect(hasSortStage).to.not.equal(true);
          expect(docsExamined).to.be.at.most(10);
        });
      }

      it(`of one owner: by ${sort}`, async () => {
        for (const [query, as] of [
          [`ownerId=${owner}&category=rare&`, undefined],
          ['mine=true&', 'demo'],
          ['mine=true&visibility=private&state=ready&category=rare&tag=odd&language=fi&', 'demo'],
        ] as const) {
          const { planSummary, docsExamined } = await profile(`${query}sort=${sort}`, as);
          expect(planSummary)
            .to.match(/^IXSCAN/)
            .and.not.match(/COLLSCAN/);
          expect(docsExamined, 'those of the owner').to.be.at.most(count / 10);
        }
      });
    }
  });

  for (const limit of ['0x10', '1e1', '%205', '5.0', '', '0', '101']) {
    it(`take a number by its digits alone, not "limit=${limit}"`, async () => {
      const { status, body } = await ask<Page>(system, 'GET', `/api/videos?limit=${limit}`);
      expect([status, body.errors?.[0]?.pointer]).to.deep.equal([400, 'limit']);
    });
  }

  describe('have cursors', () => {
    const refusal = async (query: string, as?: 'demo' | 'viewer') => {
      const { status, body } = await ask<Page>(system, 'GET', `/api/videos?${query}`, as ? { as } : {});
      return [status, ...(body.errors ?? []).map(({ pointer }) => pointer)];
    };

    it('that go on with another limit and other fields', async () => {
      const { nextCursor } = await list('limit=10');
      const next = await list(`limit=3&fields=title&cursor=${nextCursor}`);
      expect(next.items).to.have.length(3);
      expect(Object.keys(next.items[0] ?? {})).to.deep.equal(['title']);
    });

    it('that are short and mean nothing in another list', async () => {
      const { nextCursor } = await list('limit=10&category=common');
      expect(nextCursor?.length).to.be.lessThan(100);
      const cursor = `cursor=${nextCursor}`;
      expect(await refusal(`category=common&${cursor}`)).to.deep.equal([200]);
      for (const [other, as] of [
        ['', undefined],
        ['category=rare', undefined],
        ['category=common&sort=publishedAt', undefined],
        ['category=common&sort=title', undefined],
        ['category=common&tag=all', undefined],
        ['category=common&mine=true', 'demo'],
      ] as const) {
        expect(await refusal(`${other}&${cursor}`, as), other).to.deep.equal([400, 'cursor']);
      }
    });

    it('that are of one account where the list is', async () => {
      const { nextCursor } = await list('mine=true&limit=1', 'demo');
      const query = `mine=true&limit=1&cursor=${nextCursor}`;
      expect(await refusal(query, 'demo')).to.deep.equal([200]);
      expect(await refusal(query, 'viewer')).to.deep.equal([400, 'cursor']);
    });

    it('that nobody can make or change', async () => {
      const { nextCursor } = await list('limit=10');
      const [position = '', mac = ''] = nextCursor?.split('.') ?? [];
      const moved = Buffer.from(JSON.stringify([Date.UTC(2026, 0, 1), '0'.repeat(24), 'date']));
      for (const forged of [
        `${moved.toString('base64url')}.${mac}`,
        `${position}.`,
        `${position}.${mac.slice(1)}`,
        `${position}.${'A'.repeat(mac.length)}`,
        position,
        mac,
        '.',
        '%00',
        'null',
      ]) {
        expect(await refusal(`cursor=${forged}`), forged).to.deep.equal([400, 'cursor']);
      }
    });

    it('that hold a secret of the installation, and keep what they stand for', () => {
      const secret = 'one secret of 32 characters or so';
      for (const value of [new Date(0), 'Ä title, with "all" of it', 4.5]) {
        const place = { after: { value, id: newId() }, first: undefined };
        const cursor = encodeCursor(place, 'a list', secret);
        expect(decodeCursor(cursor, 'a list', secret)).to.deep.equal(place);
        expect(() => decodeCursor(cursor, 'a list', `${secret}.`)).to.throw(/same list/);
      }
    });
  });
});
