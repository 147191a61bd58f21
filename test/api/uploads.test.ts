import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Ticket } from '../../scripts/client.ts';
import { sendFile } from '../../shared/client/send-file.ts';
import { clipFolder, textFile } from '../support/clips.ts';
import { refusal } from '../support/refusal.ts';
import { type System, startSystem } from '../support/system.ts';

const file = { filename: 'a.mp4', size: 1000, type: 'video/mp4' };

describe('uploads', () => {
  let system: System;

  before(async () => {
    system = await startSystem({ UPLOAD_MAX_BYTES: '1000000' });
  });
  after(() => system.stop());

  const post = async (body: unknown) => (await system.client('demo')).call('POST', '/api/uploads', body);

  async function bytesOf(size: number): Promise<string> {
    const path = join(await clipFolder(), `bytes-${size}`);
    await writeFile(path, Buffer.alloc(size, 7));
    return path;
  }

  describe('a ticket', () => {
    it('names upload and video, and signs length, type and precondition, and no checksum', async () => {
      const client = await system.client('demo');
      const ticket = await client.requestUpload({ ...file, title: 'A title' });
      expect(ticket.method).to.equal('PUT');
      expect(ticket.headers).to.deep.equal({
        'Content-Length': '1000',
        'Content-Type': 'video/mp4',
        'If-None-Match': '*',
      });
      const query = new URL(ticket.url).searchParams;
      expect(query.get('X-Amz-SignedHeaders')).to.equal('content-length;content-type;host;if-none-match');
      expect(ticket.url).not.to.match(/checksum/i);
      expect(new Date(ticket.expiresAt).getTime()).to.be.closeTo(Date.now() + 3_600_000, 10_000);
      expect(await client.upload(ticket.uploadId)).to.include({
        state: 'waiting',
        size: 1000,
        filename: 'a.mp4',
      });
      const video = await client.video(ticket.videoId);
      expect(video).to.include({ state: 'draft', title: 'A title', percent: 0, playable: false });
    });

    it('names the video after its file, without folders and what cannot be shown', async () => {
      const client = await system.client('demo');
      const titles = {
        'My day.final.mp4': 'My day.final',
        '../../etc/passwd': 'passwd',
        'C:\\videos\\a b.mov': 'a b',
        'one\r\ntwo\u0000.mp4': 'one two',
        '.mp4': '.mp4',
        'folder/': 'Untitled',
      };
      for (const [filename, title] of Object.entries(titles)) {
        const { videoId } = await client.requestUpload({ ...file, filename });
        expect((await client.video(videoId)).title, filename).to.equal(title);
      }
    });

    it('takes what is said of the video, under the name that its owner has at the time', async () => {
      const client = await system.client('demo');
      const about = {
        ...{ category: 'nature', language: 'ar', tags: ['a', 'a '], regions: ['GB'], minimumAge: 0 },
        ...{ commentsOff: true, publishAt: '2036-03-01T14:00:00+02:00' },
      };
      const { videoId } = await client.requestUpload({ ...file, ...about });
      expect(await client.video(videoId)).to.deep.include({
        ...{ category: 'nature', language: 'ar', tags: ['a'], regions: ['GB'], minimumAge: 0 },
        ...{ commentsOff: true, publishedAt: '2036-03-01T12:00:00.000Z', isRtl: true, takenDown: null },
        channelTitle: 'Demo Creator',
      });
      const plain = await client.video((await client.requestUpload(file)).videoId);
      expect(plain).to.deep.include({ regions: [], minimumAge: null, commentsOff: false, isRtl: false });
      expect(new Date(plain.publishedAt).getTime()).to.be.closeTo(Date.now(), 10_000);
    });

    const wrong: [string, object, string][] = [
      ['an unknown field', { ...file, owner: 'me' }, '/owner'],
      ['a wrong type of a field', { ...file, size: '1000' }, '/size'],
      ['a size of zero', { ...file, size: 0 }, '/size'],
      ['a fraction of a byte', { ...file, size: 1.5 }, '/size'],
      ['a missing file name', { size: 1000, type: 'video/mp4' }, '/filename'],
      ['a type that is no video', { ...file, type: 'text/html' }, '/type'],
      ['a wrong tag deep inside', { ...file, tags: ['good', 7] }, '/tags/1'],
      ['a wrong language', { ...file, language: 'english' }, '/language'],
      ['a language that there is not', { ...file, language: 'xx' }, '/language'],
      ['a category that there is not', { ...file, category: 'no-such' }, '/category'],
      ['a region that there is not', { ...file, regions: ['GB', 'ZZ'] }, '/regions/1'],
      ['an age of 22', { ...file, minimumAge: 22 }, '/minimumAge'],
      ['a time that is over', { ...file, publishAt: '2026-01-01T00:00:00Z' }, '/publishAt'],
      ['a time without a zone', { ...file, publishAt: '2036-01-01T00:00:00' }, '/publishAt'],
    ];
    for (const [what, body, pointer] of wrong) {
      it(`is refused for ${what}, pointing at ${pointer}`, async () => {
        const problem = await refusal(post(body));
        expect(problem).to.include({ status: 400, code: 'invalid_request' });
        expect(problem.errors?.map((violation) => violation.pointer)).to.deep.equal([pointer]);
      });
    }

    it('is refused for a file that is too large', async () => {
      const problem = await refusal(post({ ...file, size: 1_000_001 }));
      expect(problem).to.include({ status: 422, code: 'too_large' });
    });

    it('is refused for who is not signed in', async () => {
      expect(await refusal(system.anonymous.requestUpload(file))).to.include({
        status: 401,
        code: 'not_signed_in',
      });
    });

    it('is refused for what is no JSON, and for what is too long', async () => {
      const send = async (body: string, type = 'application/json') => {
        const headers = { Cookie: await system.cookie('demo'), 'Content-Type': type };
        const response = await fetch(`${system.url}/api/uploads`, { method: 'POST', headers, body });
        return (await response.json()) as { status: number; code: string };
      };
      expect(await send('{"filename":')).to.include({ status: 400, code: 'invalid_json' });
      expect(await send('[]')).to.include({ status: 400, code: 'invalid_request' });
      expect(await send('a=b', 'text/plain')).to.include({ status: 415, code: 'unsupported_media_type' });
      expect(await send(JSON.stringify({ filename: 'x'.repeat(200_000) }))).to.include({
        code: 'body_too_large',
      });
    });
  });

  describe('the store', () => {
    const rejection = (sent: Promise<void>) =>
      sent.then(
        () => 'accepted',
        (error: Error) => error.message,
      );

    async function ticket(size: number): Promise<Ticket> {
      return (await system.client('demo')).requestUpload({ ...file, size });
    }

    it('takes the announced bytes once', async () => {
      const given = await ticket(500);
      await sendFile(given, await bytesOf(500));
      expect(await rejection(sendFile(given, await bytesOf(500)))).to.match(/answered 412/);
      for (const size of [499, 501]) {
        expect(await rejection(sendFile(given, await bytesOf(size)))).to.match(/500 were announced/);
      }
    });

    it('refuses another size, another type and a changed address', async () => {
      const given = await ticket(500);
      const longer = { ...given, headers: { ...given.headers, 'Content-Length': '501' } };
      expect(await rejection(sendFile(longer, await bytesOf(501)))).to.match(/answered 403/);
      const other = { ...given, headers: { ...given.headers, 'Content-Type': 'text/html' } };
      expect(await rejection(sendFile(other, await bytesOf(500)))).to.match(/answered 403/);
      const elsewhere = { ...given, url: given.url.replace(given.videoId, '0'.repeat(24)) };
      expect(await rejection(sendFile(elsewhere, await bytesOf(500)))).to.match(/answered 403/);
    });

    it('refuses a ticket that has run out', async () => {
      const brief = await startSystem({ UPLOAD_TTL_SECONDS: '1' });
      try {
        const given = await (await brief.client('demo')).requestUpload({ ...file, size: 500 });
        await new Promise((resolve) => setTimeout(resolve, 2100));
        expect(await rejection(sendFile(given, await bytesOf(500)))).to.match(/answered 403/);
      } finally {
        await brief.stop();
      }
    });
  });

  describe('complete', () => {
    it('is refused before the bytes are there, and can be said again later', async () => {
      const client = await system.client('demo');
      const given = await client.requestUpload({ ...file, size: 500 });
      expect(await refusal(client.complete(given.uploadId))).to.include({
        status: 409,
        code: 'upload_incomplete',
      });
      await sendFile(given, await bytesOf(500));
      expect(await client.complete(given.uploadId)).to.include({ state: 'completed' });
      expect((await client.video(given.videoId)).state).to.equal('uploaded');
    });

    it('is refused when the store holds another number of bytes', async () => {
      const client = await system.client('demo');
      const given = await client.requestUpload({ ...file, size: 500 });
      const record = await system.context.db.uploads.find(given.uploadId);
      await system.context.storage.put('raw', record?.key ?? '', Buffer.alloc(400), 'video/mp4');
      expect(await refusal(client.complete(given.uploadId))).to.include({
        status: 409,
        code: 'upload_mismatch',
      });
      expect((await client.video(given.videoId)).state).to.equal('draft');
    });

    it('changes nothing the second time', async () => {
      const client = await system.client('demo');
      const given = await client.uploadFile(await textFile());
      const first = await system.context.db.videos.find(given.videoId);
      expect(await client.complete(given.uploadId)).to.include({ state: 'completed' });
      expect(await system.context.db.videos.find(given.videoId)).to.deep.equal(first);
    });
  });

  describe('cancel', () => {
    it('ends a waiting upload: the draft and the bytes are gone, and it cannot be completed', async () => {
      const client = await system.client('demo');
      const given = await client.requestUpload({ ...file, size: 500 });
      await sendFile(given, await bytesOf(500));
      await client.cancel(given.uploadId);
      await client.cancel(given.uploadId);
      expect((await client.upload(given.uploadId)).state).to.equal('cancelled');
      const { values } = await system.context.metrics.videoMoves.get();
      expect(values.map(({ labels }) => labels.state)).to.include('deleted');
      expect(await refusal(client.video(given.videoId))).to.include({ status: 404 });
      expect(await refusal(client.complete(given.uploadId))).to.include({
        status: 409,
        code: 'upload_closed',
      });
      const record = await system.context.db.uploads.find(given.uploadId);
      expect(await system.context.storage.head('raw', record?.key ?? '')).to.equal(undefined);
    });

    it('is refused once the upload is complete', async () => {
      const client = await system.client('demo');
      const given = await client.uploadFile(await textFile());
      expect(await refusal(client.cancel(given.uploadId))).to.include({ status: 409, code: 'upload_closed' });
    });
  });

  it('are hidden from everyone else', async () => {
    const mine = await system.client('demo');
    const given = await mine.requestUpload({ ...file, visibility: 'private' });
    for (const other of [await system.client('viewer'), await system.client('admin')]) {
      expect(await refusal(other.upload(given.uploadId))).to.include({ status: 404, code: 'not_found' });
      expect(await refusal(other.complete(given.uploadId))).to.include({ status: 404, code: 'not_found' });
      expect(await refusal(other.cancel(given.uploadId))).to.include({ status: 404, code: 'not_found' });
    }
    expect(await refusal((await system.client('viewer')).video(given.videoId))).to.include({ status: 404 });
    expect(await refusal(system.anonymous.upload(given.uploadId))).to.include({ status: 401 });
  });
});
