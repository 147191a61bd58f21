import { expect } from 'chai';
import type { z } from 'zod';
import type { edit } from '../../shared/contracts/edits.ts';
import type { NewVideo } from '../../shared/db/video-record.ts';
import { remove } from '../../shared/pipeline.ts';
import { ask } from '../support/ask.ts';
import { type System, startSystem, until } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

type Page = { items: z.infer<typeof edit>[]; nextCursor: string | null };
type Login = 'demo' | 'viewer' | 'admin';

describe('the history of edits', () => {
  let system: System;
  const people: Partial<Record<Login, string>> = {};

  before(async () => {
    system = await startSystem({ PURGE_GRACE_SECONDS: '1' });
    for (const as of ['demo', 'admin'] as const) {
      people[as] = (await ask<{ userId: string }>(system, 'GET', '/api/auth/me', { as })).body.userId;
    }
  });
  after(() => system?.stop());

  const makeVideo = (about: Partial<NewVideo> = {}) =>
    videoIn('ready', system, { ownerId: people.demo ?? '', ...about });
  const change = (videoId: string, body: object, as: Login = 'demo', ifMatch = '*') =>
    ask(system, 'PATCH', `/api/videos/${videoId}`, { as, body, headers: { 'If-Match': ifMatch } });
  const read = (videoId: string, query = '', as: Login = 'admin') =>
    ask<Page>(system, 'GET', `/api/videos/${videoId}/edits${query}`, { as });

  it('tells who has changed what from what to what, the newest first', async () => {
    const publishedAt = new Date('2026-01-02T03:04:05Z');
    const videoId = await makeVideo({ title: 'Before', tags: ['a'], publishedAt });
    await change(videoId, { title: 'After', tags: ['a', 'b'], minimumAge: null, language: 'fi' });
    const publishAt = '2036-01-02T03:04:05.000Z';
    await change(videoId, { publishAt, commentsOff: true, regions: ['GB'] }, 'admin');
    const { body, headers } = await read(videoId);
    expect(headers.get('cache-control')).to.equal('no-store');
    expect(body.items.map(({ by, revision, changes }) => ({ by, revision, changes }))).to.deep.equal([
      {
        by: people.admin,
        revision: 3,
        changes: {
          commentsOff: { from: false, to: true },
          regions: { from: [], to: ['GB'] },
          publishedAt: { from: publishedAt.toISOString(), to: publishAt },
        },
      },
      {
        by: people.demo,
        revision: 2,
        changes: {
          title: { from: 'Before', to: 'After' },
          tags: { from: ['a'], to: ['a', 'b'] },
          language: { from: null, to: 'fi' },
        },
      },
    ]);
    for (const { at } of body.items) expect(new Date(at).getTime()).to.be.closeTo(Date.now(), 10_000);
  });

  it('comes page by page, of one video alone', async () => {
    const [videoId, other] = [await makeVideo(), await makeVideo()];
    for (const title of ['1', '2', '3', '4', '5']) await change(videoId, { title });
    await change(other, { title: 'other' });
    const titles: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: { body: Page } = await read(videoId, `?limit=2${cursor && `&cursor=${cursor}`}`);
      expect(body.items.length).to.be.at.most(2);
      titles.push(...body.items.map(({ changes }) => changes.title?.to));
      cursor = body.nextCursor;
      if (cursor) expect((await read(other, `?limit=2&cursor=${cursor}`)).status).to.equal(400);
    }
    expect(titles).to.deep.equal(['5', '4', '3', '2', '1']);
    const first = (await read(videoId, '?sort=revision&limit=1')).body.items[0];
    expect(first?.changes.title).to.deep.equal({ from: 'A title', to: '1' });
  });

  it('has what happened in the order in which it did, when many edit at once', async () => {
    const videoId = await makeVideo({ title: '-' });
    const titles = Array.from({ length: 12 }, (_, n) => `${n}`);
    await Promise.all(titles.map((title) => change(videoId, { title })));
    const { items } = (await read(videoId, '?sort=revision')).body;
    expect(items.map(({ revision }) => revision)).to.deep.equal(titles.map((_, n) => n + 2));
    expect(items.map(({ changes }) => changes.title?.to)).to.have.members(titles);
    const before = items.map(({ changes }) => changes.title?.from);
    expect(before).to.deep.equal(['-', ...items.slice(0, -1).map(({ changes }) => changes.title?.to)]);
  });

  it('has nothing of what was refused', async () => {
    const videoId = await makeVideo();
    await change(videoId, { title: 'x' }, 'viewer');
    await change(videoId, { title: 'x' }, 'demo', '"r7"');
    await change(videoId, { title: '' });
    expect((await read(videoId)).body.items).to.deep.equal([]);
  });

  it('is written with the change: without the entry there is no change', async () => {
    const videoId = await makeVideo({ title: 'Before' });
    const { edits, videos } = system.context.db;
    const { add } = edits;
    edits.add = async () => {
      throw new Error('no room');
    };
    try {
      expect((await change(videoId, { title: 'After' })).status).to.equal(500);
    } finally {
      edits.add = add;
    }
    expect(await videos.find(videoId)).to.include({ title: 'Before', revision: 1 });
  });

  it('is for moderators: neither for the owner nor for others', async () => {
    const videoId = await makeVideo();
    for (const as of ['demo', 'viewer'] as const) expect((await read(videoId, '', as)).status).to.equal(403);
    expect((await read('0'.repeat(24))).status).to.equal(404);
  });

  it('goes with what people wrote, once a deleted video is purged', async () => {
    const { db } = system.context;
    const videoId = await makeVideo({ channelTitle: 'Demo Creator' });
    await change(videoId, { title: 'A secret' });
    const kept = await makeVideo();
    await change(kept, { title: 'stays' });
    const found = await db.videos.find(videoId);
    if (found) await remove(system.context, found);
    await system.startWorker();
    await until('purge', async () => (await db.videos.find(videoId))?.purgedAt ?? undefined);
    const page = { order: { field: 'revision', direction: -1 }, limit: 9 } as const;
    expect(await db.edits.page(videoId, page)).to.deep.equal([]);
    expect(await db.videos.find(videoId)).to.include({ title: '', channelTitle: '' });
    expect((await read(kept)).body.items).to.have.length(1);
  });
});
