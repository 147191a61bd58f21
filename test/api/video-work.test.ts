import { expect } from 'chai';
import { isSettled } from '../../scripts/client.ts';
import type { NewVideo } from '../../shared/db/video-record.ts';
import { newId } from '../../shared/ids.ts';
import { begin, remove, reprocess, restart } from '../../shared/pipeline.ts';
import type { VideoState } from '../../shared/video-state.ts';
import { clip, textFile } from '../support/clips.ts';
import { refusal } from '../support/refusal.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn, way } from '../support/videos.ts';

describe('the work on a video', () => {
  let system: System;
  let owner: string;

  before(async () => {
    system = await startSystem();
    const client = await system.client('demo');
    owner = (await client.call<{ userId: string }>('GET', '/api/auth/me')).userId;
  });
  after(() => system.stop());

  /** A video whose source is there. */
  async function makeVideo(state: Parameters<typeof videoIn>[0], about: Partial<NewVideo> = {}) {
    const { storage } = system.context;
    const key = `videos/${owner}/${newId()}`;
    await storage.put('raw', key, 'bytes', 'video/mp4');
    const { etag = '' } = (await storage.head('raw', key)) ?? {};
    return videoIn(state, system, { ownerId: owner, source: { key, bytes: 5, etag }, ...about });
  }

  const video = async (videoId: string) => {
    const found = await system.context.db.videos.find(videoId);
    if (!found) throw new Error('the video is gone');
    return found;
  };
  const calls = [
    ['DELETE', ''],
    ['POST', '/cancel'],
    ['POST', '/reprocess'],
  ] as const;

  for (const [method, end] of calls) {
    it(`${method} ${end || 'itself'} is for its owner, moderators and administrators`, async () => {
      const state = end === '/reprocess' ? 'ready' : 'encoding';
      const ask = async (login: 'demo' | 'viewer' | 'admin' | undefined, videoId: string) => {
        const client = login ? await system.client(login) : system.anonymous;
        return client.call('DELETE' === method ? 'DELETE' : 'POST', `/api/videos/${videoId}${end}`);
      };
      const seen = await makeVideo(state);
      const hidden = await makeVideo(state, { visibility: 'private' });
      expect(await refusal(ask(undefined, seen))).to.include({ status: 401, code: 'not_signed_in' });
      expect(await refusal(ask('viewer', seen))).to.include({ status: 403, code: 'forbidden' });
      expect(await refusal(ask('viewer', hidden))).to.include({ status: 404, code: 'not_found' });
      expect(await refusal(ask('demo', newId()))).to.include({ status: 404, code: 'not_found' });
      expect([(await video(seen)).state, (await video(hidden)).state]).to.deep.equal([state, state]);
      await ask('demo', seen);
      await ask('admin', hidden);
      const after = { '': 'deleted', '/cancel': 'failed', '/reprocess': 'uploaded' }[end];
      expect([(await video(seen)).state, (await video(hidden)).state]).to.deep.equal([after, after]);
    });
  }

  for (const [state, cancelled, reprocessed] of [
    ['draft', 'not_in_progress', 'upload_incomplete'],
    ['uploaded', 200, 'in_progress'],
    ['probing', 200, 'in_progress'],
    ['encoding', 200, 'in_progress'],
    ['publishing', 200, 'in_progress'],
    ['ready', 'not_in_progress', 202],
    ['failed', 'not_in_progress', 202],
  ] as const) {
    it(`of one that is ${state}: cancel gives ${cancelled}, reprocess ${reprocessed}`, async () => {
      const Cookie = await system.cookie('demo');
      for (const [end, expected] of [
        ['cancel', cancelled],
        ['reprocess', reprocessed],
      ] as const) {
        const path = `${system.url}/api/videos/${await makeVideo(state)}/${end}`;
        const response = await fetch(path, { method: 'POST', headers: { Cookie } });
        const { code } = (await response.json()) as { code?: string };
        expect(code ?? response.status).to.equal(expected);
        if (code) expect(response.status).to.equal(409);
      }
    });
  }

  it('ends in every state when the video is deleted, and only once', async () => {
    const client = await system.client('demo');
    for (const state of [...way, 'failed'] as const) {
      const videoId = await makeVideo(state);
      await client.removeVideo(videoId);
      expect(await refusal(client.removeVideo(videoId)), state).to.include({ status: 404 });
      const { history } = await video(videoId);
      expect(history.at(-1)?.state).to.equal('deleted');
    }
  });

  it('ends with the upload that had not come yet', async () => {
    const client = await system.client('demo');
    const ticket = await client.requestUpload({ filename: 'a.mp4', size: 9, type: 'video/mp4' });
    await client.removeVideo(ticket.videoId);
    expect((await client.upload(ticket.uploadId)).state).to.equal('cancelled');
    expect(await refusal(client.complete(ticket.uploadId))).to.include({ code: 'upload_closed' });
  });

  it('begins again once, whoever asks and however often at once', async () => {
    const found = await video(await makeVideo('ready'));
    const all = await Promise.all([1, 2, 3].map(() => reprocess(system.context, found)));
    expect(all.filter(Boolean)).to.have.length(1);
    const now = await video(found._id);
    expect(now).to.deep.include({
      state: 'uploaded',
      generation: 2,
      activeGeneration: 1,
      plan: null,
      failure: null,
    });
    expect(now.playableAt).to.deep.equal(found.playableAt);
    expect(now.history.at(-1)).to.include({ state: 'uploaded', generation: 2 });
    expect(
      await restart(system.context, { videoId: found._id, generation: 2 }, {}),
      'nothing to end',
    ).to.equal(undefined);
  });

  it('forgets what an attempt that never played had noted', async () => {
    const videoId = await makeVideo('encoding');
    const first = { videoId, generation: 1 };
    const { db } = system.context;
    await db.videos.becamePlayable(first);
    await db.pictures.setPoster(first);
    expect(await video(videoId)).to.include({ hasPoster: true, copyRefused: false });
    await restart(system.context, first, { copyRefused: true });
    expect(await video(videoId)).to.include({ hasPoster: false, playableAt: null, copyRefused: true });
    expect(await db.videos.heard(first, 'encoding'), 'its jobs stop').to.equal(false);
  });

  it('tells when an attempt could be watched first, and once it is over nothing more', async () => {
    const { videos } = system.context.db;
    const attempt = { videoId: await makeVideo('encoding'), generation: 1 };
    await videos.becamePlayable(attempt);
    const { playableAt } = await video(attempt.videoId);
    expect(playableAt).to.be.instanceOf(Date);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await videos.becamePlayable(attempt);
    expect((await video(attempt.videoId)).playableAt).to.deep.equal(playableAt);
    const over = { videoId: await makeVideo('failed'), generation: 1 };
    await videos.becamePlayable(over);
    expect((await video(over.videoId)).playableAt).to.equal(null);
  });

  it('of an attempt that has ended does not touch the poster of the one that plays', async () => {
    const found = await video(await makeVideo('ready'));
    const { db } = system.context;
    await reprocess(system.context, found);
    await db.pictures.setPoster({ videoId: found._id, generation: 2 });
    expect((await video(found._id)).hasPoster).to.equal(false);
    const poster = await refusal(system.anonymous.call('GET', `/api/videos/${found._id}/poster.jpg`));
    expect(poster).to.include({ status: 404 });
  });

  it('is found by who acts on what another attempt has made of it meanwhile', async () => {
    const stale = await video(await makeVideo('ready'));
    await reprocess(system.context, stale);
    expect(await remove(system.context, stale)).to.equal(true);
    expect(await video(stale._id)).to.include({ state: 'deleted', generation: 2 });
    expect(await remove(system.context, stale)).to.equal(false);
  });

  it('goes on without a video that is deleted: a job of it ends without a trace', async () => {
    const worker = await system.startWorker();
    try {
      const client = await system.client('demo');
      const videoId = await makeVideo('uploaded');
      await client.removeVideo(videoId);
      await begin(system.context, { videoId, generation: 1 }, await video(videoId));
      const next = await client.uploadFile(await clip());
      expect(await client.follow(next.videoId, isSettled)).to.include({ state: 'ready' });
      expect((await video(videoId)).history.map(({ state }) => state as VideoState)).to.deep.equal([
        'draft',
        'uploaded',
        'deleted',
      ]);
      const broken = await client.uploadFile(await textFile());
      expect(await client.follow(broken.videoId, isSettled)).to.include({ state: 'failed', percent: 0 });
    } finally {
      await worker.stop();
    }
  });
});
