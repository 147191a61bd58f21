import { expect } from 'chai';
import { createConnection } from 'mongoose';
import { type Client, isSettled } from '../../scripts/client.ts';
import { newId } from '../../shared/ids.ts';
import {
  generationPrefix,
  initKey,
  orphanCursorKey,
  previewKey,
  rawKey,
  segmentKey,
  videoPrefix,
} from '../../shared/keys.ts';
import { restart } from '../../shared/pipeline.ts';
import { buckets } from '../../shared/storage.ts';
import { removeOrphans } from '../../workers/orphans.ts';
import { clip } from '../support/clips.ts';
import { decode } from '../support/decode.ts';
import { ffmpegsOf, holdEncodingOf, onLinuxOnly } from '../support/ffmpegs.ts';
import { refusal } from '../support/refusal.ts';
import { backdate, type System, startSystem, until } from '../support/system.ts';

/** Longer than anything is kept for somebody who may still be watching. */
const day = 24 * 3600;

describe('the life of a video', function () {
  this.timeout(120_000);
  let system: System;
  let client: Client;

  before(async () => {
    system = await startSystem({ PURGE_GRACE_SECONDS: '1' });
    client = await system.client('demo');
    await system.startWorker();
  });
  after(() => system.stop());

  const video = async (videoId: string) => {
    const found = await system.context.db.videos.find(videoId);
    if (!found) throw new Error('the video is gone');
    return found;
  };
  const quiet = () => until('end of every ffmpeg', async () => (await ffmpegsOf(system)).length === 0, 2);
  const purged = (videoId: string) =>
    until('purge', async () => (await video(videoId)).purgedAt !== null, 30);
  /** What a newer result replaced is kept for those who may still be watching: as if that time had passed. */
  const longAgo = async (videoId: string) => {
    await backdate(system, 'videos', videoId, 'heardAt', day);
    await purged(videoId);
  };
  const settled = async (videoId: string) => client.follow(videoId, isSettled);
  const makeReady = async () => {
    const { videoId } = await client.uploadFile(await clip());
    expect((await settled(videoId)).error).to.equal(null);
    return videoId;
  };
  /** How many objects of a video there are, by the first folder below it, and of its source. */
  async function stored(videoId: string): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const bucket of buckets) {
      for (const { key } of await system.context.storage.list(bucket, '')) {
        if (!key.includes(videoId)) continue;
        const place = bucket === 'raw' ? 'raw' : `${bucket} ${key.split('/')[2]}`;
        counts[place] = (counts[place] ?? 0) + 1;
      }
    }
    return counts;
  }
  /** How many rows each collection of work has for a video. */
  async function rows(videoId: string): Promise<Record<string, number>> {
    const connection = await createConnection(system.config.MONGO_URL).asPromise();
    try {
      const counts: Record<string, number> = {};
      for (const name of ['parts', 'playlists']) {
        counts[name] = await connection.collection(name).countDocuments({ videoId });
      }
      const ofVideo = { _id: { $regex: `-${videoId}$` } } as object;
      counts.scores = await connection.collection('trending_scores').countDocuments(ofVideo);
      return counts;
    } finally {
      await connection.close();
    }
  }
  const nothing = { parts: 0, playlists: 0, scores: 0 };
  /** Jobs of a video that wait or run, whatever their queue. */
  async function pending(videoId: string): Promise<string[]> {
    const jobs = await Promise.all(
      system.context.queues.all.map((queue) =>
        queue.getJobs(['wait', 'prioritized', 'delayed', 'active', 'waiting-children']),
      ),
    );
    return jobs.flat().flatMap((job) => (job?.id?.includes(videoId) ? [job.id] : []));
  }

  describe('ends', () => {
    beforeEach(function () {
      onLinuxOnly(this);
    });

    it('when it is deleted while it is encoded: ffmpeg within 2 s, and then every trace', async () => {
      const { videoId, uploadId } = await client.uploadFile(await clip(12));
      await holdEncodingOf(system, videoId);
      await client.removeVideo(videoId);
      await quiet();
      const gone = [client.video(videoId), client.playback(videoId), client.removeVideo(videoId)];
      for (const refused of await Promise.all(gone.map((asked) => refusal(asked)))) {
        expect(refused).to.include({ status: 404, code: 'not_found' });
      }
      const mine = await client.call<{ items: { videoId: string }[] }>('GET', '/api/videos?mine=true');
      expect(mine.items.map((item) => item.videoId)).not.to.include(videoId);
      await until('end of its jobs', async () => (await pending(videoId)).length === 0);
      await purged(videoId);
      expect(await stored(videoId)).to.deep.equal({});
      expect(await rows(videoId)).to.deep.equal(nothing);
      const left = await video(videoId);
      expect(left).to.include({ state: 'deleted', title: '', description: '', plan: null, hasPoster: false });
      expect((await system.context.db.uploads.find(uploadId))?.filename).to.equal('');
      expect(left.history.at(-1)?.state).to.equal('deleted');
    });

    it('when the work is cancelled: failed, with the source kept, ready to be tried again', async () => {
      const { videoId } = await client.uploadFile(await clip(12));
      await holdEncodingOf(system, videoId);
      const cancelled = await client.cancelVideo(videoId);
      await quiet();
      const message = 'The work on the video was cancelled.';
      expect(cancelled).to.deep.include({ state: 'failed', error: { code: 'cancelled', message } });
      expect(cancelled).to.include({ playable: false, remainingSeconds: null });
      expect(await refusal(client.cancelVideo(videoId))).to.include({ status: 409, code: 'not_in_progress' });
      await until('end of its jobs', async () => (await pending(videoId)).length === 0);
      await purged(videoId);
      expect(await stored(videoId)).to.deep.equal({ raw: 1 });
      expect(await rows(videoId)).to.deep.equal(nothing);

      const again = await client.reprocess(videoId);
      expect(again).to.include({ state: 'uploaded', error: null, percent: 0, playable: false });
      expect(await settled(videoId)).to.include({ state: 'ready', playable: true });
      expect(await video(videoId)).to.include({ generation: 2, activeGeneration: 2 });
    });

    it('when it is deleted while its jobs wait: they are gone from the queues', async () => {
      const probes = system.context.queues.all.find(({ name }) => name === 'probe');
      await probes?.pause();
      const { videoId } = await client.uploadFile(await clip());
      expect(await pending(videoId)).to.have.length(1);
      await client.removeVideo(videoId);
      expect(await pending(videoId)).to.deep.equal([]);
      await probes?.resume();
      await purged(videoId);
      expect(await stored(videoId)).to.deep.equal({});
    });
  });

  describe('begins again', () => {
    it('with the next generation, while the last one goes on playing', async () => {
      const videoId = await makeReady();
      const { playlist } = await client.playback(videoId);
      const listed = async () => {
        const path = '/api/videos?limit=100';
        const page = await system.anonymous.call<{ items: { videoId: string }[] }>('GET', path);
        return page.items.some((item) => item.videoId === videoId);
      };
      /** Fetches what a player does: master, one rung, its sound, their segments, the poster. */
      const play = async () => {
        const text = async (url: string) => {
          const response = await fetch(url);
          expect(response.status, url).to.equal(200);
          return response.text();
        };
        const master = await text(playlist);
        for (const name of master.match(/[\w/]+\/index\.m3u8/g) ?? []) {
          const index = await text(new URL(name, playlist).href);
          for (const address of index.match(/https?:[^"\s]+/g) ?? []) await text(address);
        }
        await text(`${system.url}/api/videos/${videoId}/poster.jpg`);
        return master;
      };
      const before = await play();
      expect(await client.reprocess(videoId)).to.include({ state: 'uploaded', playable: true });
      expect(await refusal(client.reprocess(videoId))).to.include({ status: 409, code: 'in_progress' });
      const states = new Set<string>();
      const playing = new Set<string>();
      await until(
        'the second result',
        async () => {
          const now = await client.video(videoId);
          states.add(now.state);
          expect(now, now.state).to.include({ playable: true });
          expect(await listed(), now.state).to.equal(true);
          expect(await play(), now.state).to.equal(before);
          playing.add(`${now.state} ${(await client.playback(videoId)).playlist.split('/').at(-2)}`);
          return now.state === 'ready';
        },
        100,
      );
      expect([...states]).to.include.members(['encoding', 'ready']);
      expect([...playing]).to.include.members(['encoding g1', 'ready g2']);
      const { history } = await video(videoId);
      const second = history.filter(({ generation }) => generation === 2).map(({ state }) => state);
      expect(second).to.deep.equal(['uploaded', 'probing', 'encoding', 'publishing', 'ready']);

      expect(Object.keys(await stored(videoId)), 'somebody may still be watching').to.include('processed g1');
      await longAgo(videoId);
      expect(Object.keys(await stored(videoId)).sort()).to.deep.equal([
        'processed g2',
        'raw',
        'thumbnails g2',
      ]);
      expect((await fetch(playlist)).status).to.equal(404);
      const { playlist: next } = await client.playback(videoId);
      expect((await decode(next)).videoTimes).to.have.length(50);
      expect((await fetch(`${system.url}/api/videos/${videoId}/poster.jpg`)).status).to.equal(200);
    });

    it('and when that is cancelled, the last generation plays on, and only its leftovers go', async () => {
      const videoId = await makeReady();
      const before = await stored(videoId);
      await longAgo(videoId);
      expect(await stored(videoId), 'nothing of what plays').to.deep.equal(before);
      const encoding = system.context.queues.all.find(({ name }) => name === 'encode');
      await encoding?.pause();
      await client.reprocess(videoId);
      await until('some output', async () => Object.keys(await stored(videoId)).includes('thumbnails g2'));
      expect(await client.cancelVideo(videoId)).to.include({ state: 'failed', playable: true });
      await until('end of its jobs', async () => (await pending(videoId)).length === 0);
      await encoding?.resume();
      await purged(videoId);
      expect(await stored(videoId)).to.deep.equal(before);
      const { playlist, isFinal } = await client.playback(videoId);
      expect(isFinal).to.equal(true);
      expect((await decode(playlist)).videoTimes).to.have.length(50);
      expect(await video(videoId)).to.include({ hasPoster: true, generation: 2, activeGeneration: 1 });
      expect(await settled((await client.reprocess(videoId)).videoId)).to.include({ state: 'ready' });
      expect(await video(videoId)).to.include({ generation: 3, activeGeneration: 3 });
    });

    it('when the pipeline wants another plan: once, and only for the attempt that asks', async function () {
      onLinuxOnly(this);
      const { videoId } = await client.uploadFile(await clip(12));
      const first = { videoId, generation: 1 };
      await holdEncodingOf(system, videoId);
      const both = await Promise.all([
        restart(system.context, first, { copyRefused: true }),
        restart(system.context, first, { copyRefused: true }),
      ]);
      expect(both.filter(Boolean)).to.have.length(1);
      expect((await settled(videoId)).error).to.equal(null);
      expect(await video(videoId)).to.include({ generation: 2, activeGeneration: 2, copyRefused: true });
      expect(await restart(system.context, { videoId, generation: 2 }, {}), 'ready').to.equal(undefined);
    });

    /** Does something once all chunks of an attempt are made, before what they are is judged. */
    const onceEncoded = async (videoId: string, generation: number, change: () => Promise<void>) => {
      const { db, queues } = system.context;
      const publishing = queues.all.find(({ name }) => name === 'publish');
      await publishing?.pause();
      await until(`chunks of attempt ${generation}`, async () => {
        const parts = await db.parts.of({ videoId, generation });
        const { plan } = await video(videoId);
        const made = parts.filter(({ step, doneAt }) => step === 'encode' && doneAt);
        return plan !== null && made.length === plan.chunks.length;
      });
      await change();
      await publishing?.resume();
    };
    const begunAgain = (videoId: string) =>
      until('another attempt', async () => (await video(videoId)).generation === 2);

    it('when the store has lost some of it', async () => {
      const { videoId } = await client.uploadFile(await clip(12));
      await onceEncoded(videoId, 1, () =>
        system.context.storage.remove('processed', segmentKey(videoId, 1, '240p', 1)),
      );
      await begunAgain(videoId);
      expect((await settled(videoId)).error).to.equal(null);
      expect(await video(videoId)).to.include({ activeGeneration: 2, copyRefused: false });
    });

    it('when its chunks come from different encoders, once', async () => {
      const { videoId } = await client.uploadFile(await clip(12));
      /** What a worker with another ffmpeg leaves. */
      const mix = (generation: number) =>
        onceEncoded(videoId, generation, async () => {
          const part = { videoId, generation, step: 'encode', n: 0 };
          const change = { $set: { 'renditions.0.initSha256': 'another' } };
          const connection = await createConnection(system.config.MONGO_URL).asPromise();
          const { modifiedCount } = await connection.collection('parts').updateOne(part, change);
          await connection.close();
          expect(modifiedCount).to.equal(1);
        });
      await mix(1);
      await begunAgain(videoId);
      await mix(2);
      const { error } = await settled(videoId);
      expect(error).to.include({ code: 'output_rejected' });
      expect(error?.message).to.include('come from different encoders');
      expect(await settled((await client.reprocess(videoId)).videoId)).to.include({ state: 'ready' });
    });

    it('not without its source', async () => {
      const videoId = await makeReady();
      await system.context.storage.remove('raw', (await video(videoId)).source.key);
      expect(await refusal(client.reprocess(videoId))).to.include({ status: 422, code: 'source_missing' });
      expect((await client.video(videoId)).state).to.equal('ready');
    });
  });

  describe('leaves nothing that nobody looks after:', () => {
    const later = () => new Date(Date.now() + 60_000);
    const put = (key: string, bucket: 'raw' | 'processed' | 'thumbnails' = 'processed') =>
      system.context.storage.put(bucket, key, 'late', 'video/mp4');
    const has = async (key: string, bucket: 'raw' | 'processed' | 'thumbnails' = 'processed') =>
      (await system.context.storage.head(bucket, key)) !== undefined;

    it('what a worker that had been frozen wrote after the purge', async () => {
      const videoId = await makeReady();
      await client.removeVideo(videoId);
      await purged(videoId);
      const late = { videoId, generation: 1, step: 'encode', n: 0 } as const;
      await put(initKey(videoId, 1, '240p'));
      await put(previewKey(videoId, 1), 'thumbnails');
      await system.context.db.parts.finish(late, { frames: 1, seconds: 1, renditions: [] });
      await removeOrphans(system.context, new Date(0));
      expect(await stored(videoId), 'too young').to.deep.equal({ 'processed g1': 1, 'thumbnails g1': 1 });
      expect(await removeOrphans(system.context, later())).to.deep.equal({
        objects: 2,
        uploads: 0,
        unknown: 0,
      });
      expect(await stored(videoId)).to.deep.equal({});
      expect(await rows(videoId)).to.deep.equal(nothing);
    });

    it('objects of attempts that have ended, but none that plays, is being made, or is not ours', async () => {
      const playing = await makeReady();
      await longAgo(playing);
      const ended = await makeReady();
      await client.removeVideo(ended);
      await purged(ended);
      const orphans = [
        initKey(ended, 1, '240p'),
        `${videoPrefix(ended)}other.txt`,
        initKey(playing, 7, '240p'),
      ];
      const kept = [initKey(playing, 1, '240p'), `${videoPrefix(playing)}other.txt`, 'notes/readme.txt'];
      for (const key of [...orphans, ...kept.slice(1)]) await put(key);
      await put(rawKey(newId(), ended), 'raw');
      const before = await stored(playing);
      // A cursor of its own: the worker's sweep moves the other one whenever it is due.
      const config = { ...system.context.config, REDIS_PREFIX: `${system.config.REDIS_PREFIX}-alone` };
      const alone = { ...system.context, config };
      const cursor = orphanCursorKey(config.REDIS_PREFIX, 'processed');
      await system.context.redis.set(cursor, 'w');
      expect(await removeOrphans(alone, later()), 'from the cursor on').to.include({ objects: 1 });
      expect(await system.context.redis.get(cursor), 'then from the front').to.equal(null);
      expect(await removeOrphans(alone, later())).to.include({ objects: 3 });
      for (const key of orphans) expect(await has(key), key).to.equal(false);
      for (const key of kept) expect(await has(key), key).to.equal(true);
      const { 'processed g7': _, ...left } = before;
      expect(await stored(playing)).to.deep.equal(left);
      await client.removeVideo(playing);
      await purged(playing);
      expect(await stored(playing)).to.deep.equal({});
      await system.context.storage.remove('processed', 'notes/readme.txt');
    });

    it('and one generation’s folder is not another’s', async () => {
      const videoId = newId();
      await put(initKey(videoId, 1, '240p'));
      await put(initKey(videoId, 12, '240p'));
      expect(await system.context.storage.removeAll('processed', generationPrefix(videoId, 1))).to.equal(1);
      expect(await stored(videoId)).to.deep.equal({ 'processed g12': 1 });
      await removeOrphans(system.context, later());
    });
  });
});
