import { expect } from 'chai';
import { publishTime } from '../../api/publish-time.ts';
import type { NewVideo } from '../../shared/db/video-record.ts';
import { ask } from '../support/ask.ts';
import { type System, startSystem, until } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

type Video = { publishedAt: string };
type Login = 'demo' | 'viewer' | 'admin' | undefined;

describe('the time of publication', () => {
  let system: System;
  let owner: string;

  before(async () => {
    system = await startSystem();
    owner = (await ask<{ userId: string }>(system, 'GET', '/api/auth/me', { as: 'demo' })).body.userId;
  });
  after(() => system?.stop());

  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);
  /** With playlists, so that every address finds something. */
  async function makeVideo(about: Partial<NewVideo> = {}): Promise<string> {
    const videoId = await videoIn('ready', system, { ownerId: owner, category: 'travel', ...about });
    const { db } = system.context;
    const text = '#EXTM3U\n';
    const playlist = { text, segments: 1, isFinal: true };
    await db.playlists.save({ videoId, generation: 1 }, [
      { name: 'master', ...playlist },
      { name: '240p/index', ...playlist },
    ]);
    return videoId;
  }
  const change = (videoId: string, body: object) =>
    ask<Video & { code: string }>(system, 'PATCH', `/api/videos/${videoId}`, {
      as: 'demo',
      body,
      headers: { 'If-Match': '*' },
    });

  const reading = ['', '/playback', '/hls/g1/master.m3u8', '/hls/g1/240p/index.m3u8', '/captions', '/ladder'];
  const pictures = ['/poster', '/poster.jpg', '/preview.webp', '/storyboard', '/storyboard.vtt', '/progress'];
  const isThere = async (path: string, as: Login) => {
    const answer = await ask<{ detail?: string }>(system, 'GET', path, as ? { as } : {});
    // What a video has not got is 404 too, but in other words.
    return !(answer.status === 404 && answer.body?.detail === 'There is no such video.');
  };
  /** The limit differs from any before, since a region's list may be a second old. */
  let limit = 100;
  async function listsWith(videoId: string, as: Login): Promise<string[]> {
    limit -= 1;
    const queries = ['', '?category=travel', '?region=GB', `?ownerId=${owner}`].map(
      (query) => `/api/videos${query}`,
    );
    const found: string[] = [];
    for (const path of [...queries, `/api/trending/GB?limit=${limit}`]) {
      const { text } = await ask(system, 'GET', path, as ? { as } : {});
      if (text.includes(`"${videoId}"`)) found.push(path.replace(/\?limit.*/, ''));
    }
    return found;
  }

  it('that is to come hides a video from all but its owner and overseers, wherever it is read', async () => {
    const videoId = await makeVideo({ publishedAt: inSeconds(3600) });
    const paths = [...reading, ...pictures].filter((path) => path !== '/progress');
    const all = [...paths.map((path) => `/api/videos/${videoId}${path}`), `/watch/${videoId}`];
    for (const path of all) {
      for (const as of [undefined, 'viewer'] as const) {
        expect(await isThere(path, as), `${as} ${path}`).to.equal(false);
      }
      for (const as of ['demo', 'admin'] as const) {
        expect(await isThere(path, as), `${as} ${path}`).to.equal(true);
      }
    }
    for (const as of [undefined, 'viewer', 'demo', 'admin'] as const) {
      expect(await listsWith(videoId, as), `lists of ${as}`).to.deep.equal([]);
    }
    const mine = await ask(system, 'GET', '/api/videos?mine=true', { as: 'demo' });
    expect(mine.text).to.include(videoId);
    const progress = await ask(system, 'GET', `/api/videos/${videoId}/progress`);
    expect(progress.status).to.equal(404);
    const view = await ask(system, 'POST', `/api/videos/${videoId}/views`, {
      body: { position: 12, watchedSeconds: 12, region: 'GB' },
    });
    expect(view.status).to.equal(404);
  });

  it('shows it everywhere once it has come, without anybody doing anything', async () => {
    const videoId = await makeVideo({ publishedAt: inSeconds(2) });
    const path = `/api/videos/${videoId}`;
    expect(await isThere(path, undefined)).to.equal(false);
    expect(await listsWith(videoId, undefined)).to.deep.equal([]);
    await until('its time', () => isThere(path, undefined));
    const lists = ['/api/videos', '/api/videos?category=travel', '/api/videos?region=GB'];
    expect(await listsWith(videoId, undefined)).to.deep.equal([
      ...lists,
      `/api/videos?ownerId=${owner}`,
      '/api/trending/GB',
    ]);
    expect(await isThere(`${path}/hls/g1/master.m3u8`, undefined)).to.equal(true);
  });

  it('can be moved, and null is at once', async () => {
    const videoId = await makeVideo({ publishedAt: inSeconds(3600) });
    const later = inSeconds(7200).toISOString();
    expect((await change(videoId, { publishAt: later })).body.publishedAt).to.equal(later);
    const { body } = await change(videoId, { publishAt: null });
    expect(new Date(body.publishedAt).getTime()).to.be.closeTo(Date.now(), 10_000);
    expect(await isThere(`/api/videos/${videoId}`, undefined)).to.equal(true);
    const again = await change(videoId, { publishAt: null });
    expect(again.body.publishedAt, 'does not come to the top again').to.equal(body.publishedAt);
  });

  it('may be one to come for what was published too, and hides it', async () => {
    const videoId = await makeVideo();
    expect(await isThere(`/api/videos/${videoId}`, undefined)).to.equal(true);
    await change(videoId, { publishAt: inSeconds(3600).toISOString() });
    expect(await isThere(`/api/videos/${videoId}`, undefined)).to.equal(false);
    expect(await listsWith(videoId, undefined)).to.deep.equal([]);
  });

  it('is never one that is over', () => {
    const now = new Date(1000);
    const before = new Date(999);
    const after = new Date(1001);
    for (const over of [before, now]) expect(() => publishTime(over, after, now)).to.throw(/a time to come/);
    expect(publishTime(after, before, now)).to.equal(after);
    expect(publishTime(null, before, now)).to.equal(before);
    expect(publishTime(null, after, now)).to.equal(now);
    expect(publishTime(null, undefined, now)).to.equal(now);
  });
});
