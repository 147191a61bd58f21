import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import type { SearchTerm } from '../../shared/db/search-find.ts';
import type { Video } from '../../shared/db/video-record.ts';
import { newId } from '../../shared/ids.ts';
import { isPair, manyPairs } from '../../shared/search/pairs.ts';
import { parseQuery } from '../../shared/search/parse-query.ts';
import type { SearchRow } from '../../shared/search/search-row.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

const least = 3;
const inAMinute = () => new Date(Date.now() + 60_000);
const later = () => new Date(Date.now() + 180_000);

/** Words that are alike in several languages, one in letters of another, and one that is in every title. */
const words = ['kalo', 'milo', 'renlo', 'stolo', 'talo', 'vello', 'iphone', 'обзор', 'дом', '15'];
const languages = ['en', 'fr', 'ru', null];

describe('pairs of common words', () => {
  let system: System;
  let connection: Connection;
  /** The words of each title, by id. */
  const titles = new Map<string, string[]>();

  before(async () => {
    system = await startSystem();
    connection = await createConnection(system.config.MONGO_URL).asPromise();
    const one = await videos().findOne({ _id: await videoIn('ready', system) });
    if (!one) throw new Error('There is no video.');
    const made = Array.from({ length: 480 }, (_, n): Video => {
      // Each word in fewer than a tenth of all, and with each other word in a few.
      const some = words.filter((_, w) => (Math.imul(n + 1, 2_654_435_761 + 40_503 * w) >>> 9) % 12 === 0);
      const title = ['video', ...some, `only${n}`];
      const _id = newId();
      titles.set(_id, title);
      const language = languages[n % languages.length] ?? null;
      return { ...one, _id, title: title.join(' '), language, searchStale: 'a' };
    });
    await videos().deleteOne({ _id: one._id });
    await videos().insertMany(made);
    await index();
  });
  after(async () => {
    await connection?.close();
    await system?.stop();
  });

  const search = () => system.context.db.search;
  const videos = () => connection.collection<Video>('videos');
  const rows = () => connection.collection<SearchRow>('search_rows');
  const paired = () => connection.collection<SearchTerm>('search_terms').countDocuments({ isPaired: true });
  async function index(): Promise<void> {
    while ((await search().indexStale()) > 0);
  }
  /** Of a row that has pairs, the other terms. */
  async function singles(_id: string): Promise<string[]> {
    const { terms = [] } = (await rows().findOne({ _id })) ?? {};
    expect(terms.some(isPair)).to.equal(true);
    return terms.filter((term) => !isPair(term));
  }
  async function repair(): Promise<number> {
    const { marked } = await search().repair('', 1000);
    await index();
    return marked;
  }
  async function found(q: string): Promise<string[]> {
    const page = { order: 'newest', page: 1, perPage: 500 } as const;
    const { items, total } = await search().find(parseQuery(q), {}, page);
    expect(items).to.have.length(total);
    return items.map(({ _id }) => _id).sort();
  }
  async function expectAllFound(): Promise<void> {
    const asked = words.flatMap((one, n) => words.slice(n + 1).map((other) => [one, other]));
    for (const some of [...asked, ['talo', 'vello', 'video'], ['milo'], ['kalo', 'only0']]) {
      const expected = [...titles].filter(([, title]) => some.every((word) => title.includes(word)));
      expect(await found(some.join(' ')), some.join(' ')).to.deep.equal(expected.map(([id]) => id).sort());
    }
  }

  it('are not relied on before there are any', async () => {
    expect(await search().choosePairs(least)).to.equal(true);
    expect(await search().choosePairs(least), 'again').to.equal(false);
    expect(await search().usePairs(later()), 'no row has them').to.equal(undefined);
    expect(await paired()).to.equal(0);
    await expectAllFound();
  });

  it('are relied on when every row has them, and no row can be late', async () => {
    expect(await repair()).to.equal(titles.size);
    expect(await repair()).to.equal(0);
    expect(await search().usePairs(inAMinute()), 'too soon').to.equal(undefined);
    expect(await search().usePairs(later())).to.equal(true);
    expect(await search().usePairs(later()), 'again').to.equal(undefined);
    expect(await paired()).to.be.greaterThan(15);
    await expectAllFound();
  });

  it('lead to rows: one that lost its pairs is not found until it is repaired', async () => {
    const [lost = ''] = await found('kalo milo');
    await rows().updateOne({ _id: lost }, { $set: { terms: await singles(lost) } });
    expect(await found('kalo milo')).not.to.include(lost);
    expect(await repair()).to.equal(1);
    expect(await found('kalo milo')).to.include(lost);
  });

  it('are not relied on while a row is of another release', async () => {
    const [foreign = ''] = await found('kalo milo');
    await rows().updateOne(
      { _id: foreign },
      { $set: { terms: await singles(foreign) }, $unset: { edition: '' } },
    );
    expect(await search().usePairs(later())).to.equal(false);
    expect(await paired()).to.equal(0);
    await expectAllFound();
    expect(await repair()).to.equal(1);
    expect(await search().usePairs(later())).to.equal(true);
    await expectAllFound();
  });

  it('are not needed of rows that would have too many', async () => {
    const [full = ''] = await found('kalo milo');
    await rows().updateOne({ _id: full }, { $set: { terms: [...(await singles(full)), manyPairs] } });
    await connection
      .collection<SearchTerm>('search_terms')
      .insertOne({ _id: manyPairs, rows: 1, seen: new Date() });
    await expectAllFound();
    expect(await repair()).to.equal(1);
  });

  it('are of what a title says now', async () => {
    const [changed = ''] = await found('kalo milo');
    titles.set(changed, ['renlo', 'stolo']);
    await videos().updateOne({ _id: changed }, { $set: { title: 'Renlo Stolo', searchStale: 'b' } });
    await index();
    await expectAllFound();
  });

  it('are chosen anew when other words become common, and leave before rows lose them', async () => {
    // Of a term that no row has any more the old count stays for an hour.
    const ids = (await found('kalo')).slice(2);
    for (const id of ids) {
      const title = (titles.get(id) ?? []).map((word) => (word === 'kalo' ? 'another' : word));
      titles.set(id, [...title, 'other', 'third']);
      await videos().updateOne(
        { _id: id },
        { $set: { title: `${title.join(' ')} other third`, searchStale: 'c' } },
      );
    }
    await index();
    await search().countTerms();
    const before = await paired();
    expect(await search().choosePairs(least)).to.equal(true);
    expect(await paired()).to.be.lessThan(before);
    await expectAllFound();
    await repair();
    await expectAllFound();
    expect(await search().usePairs(later())).to.equal(true);
    words.push('another', 'other', 'third');
    await expectAllFound();
  });
});
