import { expect } from 'chai';
import { createConnection } from 'mongoose';
import type { VideoReply } from '../../scripts/client.ts';
import type { NewVideo } from '../../shared/db/video-record.ts';
import { remove } from '../../shared/pipeline.ts';
import { type Answer, ask } from '../support/ask.ts';
import { makeCategories } from '../support/categories.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn, type way } from '../support/videos.ts';

type Reply = VideoReply & { code: string; errors?: { pointer: string; message: string }[] };

describe('changing a video', () => {
  let system: System;
  let owner: string;

  before(async () => {
    system = await startSystem();
    await makeCategories(system, 'hidden', 'before', 'after');
    owner = (await ask<{ userId: string }>(system, 'GET', '/api/auth/me', { as: 'demo' })).body.userId;
  });
  after(() => system.stop());

  const makeVideo = (about: Partial<NewVideo> = {}, state: (typeof way)[number] = 'ready') =>
    videoIn(state, system, { ownerId: owner, ...about });
  const read = (videoId: string, as: 'demo' | 'viewer' | 'admin' = 'demo') =>
    ask<Reply>(system, 'GET', `/api/videos/${videoId}`, { as });
  const change = (
    videoId: string,
    body: object,
    ifMatch: string | null = '*',
    as: 'demo' | 'viewer' | 'admin' = 'demo',
  ): Promise<Answer<Reply>> =>
    ask<Reply>(system, 'PATCH', `/api/videos/${videoId}`, {
      as,
      body,
      headers: ifMatch === null ? {} : { 'If-Match': ifMatch },
    });
  const etag = ({ headers }: Answer<unknown>) => headers.get('etag') ?? '';

  const whole = {
    title: 'Another title',
    description: 'It is about something else.',
    tags: ['one', 'two'],
    category: 'nature',
    language: 'ar',
    visibility: 'unlisted',
    regions: ['GB', 'AX'],
    minimumAge: 12,
    commentsOff: true,
  };

  it('replaces what is named, keeps what is not, and gives the video as a GET does', async () => {
    const videoId = await makeVideo({ category: 'music', language: 'en', tags: ['old'] });
    const before = await read(videoId);
    const changed = await change(videoId, { title: '  New  ' }, etag(before));
    expect(changed.status).to.equal(200);
    expect(changed.body).to.deep.equal({
      ...before.body,
      title: 'New',
      revision: before.body.revision + 1,
    });
    const after = await read(videoId);
    expect([after.text, etag(after)]).to.deep.equal([changed.text, etag(changed)]);
    expect((await change(videoId, whole, etag(after))).body)
      .to.include({ revision: 3 })
      .and.deep.include(whole);
    const cleared = await change(videoId, { category: null, language: null, description: '', tags: [] });
    expect(cleared.body).to.deep.include({ category: null, language: null, description: '', tags: [] });
    expect(cleared.body).to.include({ title: whole.title, visibility: 'unlisted', revision: 4 });
  });

  it('needs to know which revision is meant', async () => {
    const videoId = await makeVideo();
    const { status, body } = await change(videoId, { title: 'x' }, null);
    expect([status, body.code]).to.deep.equal([428, 'if_match_needed']);
    expect((await read(videoId)).body).to.include({ title: 'A title', revision: 1 });
  });

  it('is refused when somebody else has changed it since', async () => {
    const videoId = await makeVideo();
    const seen = etag(await read(videoId));
    expect((await change(videoId, { title: 'first' }, seen)).status).to.equal(200);
    const { status, body } = await change(videoId, { title: 'second' }, seen);
    expect([status, body.code]).to.deep.equal([412, 'changed_meanwhile']);
    expect((await read(videoId)).body.title).to.equal('first');
  });

  it('lets exactly one of many win who edit at the same moment', async () => {
    const videoId = await makeVideo();
    for (let round = 1; round <= 3; round += 1) {
      const seen = etag(await read(videoId));
      const titles = Array.from({ length: 8 }, (_, n) => `round ${round}, editor ${n}`);
      const answers = await Promise.all(titles.map((title) => change(videoId, { title }, seen)));
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).to.have.length(1);
      expect(statuses.filter((status) => status === 412)).to.have.length(titles.length - 1);
      const { body } = await read(videoId);
      expect(body).to.include({ title: titles[statuses.indexOf(200)], revision: round + 1 });
    }
  });

  it('works while the video is encoded: what happens by itself is no change of the revision', async () => {
    const videoId = await makeVideo({}, 'encoding');
    const seen = await read(videoId);
    const attempt = { videoId, generation: 1 };
    await system.context.db.videos.becamePlayable(attempt);
    const later = await read(videoId);
    expect(etag(later), 'another reply').not.to.equal(etag(seen));
    const changed = await change(videoId, { title: 'Meanwhile' }, etag(seen));
    expect([changed.status, changed.body.title]).to.deep.equal([200, 'Meanwhile']);
  });

  it('counts videos from before there were revisions as the first', async () => {
    const videoId = await makeVideo();
    const connection = await createConnection(system.config.MONGO_URL).asPromise();
    await connection
      .collection<{ _id: string }>('videos')
      .updateOne({ _id: videoId }, { $unset: { revision: 1 } });
    await connection.close();
    const seen = await read(videoId);
    expect(seen.body.revision).to.equal(0);
    expect((await change(videoId, { title: 'x' }, etag(seen))).body.revision).to.equal(1);
    expect((await change(videoId, { title: 'y' }, etag(seen))).status).to.equal(412);
  });

  for (const [body, pointer] of [
    [{}, '/'],
    [{ title: '' }, '/title'],
    [{ title: '  ' }, '/title'],
    [{ title: null }, '/title'],
    [{ title: 'x'.repeat(201) }, '/title'],
    [{ description: null }, '/description'],
    [{ tags: null }, '/tags'],
    [{ tags: ['a', ''] }, '/tags/1'],
    [{ category: 'No Such' }, '/category'],
    [{ category: 'no-such' }, '/category'],
    [{ language: 'english' }, '/language'],
    [{ language: 'xx' }, '/language'],
    [{ regions: null }, '/regions'],
    [{ regions: ['GB', 'UK'] }, '/regions/1'],
    [{ regions: ['gb'] }, '/regions/0'],
    [{ regions: Array.from({ length: 251 }, () => 'GB') }, '/regions'],
    [{ minimumAge: 22 }, '/minimumAge'],
    [{ minimumAge: -1 }, '/minimumAge'],
    [{ minimumAge: 6.5 }, '/minimumAge'],
    [{ publishAt: 'tomorrow' }, '/publishAt'],
    [{ publishAt: '9999-12-31T23:59:59-23:59' }, '/publishAt'],
    [{ publishAt: new Date(Date.now() - 1000) }, '/publishAt'],
    [{ title: 'x', publishedAt: new Date() }, '/publishedAt'],
    [{ commentsOff: null }, '/commentsOff'],
    [{ title: 'x', takenDown: null }, '/takenDown'],
    [{ title: 'x', channelTitle: 'x' }, '/channelTitle'],
    [{ visibility: null }, '/visibility'],
    [{ visibility: 'secret' }, '/visibility'],
    [{ title: 'x', ownerId: 'me' }, '/ownerId'],
    [{ title: 'x', state: 'ready' }, '/state'],
    [{ title: 'x', revision: 9 }, '/revision'],
    [{ title: { $gt: '' } }, '/title'],
  ] as const) {
    it(`is refused for ${JSON.stringify(body).slice(0, 60)}, pointing at ${pointer}`, async () => {
      const videoId = await makeVideo();
      const answer = await change(videoId, body);
      expect([answer.status, answer.body.code]).to.deep.equal([400, 'invalid_request']);
      expect(answer.body.errors?.map((violation) => violation.pointer)).to.deep.equal([pointer]);
      expect((await read(videoId)).body.revision).to.equal(1);
    });
  }

  it('is for the owner and for those who oversee', async () => {
    const videoId = await makeVideo();
    const hidden = await makeVideo({ visibility: 'private' });
    expect((await change(videoId, { title: 'x' }, '*', 'viewer')).status).to.equal(403);
    expect((await change(hidden, { title: 'x' }, '*', 'viewer')).status).to.equal(404);
    expect(
      (await change(hidden, { title: 'x' }, null, 'viewer')).status,
      'no hint that it is there',
    ).to.equal(404);
    const anonymous = await ask(system, 'PATCH', `/api/videos/${videoId}`, { body: { title: 'x' } });
    expect(anonymous.status).to.equal(401);
    expect((await change(hidden, { title: 'by an administrator' }, '*', 'admin')).status).to.equal(200);
  });

  it('finds nothing once the video is deleted', async () => {
    const videoId = await makeVideo();
    const found = await system.context.db.videos.find(videoId);
    if (found) await remove(system.context, found);
    expect((await change(videoId, { title: 'x' })).status).to.equal(404);
    const { transaction, videos } = system.context.db;
    const late = transaction((session) => videos.change(videoId, undefined, { title: 'x' }, session));
    expect(await late).to.equal(undefined);
  });

  it('of its visibility counts at once in lists, for playing and for who reads it', async () => {
    const videoId = await makeVideo({ category: 'hidden' });
    /** The limit differs from any before, since a region's list may be a second old. */
    let limit = 100;
    const seen = async (as: 'viewer' | 'demo') => {
      limit -= 1;
      const inList = async (path: string) =>
        (await ask(system, 'GET', path, { as })).text.includes(`"${videoId}"`);
      return {
        list: await inList('/api/videos?category=hidden'),
        mine: await inList('/api/videos?category=hidden&mine=true'),
        trending: await inList(`/api/trending/GB?limit=${limit}`),
        read: (await read(videoId, as)).status,
        playback: (await ask(system, 'GET', `/api/videos/${videoId}/playback`, { as })).status,
        watch: (await ask(system, 'GET', `/watch/${videoId}`, { as })).status,
      };
    };
    const open = { read: 200, playback: 200, watch: 200 };
    const shut = { read: 404, playback: 404, watch: 404 };
    const nowhere = { list: false, mine: false, trending: false };
    expect(await seen('viewer')).to.deep.equal({ ...open, list: true, mine: false, trending: true });
    await change(videoId, { visibility: 'unlisted' });
    expect(await seen('viewer')).to.deep.equal({ ...open, ...nowhere });
    await change(videoId, { visibility: 'private' });
    expect(await seen('viewer')).to.deep.equal({ ...shut, ...nowhere });
    expect(await seen('demo')).to.deep.equal({ ...open, ...nowhere, mine: true });
    await change(videoId, { visibility: 'public' });
    expect(await seen('viewer')).to.deep.equal({ ...open, list: true, mine: false, trending: true });
  });

  it('keeps a word or a region that comes again once, however its letters are composed', async () => {
    const videoId = await makeVideo();
    const given = { tags: [' été ', 'e\u0301te\u0301', 'Été'], regions: ['US', 'GB', 'US'] };
    const { body } = await change(videoId, given);
    expect(body).to.deep.include({ tags: ['été', 'Été'], regions: ['US', 'GB'] });
    const tag = encodeURIComponent('e\u0301te\u0301');
    const found = await ask<{ items: object[] }>(system, 'GET', `/api/videos?tag=${tag}`);
    expect(found.body.items).to.have.length(1);
  });

  it('leaves a category that has gone as long as nobody names another', async () => {
    const videoId = await makeVideo({ category: 'gone' });
    expect((await change(videoId, { category: 'gone', title: 'x' })).body).to.include({ category: 'gone' });
    expect((await change(videoId, { category: 'nature' })).status).to.equal(200);
    expect((await change(videoId, { category: 'gone' })).status).to.equal(400);
  });

  it('moves it to where its new words belong in lists', async () => {
    const videoId = await makeVideo({ category: 'before', tags: ['before'] });
    await change(videoId, { category: 'after', tags: ['after'] });
    for (const [query, expected] of [
      ['category=before', 0],
      ['tag=before', 0],
      ['category=after', 1],
      ['tag=after', 1],
    ] as const) {
      const { body } = await ask<{ items: object[] }>(system, 'GET', `/api/videos?${query}`);
      expect(body.items, query).to.have.length(expected);
    }
  });
});
