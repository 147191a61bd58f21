import { expect } from 'chai';
import type { z } from 'zod';
import { apiRoutes } from '../../api/app.ts';
import { type Answer, ask } from '../support/ask.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

type Body = { code?: string; detail?: string; instance?: string; items?: object[]; videos?: object[] };

describe('versions of the api', () => {
  let system: System;
  let videoId: string;

  before(async () => {
    system = await startSystem();
    videoId = await videoIn('ready', system);
  });
  after(() => system.stop());

  const get = (path: string, version?: string, method = 'GET') =>
    ask<Body>(system, method, path, version === undefined ? {} : { headers: { 'X-API-Version': version } });
  const shape = ({ body }: Answer<Body>) => (body.items ? 2 : body.videos ? 1 : undefined);
  const header = (answer: Answer<Body>, name: string) => answer.headers.get(name);

  for (const [path, asked, expected] of [
    ['/api/trending/GB', undefined, '1'],
    ['/api/trending/GB', '1', '1'],
    ['/api/trending/GB', '2', '2'],
    ['/api/v1/trending/GB', undefined, '1'],
    ['/api/v2/trending/GB', undefined, '2'],
    ['/api/v1/trending/GB', '1', '1'],
    ['/api/v2/trending/GB', '2', '2'],
  ] as const) {
    it(`${path} with the header ${asked ?? 'left out'} is ${expected}, and the reply names it`, async () => {
      for (const method of ['GET', 'HEAD']) {
        const answer = await get(path, asked, method);
        expect(answer.status).to.equal(200);
        expect(header(answer, 'x-api-version')).to.equal(expected);
        expect(header(answer, 'vary')?.toLowerCase()).to.include('x-api-version');
        if (method === 'GET') expect(shape(answer)).to.equal(Number(expected));
        else expect(answer.text).to.equal('');
      }
    });
  }

  for (const [path, asked] of [
    ['/api/videos', '3'],
    ['/api/videos', '0'],
    ['/api/videos', '01'],
    ['/api/videos', 'v2'],
    ['/api/videos', '1, 2'],
    ['/api/v3/videos', undefined],
    ['/api/v0/videos', undefined],
    ['/api/v01/videos', undefined],
    ['/api/v99999999999999999999/videos', undefined],
    ['/api/v3/nothing', undefined],
  ] as const) {
    it(`${path} with the header ${asked ?? 'left out'} is refused with those there are`, async () => {
      const answer = await get(path, asked);
      expect([answer.status, answer.body.code]).to.deep.equal([400, 'unknown_version']);
      expect(answer.body.detail).to.match(/\b1\b.*\b2\b/);
      expect(answer.body.instance).to.equal(path);
      expect((await get(path, asked, 'HEAD')).status).to.equal(400);
    });
  }

  it('cannot be two at once', async () => {
    for (const [path, asked] of [
      ['/api/v1/videos', '2'],
      ['/api/v2/videos', '1'],
      ['/api/v9/videos', '2'],
    ] as const) {
      const answer = await get(path, asked);
      expect([answer.status, answer.body.code]).to.deep.equal([400, 'unknown_version']);
      expect(answer.body.detail).to.match(/different versions/);
    }
  });

  it('stand in the path of every operation', async () => {
    for (const [version, path] of [
      [1, `/api/v1/videos/${videoId}`],
      [2, `/api/v2/videos/${videoId}`],
    ] as const) {
      const answer = await get(path);
      expect(answer.body).to.include({ videoId });
      expect(header(answer, 'x-api-version')).to.equal(String(version));
      expect(answer.text).to.equal((await get(`/api/videos/${videoId}`)).text);
      const posted = await ask(system, 'POST', `${path}/views`, { body: { position: 1, watchedSeconds: 1 } });
      expect(posted.status).to.equal(200);
    }
  });

  it('are named by problems too, which show the path as it was asked', async () => {
    for (const [method, path, status] of [
      ['GET', `/api/v2/videos/${'0'.repeat(24)}`, 404],
      ['GET', '/api/v2/nothing', 404],
      ['PUT', '/api/v2/videos', 405],
      ['GET', '/api/v2/videos?limit=0', 400],
      ['GET', '/api/v2', 404],
    ] as const) {
      const answer = await get(path, undefined, method);
      expect(answer.status, path).to.equal(status);
      expect(answer.body.instance).to.equal(path.replace(/\?.*/, ''));
      if (path !== '/api/v2') expect(header(answer, 'x-api-version')).to.equal('2');
    }
  });

  it('tell what goes away, only where the next one differs', async () => {
    const isOlder = (answer: Answer<Body>) => [header(answer, 'deprecation'), header(answer, 'sunset')];
    const older = isOlder(await get('/api/trending/GB'));
    expect(older[0]).to.match(/^@\d{10}$/);
    const [deprecated, ended] = [Number(older[0]?.slice(1)) * 1000, Date.parse(older[1] ?? '')];
    expect(older[1]).to.equal(new Date(ended).toUTCString());
    expect(ended - deprecated).to.be.greaterThan(180 * 24 * 3600 * 1000);
    expect(isOlder(await get('/api/trending/GB', '1', 'HEAD'))).to.deep.equal(older);
    expect(isOlder(await get('/api/trending/GB', '2'))).to.deep.equal([null, null]);
    for (const path of ['/api/videos', `/api/videos/${videoId}`, `/api/videos/${videoId}/captions`]) {
      expect(isOlder(await get(path)), path).to.deep.equal([null, null]);
    }
    const differing = apiRoutes.filter(({ replies }) => Object.values(replies).some(({ older: one }) => one));
    expect(differing.map(({ path }) => path)).to.deep.equal(['/api/trending/:region']);
  });

  it('have in the second one the same shape for every list', async () => {
    for (const { path, replies } of apiRoutes) {
      const fields = Object.keys((replies[200]?.schema as z.ZodObject | undefined)?.shape ?? {});
      // Where a person turns pages, they have numbers.
      const going = fields.includes('page') ? 'total' : 'nextCursor';
      if (fields.includes('items')) expect(fields, path).to.include(going);
    }
    for (const path of ['videos', `videos/${videoId}/captions`, 'trending/GB']) {
      const { body } = await get(`/api/v2/${path}`);
      expect(body, path).to.include.all.keys('items', 'nextCursor');
    }
  });

  it('are unknown to pages and to what machines ask', async () => {
    for (const path of [`/watch/${videoId}`, '/docs', '/healthz', '/openapi.json']) {
      const answer = await get(path, '99');
      expect(answer.status, path).to.equal(200);
      expect(header(answer, 'x-api-version')).to.equal(null);
      expect((await get(`/api/v1${path}`)).status).to.equal(404);
    }
  });
});
