import { type OutgoingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { newId } from '../../shared/ids.ts';
import { viewKeys } from '../../shared/keys.ts';
import { type System, startSystem, until } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

type Reply = { status: number; headers: Record<string, string>; isQuick: boolean; body: string };

describe('a view by the short way', () => {
  let system: System;
  let videoId: string;

  before(async () => {
    system = await startSystem({ RATE_LIMITS: 'view=100/60', TRUSTED_PROXIES: '127.0.0.1/8' });
  });
  after(() => system.stop());
  beforeEach(async () => {
    videoId = await videoIn('ready', system);
    await warm();
  });

  const view = { position: 12, watchedSeconds: 12, region: 'GB' };
  let viewers = 0;

  /** Each from another network, unless told otherwise. */
  function post(
    body: object | string = view,
    headers: OutgoingHttpHeaders = {},
    path = `/api/videos/${videoId}/views`,
  ): Promise<Reply> {
    viewers += 1;
    const sent = typeof body === 'string' ? body : JSON.stringify(body);
    const usual = {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(sent),
      'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
      'X-Forwarded-For': `10.1.${viewers >> 8}.${viewers & 255}`,
    };
    return new Promise((resolve, reject) => {
      request(
        `${system.url}${path}`,
        { method: 'POST', headers: { ...usual, ...headers } },
        async (response) => {
          const { statusCode: status = 0, headers: received, rawHeaders } = response;
          // Koa spells it otherwise.
          const isQuick = rawHeaders.includes('content-type');
          resolve({
            status,
            headers: received as Record<string, string>,
            isQuick,
            body: await text(response),
          });
        },
      )
        .on('error', reject)
        .end(sent);
    });
  }

  /** The first one goes the long way, with what it learns of the video and the headers. */
  async function warm(path?: string): Promise<void> {
    await until('quick reply', async () => (await post(view, {}, path)).isQuick);
  }

  const viewsOf = async () => {
    const { counts } = viewKeys(system.config.REDIS_PREFIX);
    const all = Object.entries(await system.context.redis.hgetall(counts));
    return all.reduce(
      (sum, [field, value]) => sum + (field.startsWith(videoId) ? Number.parseInt(value, 10) : 0),
      0,
    );
  };

  it('is answered with the same words and headers, and counts as much', async () => {
    const before = await viewsOf();
    const [quick, long] = [await post(), await post(view, { cookie: 'a=b' })];
    expect([quick.isQuick, long.isQuick]).to.deep.equal([true, false]);
    expect([quick.status, quick.body]).to.deep.equal([200, '{"counted":true,"reason":null}']);
    expect([long.status, long.body]).to.deep.equal([quick.status, quick.body]);
    const same = ({ headers }: Reply) => {
      const { 'x-request-id': id, traceparent, date, ...others } = headers;
      expect(id).to.match(/^[0-9a-f]{32}$/);
      expect([traceparent, date]).not.to.include(undefined);
      return others;
    };
    expect(same(quick)).to.deep.equal(same(long));
    expect(quick.headers).to.include({ 'x-api-version': '1', ratelimit: '"view";r=99;t=60' });
    expect(await viewsOf()).to.equal(before + 2);
    const named = await post(view, { 'X-Request-Id': 'mine-1234' });
    expect([named.isQuick, named.headers['x-request-id']]).to.deep.equal([true, 'mine-1234']);
  });

  it('says why it is none', async () => {
    const me = { 'X-Forwarded-For': '10.9.9.9' };
    expect((await post(view, me)).body).to.equal('{"counted":true,"reason":null}');
    for (const [reason, body, headers] of [
      ['already_counted', view, me],
      ['already_counted', { ...view, watchedSeconds: 40 }, me],
      ['too_short', { ...view, watchedSeconds: 1 }, {}],
      ['robot', view, { 'User-Agent': 'Googlebot/2.1' }],
    ] as const) {
      const reply = await post(body, headers);
      expect([reply.isQuick, reply.body]).to.deep.equal([true, `{"counted":false,"reason":"${reason}"}`]);
    }
  });

  it('is told in either version of the api, by path and header', async () => {
    const path = `/api/v2/videos/${videoId}/views`;
    await warm(path);
    expect((await post(view, {}, path)).headers['x-api-version']).to.equal('2');
    expect((await post()).headers['x-api-version']).to.equal('1');
    await until('quick reply', async () => (await post(view, { 'X-API-Version': '2' })).isQuick);
    expect((await post(view, { 'X-API-Version': '2' })).headers['x-api-version']).to.equal('2');
    for (const version of ['9', '']) {
      for (let turn = 0; turn < 2; turn += 1) {
        expect((await post(view, { 'X-API-Version': version })).status).to.equal(400);
      }
    }
    expect((await post(view, { 'X-API-Version': '1' }, path)).status).to.equal(400);
  });

  it('is not for what is to be refused, which the long way says', async () => {
    const cases: [number, string, object | string, OutgoingHttpHeaders][] = [
      [400, 'invalid_request', { ...view, region: 'ZZ' }, {}],
      [400, 'invalid_request', { ...view, more: 1 }, {}],
      [400, 'invalid_request', { ...view, watchedSeconds: -1 }, {}],
      [400, 'invalid_json', '{"position":', {}],
      [400, 'invalid_json', '12', {}],
      [400, 'invalid_json', '{"position":1,"watchedSeconds":1,"__proto__":{}}', {}],
      [415, 'unsupported_media_type', view, { 'Content-Type': 'text/plain' }],
      [406, 'not_acceptable', view, { Accept: 'text/html' }],
      [403, 'cross_site_request', view, { Origin: 'https://else.example' }],
      [403, 'cross_site_request', view, { 'Sec-Fetch-Site': 'cross-site' }],
      [403, 'cross_site_request', view, { 'Sec-Fetch-Site': 'same-site', Origin: 'https://a.example' }],
      [401, 'invalid_credential', view, { Authorization: 'Bearer none' }],
      [413, 'body_too_large', ' '.repeat(200_000), {}],
    ];
    const before = await viewsOf();
    for (const [status, code, body, headers] of cases) {
      const reply = await post(body, headers);
      expect([reply.status, JSON.parse(reply.body).code], JSON.stringify([body, headers])).to.deep.equal([
        status,
        code,
      ]);
      expect(reply.headers['content-type']).to.equal('application/problem+json');
    }
    expect((await post(view, {}, `/api/videos/${newId()}/views`)).status).to.equal(404);
    expect(await viewsOf()).to.equal(before);
    const same = { 'Sec-Fetch-Site': 'same-origin', Origin: system.url };
    expect(await post(view, same)).to.include({ isQuick: true, status: 200 });
  });

  it('spends the quota as the long way does, each once', async () => {
    const me = (n: number) => ({
      'X-Forwarded-For': '10.8.8.8',
      'User-Agent': `Mozilla/5.0 (viewer ${n})`,
      ...(n % 3 === 0 ? { cookie: 'a=b' } : {}),
    });
    const replies: Awaited<ReturnType<typeof post>>[] = [];
    // One after the other, so that the last to get something get less than they ask for.
    while (replies.length < 130) {
      const next = Array.from({ length: 13 }, (_, n) => post(view, me(replies.length + n)));
      replies.push(...(await Promise.all(next)));
    }
    const passed = replies.filter(({ status }) => status === 200);
    expect(passed, replies.map(({ status }) => status).join()).to.have.length(100);
    expect(passed.filter(({ isQuick }) => isQuick).length).to.be.greaterThan(50);
    const refused = await post(view, me(1));
    expect([refused.status, JSON.parse(refused.body).code]).to.deep.equal([429, 'too_many_requests']);
    expect(refused.headers.ratelimit).to.match(/^"view";r=0;t=\d+$/);
  });

  it('ends within a second when the video is hidden', async () => {
    const { db } = system.context;
    await db.transaction((session) =>
      db.videos.change(videoId, undefined, { visibility: 'private' }, session),
    );
    await until('refusal', async () => (await post()).status === 404, 3);
    expect((await post()).status).to.equal(404);
  });
});
