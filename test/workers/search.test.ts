import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import type { Video } from '../../shared/db/video-record.ts';
import type { SearchRow } from '../../shared/search/search-row.ts';
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
    expect(await terms.findOne({ _id: 'quokka' })).to.deep.equal({ _id: 'quokka', rows: 1 });
    expect((await row(videoId))?.heads).to.deep.equal(['quokka']);
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
