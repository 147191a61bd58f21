import { expect } from 'chai';
import { createConnection } from 'mongoose';
import type { Client } from '../../scripts/client.ts';
import type { NewVideo } from '../../shared/db/video-record.ts';
import { newId } from '../../shared/ids.ts';
import { move } from '../../shared/pipeline.ts';
import type { VideoState } from '../../shared/video-state.ts';
import { ask } from '../support/ask.ts';
import { refusal } from '../support/refusal.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn, type way } from '../support/videos.ts';

type Summary = { videoId: string; title: string; state: VideoState; publishedAt: string };
type Page = { items: Summary[]; nextCursor: string | null };

describe('videos', () => {
  let system: System;
  let owner: string;

  before(async () => {
    system = await startSystem();
    const client = await system.client('demo');
    owner = (await client.call<{ userId: string }>('GET', '/api/auth/me')).userId;
  });
  after(() => system.stop());

  const makeVideo = (about: Partial<NewVideo> = {}, state: (typeof way)[number] = 'ready') =>
    videoIn(state, system, about);

  const list = (client: Client, query = '') => client.call<Page>('GET', `/api/videos${query}`);
  const ids = ({ items }: Page) => items.map(({ videoId }) => videoId);

  describe('in a list', () => {
    const count = 25;
    let made: string[];

    before(async () => {
      made = [];
      const title = (n: number) => `Number ${n}`;
      for (let n = 0; n < count; n += 1) made.push(await makeVideo({ title: title(n) }));
      // Many were published at the same time, as far as the clock can tell.
      const connection = await createConnection(system.config.MONGO_URL).asPromise();
      const videos = connection.collection<{ _id: string }>('videos');
      for (const [n, _id] of made.entries()) {
        await videos.updateOne({ _id }, { $set: { publishedAt: new Date(2026, 0, 1 + (n % 4)) } });
      }
      await connection.close();
    });

    async function walk(limit: number, between: () => Promise<unknown> = async () => {}): Promise<Page[]> {
      const pages = [await list(system.anonymous, `?limit=${limit}`)];
      for (let cursor = pages[0]?.nextCursor; cursor; cursor = pages.at(-1)?.nextCursor) {
        await between();
        pages.push(await list(system.anonymous, `?limit=${limit}&cursor=${cursor}`));
      }
      return pages;
    }

    for (const [limit, sizes] of [
      [7, [7, 7, 7, 4]],
      [5, [5, 5, 5, 5, 5]],
      [100, [25]],
    ] as const) {
      it(`come ${limit} at a time, the newest first, without repeats or gaps`, async () => {
        const pages = await walk(limit);
        expect(pages.map(({ items }) => items.length)).to.deep.equal(sizes);
        expect(pages.flatMap(ids)).to.have.members(made);
        const times = pages.flatMap(({ items }) => items.map(({ publishedAt }) => publishedAt));
        expect(times).to.deep.equal([...times].sort().reverse());
      });
    }

    it('go on where they were when new ones come in between', async () => {
      const added: string[] = [];
      const pages = await walk(10, async () => added.push(await makeVideo()));
      expect(added).to.have.length(2);
      expect(pages.flatMap(ids)).to.have.members(made);
      expect(ids(await list(system.anonymous)).slice(0, 2)).to.deep.equal(added.reverse());
    });

    it('are the public and ready ones for everyone, and all but drafts for who asks for their own', async () => {
      const mine = {
        shown: await makeVideo({ ownerId: owner }),
        hidden: await makeVideo({ ownerId: owner, visibility: 'private' }),
        unlisted: await makeVideo({ ownerId: owner, visibility: 'unlisted' }),
        working: await makeVideo({ ownerId: owner }, 'encoding'),
        draft: await makeVideo({ ownerId: owner }, 'draft'),
        deleted: await makeVideo({ ownerId: owner }),
      };
      await move(system.context, { videoId: mine.deleted, generation: 1 }, 'deleted');
      const client = await system.client('demo');
      for (const anyone of [client, system.anonymous, await system.client('admin')]) {
        expect(
          ids(await list(anyone, '?limit=100')).filter((id) => Object.values(mine).includes(id)),
        ).to.deep.equal([mine.shown]);
      }
      const { shown, hidden, unlisted, working } = mine;
      const own = [working, unlisted, hidden, shown];
      expect(ids(await list(client, '?mine=true'))).to.deep.equal(own);
      expect(ids(await list(await system.client('viewer'), '?mine=true'))).to.deep.equal([]);
      expect(await refusal(list(system.anonymous, '?mine=true'))).to.include({ status: 401 });
    });

    const forged = Buffer.from('1.not-an-id').toString('base64url');
    for (const [query, pointer] of [
      ['?limit=0', 'limit'],
      ['?limit=101', 'limit'],
      ['?limit=ten', 'limit'],
      ['?limit=1.5', 'limit'],
      ['?limit=1&limit=2', 'limit'],
      ['?cursor=%20', 'cursor'],
      [`?cursor=${forged}`, 'cursor'],
      ['?mine=yes', 'mine'],
      ['?page=2', 'page'],
      ['?__proto__=1', '__proto__'],
    ] as const) {
      it(`are refused for ${query}, pointing at ${pointer}`, async () => {
        const problem = await refusal(list(system.anonymous, query));
        expect(problem).to.include({ status: 400, code: 'invalid_request' });
        expect(problem.errors?.map((violation) => violation.pointer)).to.deep.equal([pointer]);
      });
    }
  });

  describe('that do not exist, and other wrong addresses,', () => {
    const ask = (method: string, path: string, headers = {}) =>
      fetch(`${system.url}${path}`, { method, headers, redirect: 'manual' });

    for (const [method, path, status, code] of [
      ['GET', `/api/videos/${'0'.repeat(24)}`, 404, 'not_found'],
      ['GET', '/api/videos/1', 404, 'not_found'],
      ['GET', '/api/videos/%ff', 404, 'not_found'],
      ['GET', `/api/videos/${'0'.repeat(24)}/playback`, 404, 'not_found'],
      ['GET', `/api/videos/${'0'.repeat(24)}/hls/g0/master.m3u8`, 404, 'not_found'],
      ['GET', '/nothing/here', 404, 'not_found'],
      ['GET', '/assets/../package.json', 404, 'not_found'],
      ['POST', '/api/videos', 405, 'method_not_allowed'],
      ['GET', '/api/uploads', 405, 'method_not_allowed'],
      ['POST', '/api/uploads', 401, 'not_signed_in'],
      ['GET', '/api/videos?limit=0', 400, 'invalid_request'],
      ['GET', '/admin/queues', 401, 'not_signed_in'],
    ] as const) {
      it(`answer ${method} ${path} with ${status} as a problem that the log can be searched for`, async () => {
        const response = await ask(method, path, { 'X-Request-Id': 'my-request-1' });
        expect(response.status).to.equal(status);
        expect(response.headers.get('content-type')).to.match(/^application\/problem\+json/);
        expect(response.headers.get('x-request-id')).to.equal('my-request-1');
        const problem = (await response.json()) as object;
        expect(problem).to.include({ status, code, errorId: 'my-request-1' });
        expect(problem).to.include({ instance: new URL(path, system.url).pathname });
      });
    }

    it('tell which methods there are', async () => {
      const path = `/api/videos/${newId()}`;
      expect((await ask('PUT', path)).headers.get('allow')).to.equal('DELETE, GET, HEAD, OPTIONS, PATCH');
      const options = await ask('OPTIONS', '/api/uploads');
      expect([options.status, options.headers.get('allow')]).to.deep.equal([204, 'OPTIONS, POST']);
    });

    it('get an id of their own when the caller gives none that can be used', async () => {
      for (const given of [{}, { 'X-Request-Id': 'short' }, { 'X-Request-Id': 'a b c d e f g h' }]) {
        const response = await ask('GET', '/nothing', given);
        const id = response.headers.get('x-request-id');
        expect(id).to.match(/^[0-9a-f]{32}$/);
        expect(await response.json()).to.include({ errorId: id });
      }
    });
  });

  describe('one by one', () => {
    it('that are private are there for their owner and for administrators alone', async () => {
      const videoId = await makeVideo({ ownerId: owner, visibility: 'private' });
      for (const login of ['demo', 'admin'] as const) {
        expect(await (await system.client(login)).video(videoId)).to.include({
          videoId,
          visibility: 'private',
        });
      }
      const paths = ['', '/playback', '/poster.jpg', '/hls/g1/master.m3u8'].map(
        (end) => `/api/videos/${videoId}${end}`,
      );
      for (const other of [await system.client('viewer'), system.anonymous]) {
        for (const path of [...paths, `/watch/${videoId}`]) {
          expect(await refusal(other.call('GET', path)), path).to.include({ status: 404, code: 'not_found' });
        }
        expect(await refusal(other.view(videoId, 'GB'))).to.include({ status: 404 });
      }
    });

    it('that are not listed are there for who has the address; drafts are not', async () => {
      const unlisted = await makeVideo({ visibility: 'unlisted' });
      expect((await system.anonymous.video(unlisted)).state).to.equal('ready');
      expect(await refusal(system.anonymous.video(await makeVideo({}, 'draft')))).to.include({ status: 404 });
    });

    it('that cannot be played yet say so', async () => {
      const videoId = await makeVideo({}, 'encoding');
      expect(await system.anonymous.video(videoId)).to.include({ playable: false, state: 'encoding' });
      const problem = { status: 409, code: 'not_playable_yet' };
      expect(await refusal(system.anonymous.playback(videoId))).to.include(problem);
      expect(await refusal(system.anonymous.view(videoId, 'GB'))).to.include(problem);
    });

    it('have words that are kept as they are, and never become HTML', async () => {
      const title = '</title><script>alert(1)</script> <img src=x onerror="alert(1)"> & \'q\'';
      const videoId = await makeVideo({ title, description: title, tags: ['<b>'], channelTitle: '<i>' });
      const { body, headers } = await ask<{ title: string; description: string }>(
        system,
        'GET',
        `/api/videos/${videoId}`,
      );
      expect(body).to.deep.include({ title, description: title, tags: ['<b>'], channelTitle: '<i>' });
      expect(headers.get('content-type')).to.match(/^application\/json/);
      expect(headers.get('x-content-type-options')).to.equal('nosniff');
      const page = (await ask(system, 'GET', `/watch/${videoId}`)).text;
      const escaped = '&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=';
      expect(page.split(escaped)).to.have.length(3);
      expect(page.match(/<script(?! src="\/assets\/)|<img|<b>|<i>|alert\(1\)</g) ?? []).to.deep.equal([]);
    });

    it('that moderators have hidden tell their owner why, and are there for nobody else', async () => {
      const videoId = await makeVideo({ ownerId: owner });
      const takenDown = { at: new Date(), by: newId(), reason: 'copyright', message: 'Not your music.' };
      const connection = await createConnection(system.config.MONGO_URL).asPromise();
      await connection
        .collection<{ _id: string }>('videos')
        .updateOne({ _id: videoId }, { $set: { takenDown } });
      await connection.close();
      const { at, reason, message } = takenDown;
      for (const as of ['demo', 'admin'] as const) {
        const { body } = await ask(system, 'GET', `/api/videos/${videoId}`, { as });
        expect(body.takenDown).to.deep.equal({ at: at.toISOString(), reason, message });
      }
      for (const other of [await system.client('viewer'), system.anonymous])
        expect(await refusal(other.video(videoId))).to.include({ status: 404 });
    });

    it('answer HEAD as GET, without a body', async () => {
      for (const path of [`/api/videos/${await makeVideo()}`, '/api/videos']) {
        const [head, get] = await Promise.all(
          ['HEAD', 'GET'].map((method) => fetch(`${system.url}${path}`, { method })),
        );
        expect(head?.status).to.equal(200);
        expect(head?.headers.get('content-type')).to.equal(get?.headers.get('content-type'));
        expect(await head?.text()).to.equal('');
      }
    });
  });
});
