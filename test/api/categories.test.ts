import { expect } from 'chai';
import type { CategoryBranch } from '../../shared/contracts/categories.ts';
import { type Answer, ask } from '../support/ask.ts';
import { makeCategories } from '../support/categories.ts';
import { backdate, type System, startSystem, until } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

type Tree = { items: CategoryBranch[]; countedAt: string };
type Kept = { categoryId: string; parentId: string | null; revision: number; names: object; order: number };
type Refused = { code: string; detail: string; errors?: { pointer: string }[] };

describe('categories', () => {
  let system: System;

  before(async () => {
    system = await startSystem();
  });
  after(() => system?.stop());

  const read = (query = '', headers = {}) => ask<Tree>(system, 'GET', `/api/categories${query}`, { headers });
  const change = (
    method: string,
    id: string,
    body?: object,
    ifMatch?: string,
  ): Promise<Answer<Kept & Refused>> =>
    ask(system, method, `/api/categories${id}`, {
      as: 'admin',
      ...(body ? { body } : {}),
      headers: ifMatch ? { 'If-Match': ifMatch } : {},
    });
  const add = (categoryId: string, about: object = {}) =>
    change('POST', '', { categoryId, names: { en: categoryId }, ...about });
  const said = ({ status, body }: Answer<Refused>) => [
    status,
    body?.code,
    ...(body?.errors ?? []).map(({ pointer }) => pointer),
  ];

  function branch(branches: CategoryBranch[], id: string): CategoryBranch | undefined {
    for (const one of branches) {
      const found = one.categoryId === id ? one : branch(one.children, id);
      if (found) return found;
    }
    return undefined;
  }
  const inTree = async (id: string, query = '') => branch((await read(query)).body.items, id);

  describe('as a tree', () => {
    it('are there from the start, with names in the language that is asked for', async () => {
      const german = (await read('?language=de')).body.items;
      expect(german.map(({ categoryId }) => categoryId)).to.include.members([
        'nature',
        'music',
        'news',
        'sport',
      ]);
      expect(branch(german, 'nature')).to.deep.include({ name: 'Natur', language: 'de' });
      expect(branch(german, 'nature')?.children.map(({ name }) => name)).to.deep.equal(['Tiere']);
      expect(await inTree('music', '?language=ar')).to.include({ name: 'موسيقى', language: 'ar' });
      expect(await inTree('music')).to.include({ name: 'Music', language: 'en' });
    });

    it('fall back to English, then to any name that there is', async () => {
      await add('named', { names: { en: 'Named', fr: 'Nommé' } });
      await add('french', { names: { fr: 'Seulement' } });
      expect(await inTree('named', '?language=cy')).to.include({ name: 'Named', language: 'en' });
      expect(await inTree('french', '?language=cy')).to.include({ name: 'Seulement', language: 'fr' });
    });

    it('stand by their order, and by name where that is the same', async () => {
      const names = [
        ['last', 'a', 9],
        ['second', 'Öl', 3],
        ['first', 'ape', 3],
        ['third', 'zoo', 3],
      ] as const;
      await add('ordered');
      for (const [id, en, order] of names) await add(id, { names: { en }, order, parentId: 'ordered' });
      const children = (await inTree('ordered'))?.children.map(({ categoryId }) => categoryId);
      expect(children).to.deep.equal(['first', 'second', 'third', 'last']);
    });

    it('may be kept by every cache for a day, and are known again by their tag', async () => {
      const first = await read();
      expect(first.headers.get('cache-control')).to.equal('public, max-age=86400');
      const etag = first.headers.get('etag') ?? '';
      expect((await read('', { 'If-None-Match': etag })).status).to.equal(304);
      await add('new-one');
      expect((await read('', { 'If-None-Match': etag })).status).to.equal(200);
    });

    for (const query of ['?language=xx', '?language=english', '?language=', '?depth=1']) {
      it(`are refused for ${query}`, async () => {
        expect((await read(query)).status).to.equal(400);
      });
    }

    it('count the videos that everyone may see, in a category and below it', async () => {
      const other = await startSystem();
      try {
        await makeCategories(other, 'top', 'top/middle', 'middle/low');
        const about = [
          { category: 'top' },
          { category: 'middle' },
          { category: 'low' },
          { category: 'low', regions: ['FI'] },
          { category: 'low', visibility: 'private' as const },
          { category: 'low', publishedAt: new Date(Date.now() + 60_000) },
          { category: 'no-longer' },
        ];
        for (const one of about) await videoIn('ready', other, one);
        await videoIn('encoding', other, { category: 'low' });
        const counted = async () => {
          const { items } = (await ask<Tree>(other, 'GET', '/api/categories')).body;
          return ['top', 'middle', 'low', 'music'].map((id) => branch(items, id)?.videos);
        };
        expect(await counted()).to.deep.equal([4, 3, 2, 0]);
        await videoIn('ready', other, { category: 'low' });
        expect(await counted(), 'some minutes old').to.deep.equal([4, 3, 2, 0]);
        await backdate(other, 'category_counts', 'all', 'claimedAt', 301);
        await other.startWorker();
        await until('a new count', async () => (await counted())[0] === 5);
        expect(await counted()).to.deep.equal([5, 4, 3, 0]);
      } finally {
        await other.stop();
      }
    });
  });

  describe('are kept by administrators:', () => {
    it('added, read, changed by who has seen them, and removed', async () => {
      const made = await add('kept', { names: { en: ' Kept ', de: 'Behalten' }, order: 4 });
      expect([made.status, made.headers.get('location')]).to.deep.equal([201, '/api/categories/kept']);
      const kept = { categoryId: 'kept', parentId: null, names: { en: 'Kept', de: 'Behalten' }, order: 4 };
      const found = await ask<Kept>(system, 'GET', '/api/categories/kept');
      expect(found.body).to.deep.equal({ ...kept, revision: 1 });
      const seen = found.headers.get('etag') ?? '';
      const names = { en: 'Renamed' };
      expect(said(await change('PATCH', '/kept', { names }))).to.deep.equal([428, 'if_match_needed']);
      const changed = await change('PATCH', '/kept', { names, parentId: 'music' }, seen);
      expect(changed.body).to.deep.equal({ ...kept, names, parentId: 'music', revision: 2 });
      expect(said(await change('PATCH', '/kept', { order: 1 }, seen))).to.deep.equal([
        412,
        'changed_meanwhile',
      ]);
      expect((await inTree('music'))?.children.map(({ name }) => name)).to.deep.equal(['Renamed']);
      expect((await change('DELETE', '/kept')).status).to.equal(204);
      expect(said(await ask(system, 'GET', '/api/categories/kept'))).to.deep.equal([404, 'unknown_category']);
      for (const [method, body] of [
        ['PATCH', { order: 1 }],
        ['DELETE', undefined],
      ] as const)
        expect(said(await change(method, '/kept', body, '*'))).to.deep.equal([404, 'unknown_category']);
      expect((await inTree('music'))?.children).to.deep.equal([]);
    });

    it('one of a new id at once is what a video may be about', async () => {
      const upload = (category: string) =>
        ask<Refused>(system, 'POST', '/api/uploads', {
          as: 'demo',
          body: { filename: 'a.mp4', size: 9, type: 'video/mp4', category },
        });
      expect(said(await upload('fresh'))).to.deep.equal([400, 'invalid_request', '/category']);
      await add('fresh');
      expect((await upload('fresh')).status).to.equal(201);
    });

    it('never two of one id, never within themselves', async () => {
      expect(said(await add('music'))).to.deep.equal([409, 'category_exists']);
      await makeCategories(system, 'a1', 'a1/a2', 'a2/a3');
      for (const parentId of ['a1', 'a2', 'a3']) {
        const answer = await change('PATCH', '/a1', { parentId }, '*');
        expect(said(answer), parentId).to.deep.equal([400, 'invalid_request', '/parentId']);
      }
      expect((await change('PATCH', '/a3', { parentId: 'a1' }, '*')).status).to.equal(200);
    });

    it('also not when two are moved below each other at the same moment', async () => {
      for (let round = 0; round < 8; round += 1) {
        const [a, b] = [`left-${round}`, `right-${round}`];
        await makeCategories(system, a, b, `${a}/${a}-low`, `${b}/${b}-low`);
        const moves = await Promise.all([
          change('PATCH', `/${a}`, { parentId: `${b}-low` }, '*'),
          change('PATCH', `/${b}`, { parentId: `${a}-low` }, '*'),
        ]);
        expect(moves.map(({ status }) => status).sort()).to.deep.equal([200, 400]);
      }
    });

    it('not removed while a video or another category is in them', async () => {
      await makeCategories(system, 'parent', 'parent/child', 'playing', 'working');
      await videoIn('ready', system, { category: 'playing', visibility: 'private' });
      await videoIn('draft', system, { category: 'working' });
      for (const id of ['parent', 'playing', 'working']) {
        expect(said(await change('DELETE', `/${id}`)), id).to.deep.equal([409, 'category_in_use']);
      }
      expect((await change('DELETE', '/child')).status).to.equal(204);
      expect((await change('DELETE', '/parent')).status).to.equal(204);
    });

    it('not removed while another one comes into them', async () => {
      for (let round = 0; round < 8; round += 1) {
        const id = `going-${round}`;
        await makeCategories(system, id);
        const [removed, added] = await Promise.all([
          change('DELETE', `/${id}`),
          add(`coming-${round}`, { parentId: id }),
        ]);
        expect([
          [204, 400],
          [409, 201],
        ]).to.deep.include([removed.status, added.status]);
      }
    });

    it('not removed while a video comes into them, changed or new', async () => {
      const upload = (more: object) => {
        const body = { filename: 'a.mp4', size: 1000, type: 'video/mp4', ...more };
        return ask<{ videoId: string }>(system, 'POST', '/api/uploads', { as: 'admin', body });
      };
      const { videoId } = (await upload({})).body;
      for (let round = 0; round < 12; round += 1) {
        const category = `leaving-${round}`;
        await makeCategories(system, category);
        const isNew = round % 2 === 0;
        const [removed, taken] = await Promise.all([
          change('DELETE', `/${category}`),
          isNew ? upload({ category }) : change('PATCH', `/../videos/${videoId}`, { category }, '*'),
        ]);
        expect([
          [204, 400],
          [409, isNew ? 201 : 200],
        ]).to.deep.include([removed.status, taken.status]);
      }
    });

    for (const [body, pointer] of [
      [{ categoryId: 'Nature', names: { en: 'x' } }, '/categoryId'],
      [{ categoryId: 'ok', names: {} }, '/names'],
      [{ categoryId: 'ok', names: { en: '' } }, '/names/en'],
      [{ categoryId: 'ok', names: { en: 'x'.repeat(101) } }, '/names/en'],
      [{ categoryId: 'ok', names: { xx: 'x' } }, '/names/xx'],
      [{ categoryId: 'ok', names: { $ne: 'x' } }, '/names/$ne'],
      [{ categoryId: 'ok', names: { en: 'x' }, parentId: 'nothing' }, '/parentId'],
      [{ categoryId: 'ok', names: { en: 'x' }, order: -1 }, '/order'],
      [{ categoryId: 'ok', names: { en: 'x' }, videos: 1 }, '/videos'],
    ] as const) {
      it(`are refused as ${JSON.stringify(body).slice(0, 70)}, pointing at ${pointer}`, async () => {
        expect(said(await change('POST', '', body))).to.deep.equal([400, 'invalid_request', pointer]);
      });
    }
  });
});
