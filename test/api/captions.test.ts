import { request } from 'node:http';
import { expect } from 'chai';
import type { Problem } from '../../scripts/client.ts';
import { mostCaptionBytes } from '../../shared/captions-text.ts';
import type { Visibility } from '../../shared/contracts/videos.ts';
import { fileCaptionsKey } from '../../shared/keys.ts';
import { move } from '../../shared/pipeline.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn, way } from '../support/videos.ts';

type Caption = { language: string; title: string; source: string; cues: number; bytes: number; url: string };

const srt = '1\r\n00:00:01,000 --> 00:00:02,000\r\nHello & <i>welcome\r\n';
const vtt = (text: string) => `WEBVTT\n\n00:01.000 --> 00:02.000\n${text}\n`;
const normal = (text: string) =>
  `WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n00:00:01.000 --> 00:00:02.000\n${text}\n`;

describe('captions in the api', () => {
  let system: System;
  let owner: string;

  before(async () => {
    system = await startSystem();
    owner = (await (await system.client('demo')).call<{ userId: string }>('GET', '/api/auth/me')).userId;
  });
  after(() => system.stop());

  const makeVideo = (state: (typeof way)[number] = 'ready', visibility: Visibility = 'public') =>
    videoIn(state, system, { ownerId: owner, visibility });

  type Sent = {
    as?: 'demo' | 'viewer' | 'admin' | 'nobody';
    type?: string;
    headers?: Record<string, string>;
  };

  async function put(path: string, body: string | Buffer, { as = 'demo', type, headers }: Sent = {}) {
    const response = await fetch(`${system.url}/api/videos/${path}`, {
      method: 'PUT',
      headers: {
        ...(as === 'nobody' ? {} : { Cookie: await system.cookie(as) }),
        'Content-Type': type ?? 'text/vtt',
        ...headers,
      },
      body: Buffer.from(body),
    });
    return { status: response.status, body: (await response.json()) as Caption & Problem };
  }

  async function remove(path: string, as: 'demo' | 'viewer' = 'demo') {
    const headers = { Cookie: await system.cookie(as) };
    return (await fetch(`${system.url}/api/videos/${path}`, { method: 'DELETE', headers })).status;
  }

  const list = async (videoId: string) => {
    const { items } = await (await system.client('demo')).call<{ items: Caption[] }>(
      'GET',
      `/api/videos/${videoId}/captions`,
    );
    return items;
  };
  const textOf = async (url: string) => (await fetch(url)).text();
  const objectsOf = (videoId: string) => system.context.storage.list('processed', `v/${videoId}/`);

  it('are taken as SubRip or WebVTT, listed, read, replaced and removed', async () => {
    const videoId = await makeVideo();
    const first = await put(`${videoId}/captions/PT-br?title=Legendas`, srt, {
      type: 'application/x-subrip',
    });
    expect(first.status).to.equal(201);
    const address = `${system.url}/api/videos/${videoId}/captions/pt-BR.vtt`;
    expect(first.body).to.include({
      language: 'pt-BR',
      title: 'Legendas',
      source: 'upload',
      cues: 1,
      url: address,
    });
    expect(await list(videoId)).to.deep.equal([first.body]);
    expect(await textOf(address)).to.equal(normal('Hello &amp; <i>welcome</i>'));
    const [stored] = await objectsOf(videoId);
    expect(stored?.key).to.match(/^v\/[0-9a-f]{24}\/captions\/pt-BR-[0-9a-f]{24}\.vtt$/);
    expect(stored?.bytes).to.equal(first.body.bytes);

    const second = await put(`${videoId}/captions/pt-BR`, vtt('Olá'));
    expect(second.status).to.equal(200);
    expect(second.body).to.include({ title: '', cues: 1 });
    expect(await textOf(address)).to.equal(normal('Olá'));
    expect(await objectsOf(videoId), 'what was replaced is gone').to.have.length(1);

    const plain = await put(`${videoId}/captions/zh-hans`, srt, { type: 'text/plain; charset=UTF-8' });
    expect(plain.body).to.include({ language: 'zh-Hans' });
    expect((await list(videoId)).map(({ language }) => language)).to.deep.equal(['pt-BR', 'zh-Hans']);

    expect(await remove(`${videoId}/captions/pt-br`)).to.equal(204);
    expect(await remove(`${videoId}/captions/pt-br`)).to.equal(404);
    expect((await list(videoId)).map(({ language }) => language)).to.deep.equal(['zh-Hans']);
    expect((await fetch(address)).status).to.equal(404);
    expect(await objectsOf(videoId)).to.have.length(1);
  });

  it('may come from the completed upload on, in every state', async () => {
    for (const state of way.slice(1)) {
      const videoId = await makeVideo(state);
      expect((await put(`${videoId}/captions/en`, vtt('a'))).status, state).to.equal(201);
    }
    const draft = await put(`${await makeVideo('draft')}/captions/en`, vtt('a'));
    expect(draft.status).to.equal(409);
    expect(draft.body.code).to.equal('upload_incomplete');
  });

  it('are for the owner and overseers to change, and for who sees the video to read', async () => {
    const [open, secret] = [await makeVideo(), await makeVideo('ready', 'private')];
    for (const [videoId, as, status] of [
      [open, 'nobody', 401],
      [open, 'viewer', 403],
      [open, 'admin', 201],
      [open, 'demo', 200],
      [secret, 'viewer', 404],
      [secret, 'admin', 201],
      ['0'.repeat(24), 'demo', 404],
      ['x', 'demo', 404],
    ] as const) {
      expect((await put(`${videoId}/captions/en`, vtt('a'), { as })).status, `${as} ${status}`).to.equal(
        status,
      );
    }
    expect(await remove(`${open}/captions/en`, 'viewer')).to.equal(403);
    expect(await remove(`${secret}/captions/en`, 'viewer')).to.equal(404);
    for (const path of ['captions', 'captions/en.vtt', 'hls/g1/captions/en/index.m3u8']) {
      const status = async (videoId: string) =>
        (await fetch(`${system.url}/api/videos/${videoId}/${path}`)).status;
      expect(await status(open), path).to.equal(200);
      expect(await status(secret), path).to.equal(404);
    }
  });

  it('are refused with the reason when they are none', async () => {
    const videoId = await makeVideo();
    const latin = Buffer.concat([Buffer.from(vtt('caf')), Buffer.from([0xe9])]);
    const most = Buffer.alloc(mostCaptionBytes + 1, ' ');
    for (const [what, status, code, detail, sent] of [
      [
        'bad times',
        422,
        'invalid_captions',
        /^Line 3: /,
        put(`${videoId}/captions/en`, 'WEBVTT\n\n1 --> 2\na'),
      ],
      ['SubRip as WebVTT', 422, 'invalid_captions', /^Line 1: /, put(`${videoId}/captions/en`, srt)],
      ['nothing', 422, 'invalid_captions', /^Line 1: /, put(`${videoId}/captions/en`, '')],
      ['Latin 1', 422, 'invalid_captions', /not UTF-8/, put(`${videoId}/captions/en`, latin)],
      [
        'JSON',
        415,
        'unsupported_media_type',
        /text\/vtt/,
        put(`${videoId}/captions/en`, '{}', { type: 'application/json' }),
      ],
      [
        'another charset',
        415,
        'unsupported_media_type',
        /UTF-8/,
        put(`${videoId}/captions/en`, vtt('a'), { type: 'text/vtt; charset=latin1' }),
      ],
      [
        'compression',
        415,
        'unsupported_media_type',
        /Encoding/,
        put(`${videoId}/captions/en`, vtt('a'), { headers: { 'Content-Encoding': 'gzip' } }),
      ],
      ['a byte too many', 413, 'body_too_large', /1048576/, put(`${videoId}/captions/en`, most)],
      ['no language', 400, 'invalid_request', /BCP 47/, put(`${videoId}/captions/english`, vtt('a'))],
      ['another folder', 400, 'invalid_request', /BCP 47/, put(`${videoId}/captions/..%2Fen`, vtt('a'))],
      [
        'an unknown parameter',
        400,
        'invalid_request',
        /default/,
        put(`${videoId}/captions/en?default=1`, vtt('a')),
      ],
      [
        'a title too long',
        400,
        'invalid_request',
        /title/,
        put(`${videoId}/captions/en?title=${'a'.repeat(201)}`, vtt('a')),
      ],
    ] as const) {
      const reply = await sent;
      expect([reply.status, reply.body.code], what).to.deep.equal([status, code]);
      expect(reply.body.detail, what).to.match(detail).and.match(/\.$/);
    }
    expect(await list(videoId)).to.deep.equal([]);
    expect(await objectsOf(videoId)).to.deep.equal([]);
  });

  it('of unsaid length are counted as they come, and the connection lives on', async () => {
    const videoId = await makeVideo();
    const { port } = new URL(system.url);
    const Cookie = await system.cookie('demo');
    const status = await new Promise((resolve, reject) => {
      const headers = { Cookie, 'Content-Type': 'text/vtt', 'Transfer-Encoding': 'chunked' };
      const sending = request({ port, method: 'PUT', path: `/api/videos/${videoId}/captions/en`, headers });
      sending.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
      sending.end(Buffer.alloc(3 * mostCaptionBytes, 'a'));
    });
    expect(status).to.equal(413);
  });

  it('that were sent win over those of the file, which go with their attempt', async () => {
    const videoId = await makeVideo();
    const { db, storage } = system.context;
    const fromFile = async (generation: number, language: string) => {
      const key = fileCaptionsKey(videoId, generation, language);
      await storage.put('processed', key, normal(`file ${generation}`), 'text/vtt');
      const about = { title: 'From the file', source: 'file' as const, bytes: 1, cues: 1, isDefault: true };
      await db.captions.put({ videoId, generation, language, key, createdAt: new Date(), ...about });
    };
    await fromFile(1, 'de');
    await put(`${videoId}/captions/en`, vtt('sent'));
    await fromFile(1, 'en');
    await fromFile(2, 'fr');
    expect((await list(videoId)).map(({ language, source }) => [language, source])).to.deep.equal([
      ['de', 'file'],
      ['en', 'upload'],
    ]);
    expect((await db.captions.of(videoId, 2)).map(({ language }) => language)).to.deep.equal(['en', 'fr']);
    expect(await textOf(`${system.url}/api/videos/${videoId}/captions/en.vtt`)).to.equal(normal('sent'));
    expect(await remove(`${videoId}/captions/en`)).to.equal(204);
    expect((await list(videoId)).map(({ language }) => language)).to.deep.equal(['de']);
    expect((await objectsOf(videoId)).map(({ key }) => key)).to.deep.equal([
      fileCaptionsKey(videoId, 1, 'de'),
      fileCaptionsKey(videoId, 2, 'fr'),
    ]);
  });

  it('stand in the master playlist as soon as they are there, with a playlist of their own', async () => {
    const videoId = await makeVideo('encoding');
    const text = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n360p/index.m3u8\n';
    const attempt = { videoId, generation: 1 };
    await system.context.db.playlists.save(attempt, [{ name: 'master', text, segments: 1, isFinal: false }]);
    const master = `${system.url}/api/videos/${videoId}/hls/g1/master.m3u8`;
    expect(await textOf(master)).to.equal(text);
    await put(`${videoId}/captions/en`, vtt('a'));
    expect(await textOf(master)).to.equal(
      [
        '#EXTM3U',
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="captions/en/index.m3u8"',
        '#EXT-X-STREAM-INF:BANDWIDTH=1,SUBTITLES="subs"',
        '360p/index.m3u8',
        '',
      ].join('\n'),
    );
    const index = await fetch(new URL('captions/en/index.m3u8', master), { redirect: 'error' });
    expect(index.headers.get('content-type')).to.match(/^application\/vnd\.apple\.mpegurl/);
    const lines = (await index.text()).split('\n');
    expect(lines).to.include.members(['#EXT-X-TARGETDURATION:62', '#EXTINF:61.200000,', '#EXT-X-ENDLIST']);
    const url = lines.find((line) => line.startsWith('http')) ?? '';
    expect(new URL(url).origin).to.equal(new URL(system.config.S3_ENDPOINT).origin);
    const stored = await fetch(url, { redirect: 'error' });
    expect(stored.headers.get('content-type')).to.equal('text/vtt; charset=utf-8');
    expect(await stored.text()).to.equal(normal('a'));
    expect((await fetch(new URL('captions/fr/index.m3u8', master))).status).to.equal(404);
    expect((await fetch(new URL('captions/none-at-all-x/index.m3u8', master))).status).to.equal(404);
  });

  it('of a video that was deleted meanwhile leave nothing behind', async () => {
    const videoId = await makeVideo();
    const { storage } = system.context;
    const really = storage.put;
    storage.put = async (...words) => {
      await really(...words);
      await move(system.context, { videoId, generation: 1 }, 'deleted');
    };
    try {
      expect((await put(`${videoId}/captions/en`, vtt('a'))).status).to.equal(404);
    } finally {
      storage.put = really;
    }
    expect(await objectsOf(videoId)).to.deep.equal([]);
    expect(await system.context.db.captions.of(videoId, 1)).to.deep.equal([]);
  });
});
