import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import type { SearchTerm } from '../../shared/db/search-find.ts';
import type { SearchWord } from '../../shared/db/search-suggest.ts';
import type { Video } from '../../shared/db/video-record.ts';
import { beginningsOf, type SearchRow } from '../../shared/search/search-row.ts';
import { repairSearch } from '../../workers/repair-search.ts';
import type { Step } from '../../workers/run.ts';
import { ask } from '../support/ask.ts';
import { type System, startSystem, until } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

type Page = { items: { title: string }[]; total: number };

describe('what search knows', () => {
  let system: System;
  let connection: Connection;

  before(async () => {
    system = await startSystem({ WORKER_QUEUES: 'search' });
    connection = await createConnection(system.config.MONGO_URL).asPromise();
  });
  after(async () => {
    await connection?.close();
    await system?.stop();
  });

  const db = () => system.context.db;
  const rows = () => connection.collection<SearchRow>('search_rows');
  const videos = () => connection.collection<Video>('videos');
  const row = (_id: string) => rows().findOne({ _id });
  const stale = async (_id: string) => (await videos().findOne({ _id }))?.searchStale;
  async function index(): Promise<void> {
    while ((await db().search.indexStale()) > 0);
  }
  const find = async (q: string) => (await ask<Page>(system, 'GET', `/api/search?q=${q}`)).body;

  it('is marked by each write that matters, and by no other', async () => {
    const videoId = await videoIn('ready', system, { title: 'capybara' });
    const about = await db().videos.find(videoId);
    const owner = { _id: about?.ownerId ?? '', status: 'suspended', revision: 1 };
    const writes: [string, () => Promise<unknown>][] = [
      ['ready', async () => {}],
      [
        'an edit',
        () => db().transaction((session) => db().videos.change(videoId, undefined, { title: 'b' }, session)),
      ],
      ['the owner', () => db().owned.setStatus(owner as never)],
      ['touch', () => db().transaction((session) => db().search.touch([videoId], session))],
      [
        'deleted',
        () =>
          db().transaction((session) => db().videos.move({ videoId, generation: 1 }, 'deleted', {}, session)),
      ],
    ];
    for (const [what, write] of writes) {
      await write();
      expect(await stale(videoId), what).to.match(/^[0-9a-f]{24}$/);
      await index();
      expect(await stale(videoId), what).to.equal(undefined);
    }
    await db().videos.heard({ videoId, generation: 1 }, 'deleted');
    expect(await stale(videoId)).to.equal(undefined);
  });

  it('follows a video through its life', async () => {
    const videoId = await videoIn('ready', system, { title: 'tapir one' });
    await index();
    expect((await row(videoId))?.heads).to.deep.equal(['tapir', 'one']);
    const change = (about: object) =>
      db().transaction((session) => db().videos.change(videoId, undefined, about, session));
    await change({ title: 'tapir two', regions: ['GB'] });
    await index();
    expect(await row(videoId)).to.deep.include({ heads: ['tapir', 'two'], regions: ['GB'] });
    await change({ visibility: 'unlisted' });
    await index();
    expect(await row(videoId)).to.equal(null);
    await change({ visibility: 'public' });
    await index();
    expect((await find('tapir')).total).to.equal(1);
    await db().transaction((session) => db().videos.move({ videoId, generation: 1 }, 'deleted', {}, session));
    await index();
    expect(await row(videoId)).to.equal(null);
  });

  it('loses nothing when several write it at once, while the videos change', async () => {
    const ids = await Promise.all(
      Array.from({ length: 12 }, (_, n) => videoIn('ready', system, { title: `gnu start${n}` })),
    );
    const change = (id: string, title: string) =>
      db().transaction((session) => db().videos.change(id, undefined, { title }, session));
    let isChanging = true;
    const indexers = Array.from({ length: 3 }, async () => {
      while (isChanging) await db().search.indexStale();
    });
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(ids.map((id, n) => change(id, `gnu round${round}n${n}`)));
    }
    isChanging = false;
    await Promise.all(indexers);
    await index();
    const heads = await Promise.all(ids.map(async (id) => (await row(id))?.heads[1]));
    expect(heads).to.deep.equal(ids.map((_, n) => `round4n${n}`));
    const noted = await connection.collection('search_terms').countDocuments({ _id: /^round4n/ as never });
    expect(noted).to.equal(12);
  });

  it('is repaired where nobody has marked a change', async () => {
    const kept = await videoIn('ready', system, { title: 'okapi kept' });
    const changed = await videoIn('ready', system, { title: 'okapi before' });
    const lost = await videoIn('ready', system, { title: 'okapi lost' });
    const extra = await videoIn('ready', system, { title: 'okapi extra' });
    await index();
    await videos().updateOne({ _id: changed }, { $set: { title: 'okapi after' } });
    await videos().updateOne({ _id: extra }, { $set: { visibility: 'private' } });
    await rows().deleteOne({ _id: lost });
    let [marked, after] = [0, '' as string | null];
    while (after !== null) {
      const page = await db().search.repair(after, 5);
      marked += page.marked;
      after = page.next;
    }
    expect(marked).to.equal(3);
    expect(await stale(kept)).to.equal(undefined);
    await index();
    expect((await find('okapi')).total).to.equal(3);
    expect((await row(changed))?.heads).to.deep.equal(['okapi', 'after']);
  });

  it('is written anew from the records alone', async () => {
    const videoId = await videoIn('ready', system, { title: 'quokka' });
    await index();
    for (const name of ['search_rows', 'search_terms', 'search_words']) {
      await connection.collection(name).deleteMany({});
    }
    expect((await find('quokka')).total).to.equal(0);
    await db().search.markAll();
    await index();
    await db().search.countTerms();
    expect((await find('quokka')).total).to.equal(1);
    const terms = connection.collection<{ _id: string; rows: number }>('search_terms');
    expect(await terms.findOne({ _id: 'quokka' })).to.include({ rows: 1 });
    expect((await row(videoId))?.heads).to.deep.equal(['quokka']);
  });

  it('counts terms and words as the rows have them, also while others write', async () => {
    const terms = connection.collection<SearchTerm>('search_terms');
    const words = connection.collection<SearchWord>('search_words');
    const [low] = [
      await videoIn('ready', system, { title: 'markhor 𠮷野家' }),
      await videoIn('ready', system, { title: 'markhor addax' }),
    ];
    await videos().updateOne({ _id: low }, { $set: { views: 7, searchStale: 'a' } });
    await index();
    const beginnings = (await words.find().sort({ _id: 1 }).toArray()).map((word) => word.beginnings);
    await words.deleteMany({ _id: { $ne: 'markhor' } });
    await words.updateOne({ _id: 'markhor' }, { $set: { best: 1e6 } });
    await terms.updateOne({ _id: 'markhor' }, { $inc: { rows: 40 } });
    const longAgo = new Date(Date.now() - 3_700_000);
    for (const [word, seen] of [
      ['longgone', longAgo],
      ['justnoted', new Date()],
    ] as const) {
      await terms.insertOne({ _id: word, rows: 3, seen });
      await words.insertOne({ _id: word, beginnings: [], best: 3, seen });
    }
    await terms.updateMany({ _id: 'markhor' }, { $set: { seen: longAgo } });
    const step = { tools: system.context, log: system.context.log } as unknown as Step;
    await repairSearch(step);
    expect(await terms.findOne({ _id: 'longgone' })).to.equal(null);
    expect((await terms.findOne({ _id: 'markhor' }))?.rows).to.equal(2);
    expect((await words.findOne({ _id: 'markhor' }))?.best).to.equal(7);
    expect(await words.findOne({ _id: 'longgone' })).to.equal(null);
    for (const collection of [terms, words]) {
      expect((await collection.findOne({ _id: 'justnoted' } as object))?._id).to.equal('justnoted');
      await collection.deleteOne({ _id: 'justnoted' } as object);
    }
    const anew = await words.find().sort({ _id: 1 }).toArray();
    for (const { _id, beginnings } of anew) expect(beginnings).to.deep.equal(beginningsOf(_id));
    expect(anew.map((word) => word._id)).to.include.members(['𠮷', 'addax']);
    expect(beginnings).to.deep.include.members(anew.map((word) => word.beginnings));
    await terms.insertOne({ _id: 'longgone', rows: 3, seen: longAgo });
    await repairSearch(step);
    expect((await terms.findOne({ _id: 'longgone' }))?._id, 'once a day').to.equal('longgone');
  });

  it('finds within moments what a running system has changed', async () => {
    await system.startWorker();
    const videoId = await videoIn('ready', system, { title: 'fennec' });
    await until('the video in search', async () => (await find('fennec')).total === 1, 5);
    await db().transaction((session) =>
      db().videos.change(videoId, undefined, { title: 'caracal' }, session),
    );
    await until('its new title', async () => (await find('caracal')).total === 1, 5);
    expect((await find('fennec')).total).to.equal(0);
  });
});
