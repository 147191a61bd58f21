import { expect } from 'chai';
import { freshSession } from '../support/accounts.ts';
import { wholeDatabase } from '../support/database.ts';
import { addressOf, bodyFor, everyRoute, nameOf } from '../support/routes.ts';
import { type System, startSystem } from '../support/system.ts';

const allowed = 'https://app.example';
const other = 'https://evil.example';

describe('requests from pages of other sites', () => {
  let system: System;
  let cookie: string;

  before(async () => {
    system = await startSystem({ CORS_ORIGINS: `${allowed},https://tv.example:8443` });
    cookie = await freshSession(system, ['creator', 'admin']);
  });
  after(() => system.stop());

  const send = (method: string, path: string, headers: Record<string, string>, body?: object) =>
    fetch(`${system.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { Cookie: cookie, ...(body ? { 'Content-Type': 'application/json' } : {}), ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });

  describe('that change something', () => {
    const foreign: [string, Record<string, string>][] = [
      ['a browser says it is another site', { 'Sec-Fetch-Site': 'cross-site', Origin: other }],
      ['it does not say which', { 'Sec-Fetch-Site': 'cross-site' }],
      ['it is a sister site', { 'Sec-Fetch-Site': 'same-site', Origin: 'https://sister.example' }],
      ['an older browser names another origin', { Origin: other }],
      ['the origin is hidden', { Origin: 'null' }],
      ['the origin only begins like ours', { Origin: `${allowed}.evil.example` }],
      ['another port is another origin', { Origin: 'https://tv.example' }],
      ['the site is a word that nobody knows', { 'Sec-Fetch-Site': 'friendly' }],
      ['another scheme of authorization comes along', { Origin: other, Authorization: 'Basic eDp5' }],
    ];
    const unsafe = everyRoute.filter(({ method }) => method !== 'get');

    for (const route of unsafe) {
      it(`are refused by ${nameOf(route)}`, async () => {
        const beforehand = await wholeDatabase(system);
        for (const [why, headers] of foreign) {
          const body = route.body && !route.text ? bodyFor(route) : undefined;
          const reply = await send(route.method.toUpperCase(), addressOf(route), headers, body);
          expect(reply.status, why).to.equal(403);
          expect(await reply.json(), why).to.include({ code: 'cross_site_request' });
        }
        expect(await wholeDatabase(system)).to.equal(beforehand);
      });
    }

    it('are refused by the queue dashboard', async () => {
      const path = '/admin/queues/api/queues/probe/pause';
      expect((await send('PUT', path, { 'Sec-Fetch-Site': 'cross-site' })).status).to.equal(403);
    });

    const own: [string, () => Record<string, string>][] = [
      ['a program that is no browser', () => ({})],
      ['our own pages', () => ({ 'Sec-Fetch-Site': 'same-origin', Origin: system.url })],
      ['our own pages in an older browser', () => ({ Origin: system.url })],
      ['what a person typed', () => ({ 'Sec-Fetch-Site': 'none' })],
      ['an allowed origin', () => ({ 'Sec-Fetch-Site': 'cross-site', Origin: allowed })],
      ['another one, in an older browser', () => ({ Origin: 'https://tv.example:8443' })],
    ];
    for (const [who, headers] of own) {
      it(`are taken from ${who}`, async () => {
        expect(
          (await send('POST', '/api/uploads', headers(), { filename: 'a.mp4', size: 1, type: 'video/mp4' }))
            .status,
        ).to.equal(201);
      });
    }

    it('are judged by their bearer credential where they bring one', async () => {
      const headers = { 'Sec-Fetch-Site': 'cross-site', Origin: other, Authorization: 'Bearer something' };
      const reply = await send('POST', '/api/uploads', headers, {});
      expect(await reply.json()).not.to.include({ code: 'cross_site_request' });
    });
  });

  it('that only read are answered, and no page of another origin may look', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site', Origin: other };
    const reply = await send('GET', '/api/auth/me', headers);
    expect(reply.status).to.equal(200);
    const granted = [...reply.headers.keys()].filter((name) => name.startsWith('access-control-'));
    expect(granted).to.deep.equal([]);
    expect(reply.headers.get('vary')).to.match(/\bOrigin\b/);
  });

  it('of allowed origins may look, with cookies, and see what they need', async () => {
    for (const [path, status] of [
      ['/api/auth/me', 200],
      ['/api/videos/nothing', 404],
    ] as const) {
      const reply = await send('GET', path, { Origin: allowed });
      expect(reply.status).to.equal(status);
      expect(reply.headers.get('access-control-allow-origin')).to.equal(allowed);
      expect(reply.headers.get('access-control-allow-credentials')).to.equal('true');
      const exposed = (reply.headers.get('access-control-expose-headers') ?? '').toLowerCase().split(',');
      expect(exposed).to.include.members(['etag', 'location', 'ratelimit', 'retry-after', 'x-request-id']);
    }
  });

  it('may ask beforehand, once in two hours', async () => {
    const asked = {
      Origin: allowed,
      'Access-Control-Request-Method': 'PUT',
      'Access-Control-Request-Headers': 'content-type,if-match',
    };
    const reply = await send('OPTIONS', '/api/videos/x/poster', asked);
    expect(reply.status).to.equal(204);
    expect(reply.headers.get('access-control-allow-origin')).to.equal(allowed);
    expect(reply.headers.get('access-control-allow-methods')).to.include('PUT');
    expect(reply.headers.get('access-control-allow-headers')).to.equal('content-type,if-match');
    expect(reply.headers.get('access-control-max-age')).to.equal('7200');
    const refused = await send('OPTIONS', '/api/videos/x/poster', { ...asked, Origin: other });
    expect(refused.headers.get('access-control-allow-origin')).to.equal(null);
  });

  it('get no CORS headers at all where no origin is allowed', async () => {
    const closed = await startSystem();
    try {
      const reply = await fetch(`${closed.url}/api/videos`, { headers: { Origin: allowed } });
      expect([...reply.headers.keys()].join()).not.to.include('access-control');
    } finally {
      await closed.stop();
    }
  });
});
