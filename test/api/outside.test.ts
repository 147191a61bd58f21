import { expect } from 'chai';
import type { Route } from '../../api/route.ts';
import type { Entry } from '../../shared/import-plan.ts';
import { ask } from '../support/ask.ts';
import { importedVideo } from '../support/imported.ts';
import { addressOf, everyRoute, nameOf } from '../support/routes.ts';
import { backdate, type System, startSystem, until } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';
import { bodies } from '../support/walk.ts';

const playUrl = 'https://play.example/films/1.m3u8';
const posterUrl = 'https://img.example/1.jpg';

describe('a video that was imported', function () {
  this.timeout(30_000);
  let system: System;
  let ownerId: string;
  before(async () => {
    system = await startSystem({ PURGE_GRACE_SECONDS: '1', REGION_HEADER: 'CF-IPCountry' });
    ownerId = (await ask<{ userId: string }>(system, 'GET', '/api/auth/me', { as: 'demo' })).body.userId;
  });
  after(() => system?.stop());

  const imported = (id: string, outside: Partial<Entry['outside']> = {}) =>
    importedVideo(system, ownerId, { id, playUrl, posterUrl, ...outside });

  it('plays at its address outside, and has its picture there', async () => {
    const videoId = await imported('plays');
    const playback = await ask(system, 'GET', `/api/videos/${videoId}/playback`);
    expect(playback.body).to.deep.equal({
      ...{ videoId, state: 'ready', isFinal: true, playlist: playUrl, posterUrl, durationSeconds: 60 },
    });
    const { body } = await ask(system, 'GET', `/api/videos/${videoId}`);
    expect(body).to.include({ playable: true, posterUrl, state: 'ready', percent: 100, views: 3 });
  });

  it('without an address is shown, and cannot be played', async () => {
    const videoId = await imported('silent', { playUrl: null });
    expect((await ask(system, 'GET', `/api/videos/${videoId}`)).body).to.include({ playable: false });
    for (const [method, path, body] of [
      ['GET', 'playback', undefined],
      ['POST', 'views', bodies['POST /api/videos/:videoId/views']],
    ] as const) {
      const answer = await ask(system, method, `/api/videos/${videoId}/${path}`, body ? { body } : {});
      expect(answer.body).to.include({ status: 409, code: 'not_playable_yet' });
    }
  });

  const ofVideo = (route: Route) => route.path.startsWith('/api/videos/:videoId');
  const codes: Record<string, string> = {
    'GET /api/videos/:videoId/ladder': 'plays_outside',
    'POST /api/videos/:videoId/reprocess': 'plays_outside',
    'PUT /api/videos/:videoId/poster': 'plays_outside',
    'POST /api/videos/:videoId/poster/uploads': 'plays_outside',
    'PUT /api/videos/:videoId/captions/:language': 'plays_outside',
    'POST /api/videos/:videoId/cancel': 'not_in_progress',
    ...Object.fromEntries(
      everyRoute
        .filter((route) => ofVideo(route) && /hls|preview|storyboard|poster\.|\.vtt/.test(route.path))
        .map((route) => [nameOf(route), 'not_found']),
    ),
  };

  it('answers every route, and says of each thing that it has no file for that', async () => {
    const videoId = await imported('walked');
    const said: Record<string, string> = {};
    // What removes it comes last.
    const isRemoval = (route: Route) => nameOf(route) === 'DELETE /api/videos/:videoId';
    const rest = everyRoute.filter((route) => ofVideo(route) && !isRemoval(route));
    const routes = [...rest, ...everyRoute.filter(isRemoval)];
    expect(routes.length).to.be.greaterThan(15);
    for (const route of routes) {
      const path = addressOf(route, {
        generation: 'g1',
        rung: '240p',
        kind: 'index',
        track: 'en',
        language: 'en',
        videoId,
        region: 'GB',
      });
      const body = bodies[nameOf(route)];
      const type = typeof body === 'string' ? { 'Content-Type': 'text/vtt' } : {};
      const headers = { 'If-Match': '*', ...type };
      const answer = await ask(system, route.method.toUpperCase(), path, {
        as: 'admin',
        headers,
        ...(body ? { body } : {}),
      });
      expect(answer.status, `${nameOf(route)}: ${answer.text}`).to.be.lessThan(500);
      said[nameOf(route)] = answer.status < 400 ? 'done' : String(answer.body.code);
    }
    expect(said).to.include(codes);
  });

  it('is watched with a policy that lets the page reach that address, and no page else', async () => {
    const videoId = await imported('watched', { playUrl: 'https://play.example/a.mp4?a=1&b="2"' });
    const page = await ask(system, 'GET', `/watch/${videoId}`);
    const policy = page.headers.get('content-security-policy')?.split(';') ?? [];
    const of = (name: string) => policy.find((directive) => directive.startsWith(`${name} `)) ?? '';
    expect(of('connect-src')).to.include(' https://play.example');
    expect(of('media-src')).to.include(' https://play.example');
    expect(of('img-src')).to.include(' https://img.example').and.not.include('play.example');
    expect(of('script-src')).to.equal("script-src 'self'");
    expect(page.text).to.include('href="https://play.example/a.mp4?a=1&amp;b=&quot;2&quot;"');
    expect(page.text).not.to.include('crossorigin');
    const ours = await ask(system, 'GET', `/watch/${await videoIn('ready', system)}`);
    expect(ours.headers.get('content-security-policy')).not.to.match(/play\.example|img\.example/);
    expect(ours.text).to.include(' crossorigin').and.not.include('id="outside"');
  });

  it('is watched without its address by those who may not play it', async () => {
    const [limited, down] = [await imported('limited'), await imported('down')];
    const { db } = system.context;
    const why = { at: new Date(), by: 'somebody', reason: 'other', message: '' };
    await db.transaction(async (session) => {
      await db.videos.change(limited, undefined, { regions: ['GB'] }, session);
      await db.videos.takeDown(down, why, session);
    });
    const watch = async (videoId: string, as: 'demo' | 'admin' | undefined, region: string) => {
      const about = { headers: { 'CF-IPCountry': region }, ...(as ? { as } : {}) };
      const { status, headers, text } = await ask(system, 'GET', `/watch/${videoId}`, about);
      expect([status, headers.get('vary')?.toLowerCase().includes('cf-ipcountry')]).to.deep.equal([
        200,
        true,
      ]);
      return `${text} ${headers.get('content-security-policy')}`.includes('play.example');
    };
    expect(await watch(limited, undefined, 'GB')).to.equal(true);
    expect(await watch(limited, undefined, 'US')).to.equal(false);
    expect(await watch(limited, 'demo', 'US'), 'its owner').to.equal(true);
    expect(await watch(down, 'demo', 'GB'), 'its owner').to.equal(false);
    expect(await watch(down, 'admin', 'GB')).to.equal(true);
  });

  it('is not touched by a sweep, and takes nothing else along when it is deleted', async () => {
    const { storage, db } = system.context;
    await storage.put('raw', 'videos/somebody/else', 'bytes', 'video/mp4');
    const [kept, removed] = [await imported('kept'), await imported('removed')];
    // But search takes it in.
    const stored = async () => ({ ...(await db.videos.find(kept)), searchStale: '' });
    const before = await stored();
    await system.startWorker();
    expect((await ask(system, 'DELETE', `/api/videos/${removed}`, { as: 'demo' })).status).to.equal(204);
    await backdate(system, 'videos', removed, 'heardAt', 3600);
    await until('purge', async () => (await db.videos.find(removed))?.purgedAt !== null);
    expect(await db.videos.find(removed)).to.include({ state: 'deleted', title: '' });
    expect(await storage.head('raw', 'videos/somebody/else')).to.include({ bytes: 5 });
    expect(await stored()).to.deep.equal(before);
    await storage.removeAll('raw', '').then(
      () => expect.fail('the whole bucket was removed'),
      (error: Error) => expect(error.message).to.include('empty prefix'),
    );
  });
});
