import { expect } from 'chai';
import { apiRoutes } from '../../api/app.ts';
import { type Answer, ask } from '../support/ask.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

type Problem = { code?: string; instance?: string };

describe('HTTP', () => {
  let system: System;
  let videoId: string;
  const upload = { filename: 'a.mp4', size: 9, type: 'video/mp4' };

  before(async () => {
    system = await startSystem();
    const { body } = await ask<{ userId: string }>(system, 'GET', '/api/auth/me', { as: 'demo' });
    videoId = await videoIn('ready', system, { ownerId: body.userId });
  });
  after(() => system.stop());

  const code = ({ status, body }: Answer<Problem>) => [status, body?.code];
  const uploads = async () => {
    const mine = await ask<{ items: object[] }>(system, 'GET', '/api/videos?mine=true', { as: 'demo' });
    const { db } = system.context;
    return { listed: mine.body.items.length, waiting: await db.uploads.overdue(new Date(8e15), 1000) };
  };

  describe('caches what is read', () => {
    // Each coding has a tag of its own.
    const plain = { 'Accept-Encoding': 'identity' };
    for (const path of [
      '/api/videos',
      '/api/videos/ID',
      '/api/videos/ID/captions',
      '/api/videos/ID/playback',
    ]) {
      it(`with an ETag that gets 304 as long as nothing changes: ${path}`, async () => {
        const asked = path.replace('ID', videoId);
        const first = await ask(system, 'GET', asked, { headers: plain });
        const etag = first.headers.get('etag') ?? '';
        expect(etag).to.match(/^"[\w.-]+"$/);
        for (const method of ['GET', 'HEAD']) {
          for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
            const again = await ask(system, method, asked, { headers: { ...plain, 'If-None-Match': tag } });
            expect([again.status, again.text, again.headers.get('etag')], tag).to.deep.equal([304, '', etag]);
            expect(again.headers.get('content-type')).to.equal(null);
            expect(again.headers.get('vary')?.toLowerCase()).to.include('x-api-version');
          }
          const other = await ask(system, method, asked, {
            headers: { ...plain, 'If-None-Match': '"other"' },
          });
          expect([other.status, other.headers.get('etag')]).to.deep.equal([200, etag]);
          expect(other.text === '').to.equal(method === 'HEAD');
        }
      });
    }

    it('by another ETag for other fields, another version and another state', async () => {
      const path = `/api/videos/${videoId}`;
      const tags = async () => [
        (await ask(system, 'GET', path)).headers.get('etag'),
        (await ask(system, 'GET', `${path}?fields=title`)).headers.get('etag'),
        (await ask(system, 'GET', `${path}?fields=title,state`)).headers.get('etag'),
      ];
      const before = await tags();
      expect(new Set(before)).to.have.lengthOf(3);
      const change = { as: 'demo', headers: { 'If-Match': '*' }, body: { title: 'Another' } } as const;
      expect((await ask(system, 'PATCH', path, change)).status).to.equal(200);
      expect(new Set([...before, ...(await tags())])).to.have.lengthOf(6);
    });

    it('but no problem, no cookie and nothing about an account', async () => {
      for (const [path, as] of [
        ['/api/auth/me', 'demo'],
        ['/api/auth/login', undefined],
        ['/api/videos/1', undefined],
        ['/api/videos?limit=0', undefined],
      ] as const) {
        const answer = await ask(system, 'GET', path, as ? { as } : {});
        expect(answer.headers.get('cache-control'), path).to.equal('no-store');
      }
      const login = await ask(system, 'GET', '/api/auth/login');
      expect(login.headers.get('set-cookie')).to.match(/^\S+=\S+;/);
    });
  });

  it('names the methods that a known path has', async () => {
    const methods = new Map<string, Set<string>>();
    for (const { path, method } of apiRoutes) {
      const known = methods.get(path) ?? new Set(['OPTIONS']);
      known.add(method.toUpperCase());
      if (method === 'get') known.add('HEAD');
      methods.set(path, known);
    }
    for (const [path, known] of methods) {
      const allowed = [...known].sort().join(', ');
      const unknown = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].find((method) => !known.has(method)) ?? '';
      const answer = await ask<Problem>(system, unknown, path.replaceAll(/:\w+/g, 'x'));
      expect(code(answer), `${unknown} ${path}`).to.deep.equal([405, 'method_not_allowed']);
      expect(answer.headers.get('allow')).to.equal(allowed);
      const options = await ask(system, 'OPTIONS', path.replaceAll(/:\w+/g, 'x'));
      expect([options.status, options.headers.get('allow'), options.text]).to.deep.equal([204, allowed, '']);
    }
  });

  it('answers an unknown path with a problem, by whatever method', async () => {
    for (const path of [
      '/nothing',
      '/api',
      '/api/',
      '/api/nothing',
      '/api/videos/1/2/3',
      '/api/Videos/x/y',
      '//',
    ]) {
      for (const method of ['GET', 'POST', 'DELETE', 'HEAD']) {
        const answer = await ask<Problem>(system, method, `${system.url}${path}`);
        expect(answer.status, `${method} ${path}`).to.equal(404);
        expect(answer.headers.get('content-type')).to.match(/^application\/problem\+json/);
        if (method !== 'HEAD') expect(answer.body).to.include({ code: 'not_found', instance: path });
      }
    }
  });

  describe('refuses before any work is done', () => {
    for (const [words, headers, body, expected] of [
      ['a reply of another type', { Accept: 'text/html' }, upload, [406, 'not_acceptable']],
      ['no reply at all', { Accept: 'application/json;q=0' }, upload, [406, 'not_acceptable']],
      [
        'a form',
        { 'Content-Type': 'application/x-www-form-urlencoded' },
        'a=1',
        [415, 'unsupported_media_type'],
      ],
      ['a body without a type', { 'Content-Type': '' }, '{}', [415, 'unsupported_media_type']],
      [
        'a body that is too large',
        { 'Content-Type': 'application/json' },
        JSON.stringify({ ...upload, description: 'x'.repeat(101 * 1024) }),
        [413, 'body_too_large'],
      ],
      ['half a body', { 'Content-Type': 'application/json' }, '{"filename":', [400, 'invalid_json']],
      ['no body', { 'Content-Type': 'application/json' }, '', [400, undefined]],
    ] as const) {
      it(`a POST with ${words}: ${expected.join(' ')}`, async () => {
        const before = await uploads();
        const answer = await ask<Problem>(system, 'POST', '/api/uploads', { as: 'demo', headers, body });
        expect(answer.status).to.equal(expected[0]);
        if (expected[1]) expect(answer.body.code).to.equal(expected[1]);
        expect(answer.headers.get('content-type')).to.match(/^application\/problem\+json/);
        expect(answer.headers.get('location')).to.equal(null);
        expect(await uploads()).to.deep.equal(before);
      });
    }

    it('a PATCH whose reply would not be taken', async () => {
      const { revision } = (await ask<{ revision: number }>(system, 'GET', `/api/videos/${videoId}`)).body;
      const headers = { Accept: 'image/png', 'If-Match': '*' };
      const body = { title: 'Not this' };
      const answer = await ask(system, 'PATCH', `/api/videos/${videoId}`, { as: 'demo', headers, body });
      expect(answer.status).to.equal(406);
      const after = await ask<{ revision: number }>(system, 'GET', `/api/videos/${videoId}`);
      expect(after.body.revision).to.equal(revision);
    });
  });

  it('says of everything that is made where it is', async () => {
    const addPerson = () =>
      ask<{ personId: string }>(system, 'POST', '/api/people', { as: 'demo', body: { name: 'Ada' } });
    const making: Record<string, () => Promise<Answer<unknown>>> = {
      'post /api/uploads': () => ask(system, 'POST', '/api/uploads', { as: 'demo', body: upload }),
      'post /api/api-keys': () =>
        ask(system, 'POST', '/api/api-keys', { as: 'demo', body: { name: 'A key', scopes: ['read'] } }),
      'post /api/categories': () =>
        ask(system, 'POST', '/api/categories', {
          as: 'admin',
          body: { categoryId: 'made', names: { en: 'Made' } },
        }),
      'post /api/videos/:videoId/poster/uploads': () =>
        ask(system, 'POST', `/api/videos/${videoId}/poster/uploads`, {
          as: 'demo',
          body: { size: 9, type: 'image/png' },
        }),
      'put /api/videos/:videoId/captions/:language': () =>
        ask(system, 'PUT', `/api/videos/${videoId}/captions/en`, {
          as: 'demo',
          headers: { 'Content-Type': 'text/vtt' },
          body: 'WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n',
        }),
      'post /api/people': () => addPerson(),
      'post /api/people/:personId/picture/uploads': async () =>
        ask(system, 'POST', `/api/people/${(await addPerson()).body.personId}/picture/uploads`, {
          as: 'demo',
          body: { size: 9, type: 'image/png' },
        }),
      'post /api/videos/:videoId/credits': async () =>
        ask(system, 'POST', `/api/videos/${videoId}/credits`, {
          as: 'demo',
          body: { personId: (await addPerson()).body.personId, role: 'actor' },
        }),
      'post /api/videos/:videoId/comments': () =>
        ask(system, 'POST', `/api/videos/${videoId}/comments`, {
          as: 'demo',
          body: { text: 'Where is it?' },
        }),
    };
    const declared = apiRoutes.filter(({ replies }) => replies[201]);
    expect(Object.keys(making)).to.have.members(declared.map(({ method, path }) => `${method} ${path}`));
    for (const [name, make] of Object.entries(making)) {
      const made = await make();
      expect(made.status, name).to.equal(201);
      const location = made.headers.get('location') ?? '';
      expect(location, name).to.match(/^\/api\//);
      expect((await ask(system, 'GET', location, { as: 'demo' })).status, location).to.be.oneOf([200, 302]);
    }
  });

  for (const coding of ['identity;q=0', '*;q=0', 'gzip;q=0, br;q=0, identity;q=0']) {
    it(`answers without a coding who says to take none: ${coding}`, async () => {
      for (const path of [`/api/videos/${videoId}`, '/api/trending/GB', '/openapi.json']) {
        const headers = { 'Accept-Encoding': coding };
        const answer = await ask(system, 'GET', path, { headers });
        expect([answer.status, answer.headers.get('content-encoding')], path).to.deep.equal([200, null]);
        expect(answer.headers.get('x-request-id'), path).to.match(/^[0-9a-f]{32}$/);
      }
    });
  }

  it('answers a browser in br, also one that knows zstd', async () => {
    const headers = { 'Accept-Encoding': 'gzip, deflate, br, zstd' };
    const answer = await ask(system, 'GET', '/openapi.json', { headers });
    expect(answer.headers.get('content-encoding')).to.equal('br');
  });

  it('sends its document to who reads it, and once to who has it', async () => {
    const read = await ask(system, 'GET', '/openapi.json');
    const headers = { 'If-None-Match': read.headers.get('etag') ?? '' };
    expect((await ask(system, 'GET', '/openapi.json', { headers })).status).to.equal(304);
    const changed = await ask(system, 'DELETE', '/openapi.json');
    expect([changed.status, changed.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD, OPTIONS']);
  });

  it('sends with JSON the rules that OWASP asks for of REST, and none of pages', async () => {
    const rules = /^(content-security|cross-origin|origin-agent|referrer-policy|x-(?!api|request))/;
    for (const path of ['/api/videos', '/api/videos/x', '/openapi.json']) {
      const { headers } = await fetch(system.url + path);
      expect(Object.fromEntries([...headers].filter(([name]) => rules.test(name))), path).to.deep.equal({
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
    }
    const page = await fetch(`${system.url}/watch/x`, { headers: { Accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).to.include("script-src 'self'");
  });

  it('sends no body with 204', async () => {
    const { status, text, headers } = await ask(system, 'DELETE', `/api/videos/${videoId}/captions/en`, {
      as: 'demo',
    });
    expect([status, text]).to.deep.equal([204, '']);
    expect([headers.get('content-type'), headers.get('content-length')]).to.deep.equal([null, null]);
  });
});
