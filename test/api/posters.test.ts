import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createConnection } from 'mongoose';
import { type Client, isSettled, type Ticket, type VideoReply } from '../../scripts/client.ts';
import { sendFile } from '../../shared/client/send-file.ts';
import { chosenPosterPrefix } from '../../shared/keys.ts';
import { clip, clipFolder, ffmpeg, textFile } from '../support/clips.ts';
import { pictureFile } from '../support/pictures.ts';
import { averageColor, pictureFacts } from '../support/pixels.ts';
import { refusal } from '../support/refusal.ts';
import { type System, startSystem, until } from '../support/system.ts';

type PosterReply = {
  source: string;
  version: number;
  state: string;
  error?: { code: string; message: string };
  widths: number[];
};
type PosterTicket = Ticket & { posterUploadId: string };

/** Red, and from the third second on blue. */
async function twoColors(): Promise<string> {
  const path = join(await clipFolder(), 'two-colors.mp4');
  const color = (name: string) => ['-f', 'lavfi', '-i', `color=c=${name}:size=640x360:rate=25:duration=2`];
  const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  const joined = '[0:v][1:v]concat=n=2:v=1[v]';
  const inputs = [...color('red'), ...color('blue')];
  await ffmpeg(...inputs, '-filter_complex', joined, '-map', '[v]', ...encoder, path);
  return path;
}

describe('posters', () => {
  let system: System;
  let client: Client;
  let ready: VideoReply;

  before(async function () {
    this.timeout(120_000);
    system = await startSystem({ PURGE_GRACE_SECONDS: '1' });
    await system.startWorker();
    client = await system.client('demo');
    const { videoId } = await client.uploadFile(await twoColors());
    ready = await client.follow(videoId, isSettled);
    expect(ready.state).to.equal('ready');
  });
  after(() => system.stop());

  const of = (videoId: string) => `/api/videos/${videoId}/poster`;
  const state = (videoId: string, by = client) => by.call<PosterReply>('GET', of(videoId));
  const settled = (videoId: string) =>
    until('poster', async () => {
      const found = await state(videoId);
      return found.state !== 'making' && found;
    });
  const choose = (videoId: string, time: unknown, by = client) =>
    by.call<PosterReply>('PUT', of(videoId), { time });
  const ask = (videoId: string, size: number, type = 'image/png', by = client) =>
    by.call<PosterTicket>('POST', `${of(videoId)}/uploads`, { size, type });
  const complete = (videoId: string, id: string, by = client) =>
    by.call<PosterReply>('POST', `${of(videoId)}/uploads/${id}/complete`);

  async function fetchPicture(path: string): Promise<string> {
    const response = await fetch(`${system.url}${path}`);
    expect(response.status, path).to.equal(200);
    const file = join(await clipFolder(), 'fetched');
    await writeFile(file, Buffer.from(await response.arrayBuffer()));
    return file;
  }

  async function send(videoId: string, path: string, type = 'image/png'): Promise<string> {
    const { length } = await readFile(path);
    const ticket = await ask(videoId, length, type);
    await sendFile(ticket, path);
    return ticket.posterUploadId;
  }

  const rawObjects = async () => (await system.context.storage.list('raw', 'videos/')).map(({ key }) => key);

  it('are made by themselves, in several sizes, as JPEG and WebP', async () => {
    const { videoId } = ready;
    expect(await state(videoId, system.anonymous)).to.deep.equal({
      source: 'auto',
      version: 1,
      state: 'ready',
      widths: [320, 640],
    });
    expect(ready.posterUrl).to.equal(`${system.url}/api/videos/${videoId}/poster.jpg`);
    for (const [query, expected] of [
      ['poster.jpg', 'mjpeg 640x360'],
      ['poster.webp', 'webp 640x360'],
      ['poster.jpg?width=100', 'mjpeg 320x180'],
      ['poster.webp?width=320', 'webp 320x180'],
      ['poster.jpg?width=321', 'mjpeg 640x360'],
      ['poster.jpg?width=5000', 'mjpeg 640x360'],
    ] as const) {
      const file = await fetchPicture(`/api/videos/${videoId}/${query}`);
      expect(await pictureFacts(file), query).to.equal(expected);
    }
    for (const width of ['0', '-1', 'wide', '1.5']) {
      const asked = client.call('GET', `/api/videos/${videoId}/poster.jpg?width=${width}`);
      expect(await refusal(asked)).to.include({ status: 400, code: 'invalid_request' });
    }
  });

  it('come with an animated preview, unless the video is shorter than a second', async () => {
    const response = await fetch(ready.previewUrl ?? '');
    expect(response.headers.get('content-type')).to.equal('image/webp');
    expect(Buffer.from(await response.arrayBuffer()).includes('ANMF')).to.equal(true);
    const { videoId } = await client.uploadFile(await clip(0.6, '160x90'));
    const short = await client.follow(videoId, isSettled);
    expect([short.state, short.previewUrl, short.warnings]).to.deep.equal(['ready', null, []]);
    const asked = client.call('GET', `/api/videos/${videoId}/preview.webp`);
    expect(await refusal(asked)).to.include({ status: 404 });
  });

  describe('from a chosen time', () => {
    it('show that time', async () => {
      const { videoId } = ready;
      for (const [time, isBlue] of [
        [0.5, false],
        [2, true],
        [ready.durationSeconds, true],
        [0, false],
      ] as const) {
        const before = await state(videoId);
        const asked = await choose(videoId, time);
        expect([asked.source, asked.state, asked.version]).to.deep.equal([
          'time',
          'making',
          before.version + 1,
        ]);
        expect(asked.widths, 'the one before is shown meanwhile').to.deep.equal([320, 640]);
        expect((await settled(videoId)).state).to.equal('ready');
        const [red, , blue] = await averageColor(await fetchPicture(`/api/videos/${videoId}/poster.jpg`));
        expect(blue > red, `at ${time} s`).to.equal(isBlue);
      }
    });

    it('stay when Millrace makes one by itself again', async () => {
      const { videoId } = ready;
      await choose(videoId, 3);
      const { version } = await settled(videoId);
      const { posters } = system.context.db;
      const auto = await posters.auto({ videoId, generation: 2 });
      await posters.ready(auto._id, [320]);
      expect(auto.version).to.be.greaterThan(version);
      expect(await state(videoId)).to.include({ source: 'time', version, state: 'ready' });
      expect((await posters.shown({ videoId, generation: 2 }))?.version).to.equal(version);
    });

    it('lie within the video', async () => {
      for (const time of [-1, 4.2, '1', null]) {
        const problem = await refusal(choose(ready.videoId, time));
        expect(problem).to.include({ status: 400, code: 'invalid_request' });
        expect(problem.errors?.map(({ pointer }) => pointer)).to.deep.equal(['/time']);
      }
    });

    it('are none of a video whose length is not known yet, or that has failed', async () => {
      const draft = await client.requestUpload({ filename: 'a.mp4', size: 9, type: 'video/mp4' });
      expect(await refusal(choose(draft.videoId, 0))).to.include({ status: 409, code: 'not_playable_yet' });
      expect(await state(draft.videoId)).to.deep.equal({
        source: 'auto',
        version: 0,
        state: 'making',
        widths: [],
      });
      const bad = await client.uploadFile(await textFile());
      await client.follow(bad.videoId, isSettled);
      expect(await refusal(choose(bad.videoId, 0))).to.include({ status: 409, code: 'video_failed' });
      expect(await state(bad.videoId)).to.include({ state: 'failed' });
    });

    it('are two for two who ask at once, and the last one is shown', async () => {
      const asked = await Promise.all([1, 2, 3].map((time) => choose(ready.videoId, time)));
      expect(asked.every(({ source }) => source === 'time')).to.equal(true);
      const found = await settled(ready.videoId);
      const { posters } = system.context.db;
      const versions = [0, 1, 2].map((back) => posters.byVersion(ready.videoId, found.version - back));
      const seconds = (await Promise.all(versions)).map((poster) => poster?.seconds);
      expect(seconds).to.have.members([1, 2, 3]);
    });

    it('go, once replaced, when nobody can have their address any more', async () => {
      const { posters } = system.context.db;
      const { videoId } = ready;
      const { storage } = system.context;
      const stored = async (version: number) =>
        (await storage.list('thumbnails', chosenPosterPrefix(videoId, version))).length;
      await choose(videoId, 1);
      const first = await posters.byVersion(videoId, (await settled(videoId)).version);
      await choose(videoId, 2);
      const { version } = await settled(videoId);
      const replaced = await until('the one before to be replaced', async () => {
        const now = await posters.find(first?._id ?? '');
        return now?.replacedAt ? now : undefined;
      });
      expect(await stored(replaced.version ?? 0), 'somebody may be seeing it').to.equal(4);
      await change(replaced._id, { replacedAt: new Date(Date.now() - 24 * 3600 * 1000) });
      await until('its end', async () => (await posters.find(replaced._id)) === null);
      expect([await stored(replaced.version ?? 0), await stored(version)]).to.deep.equal([0, 4]);
      expect(await state(videoId)).to.include({ version, state: 'ready' });
      expect((await posters.byVersion(videoId, version))?.replacedAt).to.equal(null);
    });

    it('are made although the queue has lost their job', async () => {
      const { posters, transaction } = system.context.db;
      const { videoId } = ready;
      const made = await transaction((session) => posters.ofTime({ videoId, generation: 1 }, 1, session));
      await change(made._id, { heardAt: new Date(Date.now() - 120_000) });
      expect(await settled(videoId)).to.include({ version: made.version, state: 'ready' });
    });
  });

  describe('that are uploaded', () => {
    it('are scaled into the same sizes, and their upload is gone', async () => {
      const { videoId } = ready;
      const path = await pictureFile('png', 'color=c=0x20B040:size=2000x1000', 'wide-green');
      const id = await send(videoId, path);
      const asked = await complete(videoId, id);
      expect([asked.source, asked.state]).to.deep.equal(['upload', 'making']);
      expect(await settled(videoId)).to.deep.equal({
        ...asked,
        state: 'ready',
        widths: [320, 640, 1280],
      });
      const file = await fetchPicture(`/api/videos/${videoId}/poster.webp?width=400`);
      expect(await pictureFacts(file)).to.equal('webp 640x320');
      const [red, green] = await averageColor(file);
      expect([red < 60, green > 150]).to.deep.equal([true, true]);
      await until('end of the upload', async () => (await rawObjects()).every((key) => !key.includes(id)));
      expect(await complete(videoId, id), 'said again, it changes nothing').to.deep.equal(
        await state(videoId),
      );
    });

    it('are refused when they are no picture, and the one before stays', async () => {
      const { videoId } = ready;
      const before = await settled(videoId);
      const id = await send(videoId, await textFile());
      await complete(videoId, id);
      const after = await settled(videoId);
      expect(after).to.include({ source: 'upload', state: 'failed', version: before.version + 1 });
      expect(after.error?.code).to.equal('invalid_image');
      expect(after.error?.message).to.match(/^[A-Z].*\.$/);
      expect(after.widths).to.deep.equal(before.widths);
      await fetchPicture(`/api/videos/${videoId}/poster.jpg`);
      await until('end of the upload', async () => (await rawObjects()).every((key) => !key.includes(id)));
    });

    it('may come before the video does, and are not replaced by the one found in it', async () => {
      const path = await clip(1, '320x180');
      const { length: size } = await readFile(path);
      const draft = await client.requestUpload({ filename: 'a.mp4', size, type: 'video/mp4' });
      const { videoId } = draft;
      await complete(videoId, await send(videoId, await pictureFile('webp'), 'image/webp'));
      expect(await settled(videoId)).to.include({ source: 'upload', version: 1, state: 'ready' });
      await sendFile(draft, path);
      await client.complete(draft.uploadId);
      expect((await client.follow(videoId, isSettled)).state).to.equal('ready');
      expect(await state(videoId)).to.include({ source: 'upload', version: 1, state: 'ready' });
      expect(await pictureFacts(await fetchPicture(`/api/videos/${videoId}/poster.jpg`))).to.equal(
        'mjpeg 900x600',
      );
    });

    it('have a ticket for one picture of one size and type, of 10 MiB at most', async () => {
      const { videoId } = ready;
      const ticket = await ask(videoId, 1000, 'image/jpeg');
      expect(ticket.headers).to.deep.equal({
        'Content-Length': '1000',
        'Content-Type': 'image/jpeg',
        'If-None-Match': '*',
      });
      expect(await refusal(ask(videoId, 10 * 1024 ** 2 + 1))).to.include({
        status: 422,
        code: 'too_large',
      });
      expect((await refusal(ask(videoId, 9, 'image/gif'))).errors?.[0]?.pointer).to.equal('/type');
      expect((await refusal(ask(videoId, 0))).errors?.[0]?.pointer).to.equal('/size');
    });

    it('must have arrived, whole', async () => {
      const { videoId } = ready;
      const { posterUploadId } = await ask(videoId, 1000);
      expect(await refusal(complete(videoId, posterUploadId))).to.include({
        status: 409,
        code: 'upload_incomplete',
      });
      const poster = await system.context.db.posters.find(posterUploadId);
      await system.context.storage.put('raw', poster?.upload?.key ?? '', Buffer.alloc(400), 'image/png');
      expect(await refusal(complete(videoId, posterUploadId))).to.include({
        status: 409,
        code: 'upload_mismatch',
      });
      expect(await refusal(complete(videoId, '0'.repeat(24)))).to.include({ status: 404 });
    });

    it('are dropped when nobody completes them', async () => {
      const { videoId } = ready;
      const id = await send(videoId, await pictureFile('jpg'), 'image/jpeg');
      expect((await rawObjects()).some((key) => key.includes(id))).to.equal(true);
      await change(id, { 'upload.expiresAt': new Date(Date.now() - 120_000) });
      await until('end of the ticket', async () => (await rawObjects()).every((key) => !key.includes(id)));
      expect(await refusal(complete(videoId, id))).to.include({ status: 409, code: 'upload_closed' });
    });
  });

  describe('are changed', () => {
    it('by the owner and by who oversees all videos; others may look', async () => {
      const [viewer, admin] = [await system.client('viewer'), await system.client('admin')];
      const { videoId } = ready;
      expect(await refusal(choose(videoId, 1, viewer))).to.include({ status: 403, code: 'forbidden' });
      expect(await refusal(ask(videoId, 9, 'image/png', viewer))).to.include({ status: 403 });
      expect(await refusal(complete(videoId, '0'.repeat(24), viewer))).to.include({ status: 403 });
      expect(await refusal(choose(videoId, 1, system.anonymous))).to.include({ status: 401 });
      expect((await state(videoId, viewer)).widths).to.not.be.empty;
      expect((await choose(videoId, 1, admin)).source).to.equal('time');
      await settled(videoId);
    });

    it('by nobody else when the video is private: for others it does not exist', async () => {
      const about = { visibility: 'private' as const };
      const { videoId } = await client.uploadFile(await clip(1, '160x90'), about);
      await client.follow(videoId, isSettled);
      const viewer = await system.client('viewer');
      for (const asked of [
        () => state(videoId, viewer),
        () => choose(videoId, 0, viewer),
        () => ask(videoId, 9, 'image/png', viewer),
        () => viewer.call('GET', `/api/videos/${videoId}/poster.webp`),
        () => viewer.call('GET', `/api/videos/${videoId}/preview.webp`),
        () => viewer.call('GET', `/api/videos/${videoId}/storyboard`),
      ]) {
        expect(await refusal(asked())).to.include({ status: 404, code: 'not_found' });
      }
    });
  });

  it('are gone with their video, and so is what was on its way', async () => {
    const { videoId } = await client.uploadFile(await clip(1, '160x90'));
    await client.follow(videoId, isSettled);
    await choose(videoId, 0.5);
    await settled(videoId);
    await send(videoId, await pictureFile('png'));
    await client.call('DELETE', `/api/videos/${videoId}`);
    const { storage } = system.context;
    await until('end of the pictures', async () => {
      const made = await storage.list('thumbnails', `v/${videoId}/`);
      return made.length === 0 && (await rawObjects()).every((key) => !key.includes(videoId));
    });
  });

  /** Turns a clock back in the record. */
  async function change(id: string, fields: Record<string, Date>): Promise<void> {
    const connection = await createConnection(system.env.MONGO_URL ?? '').asPromise();
    await connection.collection<{ _id: string }>('posters').updateOne({ _id: id }, { $set: fields });
    await connection.close();
  }
});
