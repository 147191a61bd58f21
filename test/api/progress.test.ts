import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { type Progress, progressEvents, progressOf } from '../../api/progress.ts';
import { startApi } from '../../api/start.ts';
import { readConfig } from '../../shared/config.ts';
import { progress as progressContract } from '../../shared/contracts/videos.ts';
import type { WatchedVideo } from '../../shared/db/video-record.ts';
import { clip } from '../support/clips.ts';
import { type System, startSystem, until } from '../support/system.ts';

type Event = { name: string; progress: Progress; at: number };

/** What a browser's EventSource makes of a stream; a comment is no event. */
async function listen(url: string, onEvent: (event: Event) => void, headers = {}): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent: false, headers: { 'Accept-Encoding': 'gzip', ...headers } }, resolve).on(
      'error',
      reject,
    );
  });
  let rest = '';
  response.setEncoding('utf8').on('data', (received: string) => {
    const blocks = `${rest}${received}`.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      if (name && data) onEvent({ name, progress: JSON.parse(data), at: performance.now() });
    }
  });
  return response;
}

async function listenToEnd(url: string, headers = {}): Promise<Event[]> {
  const events: Event[] = [];
  const response = await listen(url, (event) => events.push(event), headers);
  await new Promise((resolve) => response.once('close', resolve));
  expect(response.complete, 'ended, not cut off').to.equal(true);
  return events;
}

describe('the progress of a video', () => {
  describe('is counted from frames', () => {
    const beganAt = new Date(0);
    const at = (seconds: number) => new Date(seconds * 1000);
    const video = (about: Partial<WatchedVideo>, frameCount = 1000) =>
      ({
        ...{ state: 'encoding', generation: 1, activeGeneration: null, playableAt: null },
        ...about,
        plan: { frameCount },
      }) as WatchedVideo;
    const words = ({ state, percent, remainingSeconds, playable }: Progress) =>
      `${state} ${percent} ${remainingSeconds} ${playable}`;

    for (const [about, frames, seconds, expected] of [
      [{}, 0, 0, 'encoding 0 null false'],
      [{}, 100, 1, 'encoding 10 null false'],
      [{}, 100, 2, 'encoding 10 18 false'],
      [{}, 333, 10, 'encoding 33.3 21 false'],
      [{ playableAt: beganAt }, 999, 10, 'encoding 99 1 true'],
      [{}, 1000, 10, 'encoding 99 0 false'],
      [{ state: 'publishing' }, 1000, 10, 'publishing 99 null false'],
      [{ state: 'ready', activeGeneration: 1 }, 0, 10, 'ready 100 0 true'],
      [{ state: 'failed' }, 500, 10, 'failed 50 null false'],
      [{ state: 'failed', activeGeneration: 1, generation: 2 }, 500, 10, 'failed 50 null true'],
      [{ state: 'deleted', activeGeneration: 1 }, 500, 10, 'deleted 50 null false'],
    ] as [Partial<WatchedVideo>, number, number, string][]) {
      it(`${frames} of 1000 in ${seconds} s: ${expected}`, () => {
        expect(words(progressOf(video(about), { frames, beganAt }, at(seconds)))).to.equal(expected);
      });
    }

    it('and says nothing before there is a plan', () => {
      const unplanned = { ...video({ state: 'probing' }), plan: null };
      expect(words(progressOf(unplanned, { frames: 0, beganAt: null }))).to.equal('probing 0 null false');
    });
  });

  describe('as a stream', () => {
    const some = (percent: number, state: Progress['state'] = 'encoding'): Progress => ({
      ...{ state, percent, remainingSeconds: null, playable: false },
    });
    const pace = { pollMilliseconds: 1, heartbeatMilliseconds: 10_000 };
    const never = new AbortController().signal;
    const eventOf = (progress: Progress) => `event: progress\ndata: ${JSON.stringify(progress)}\n\n`;

    it('tells each change once, through a moment without an answer, and ends with the last word', async () => {
      const answers = [
        some(1),
        some(1),
        new Error('no answer'),
        some(1),
        some(2),
        some(100, 'ready'),
        some(0),
      ];
      const load = async () => {
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer;
      };
      const told = await text(progressEvents(load, never, pace));
      expect(told).to.equal([some(1), some(2), some(100, 'ready')].map(eventOf).join(''));
      expect(answers).to.have.length(1);
    });

    it('breaks a long silence with a comment', async () => {
      let asked = 0;
      const load = async () => (++asked < 200 ? some(1) : undefined);
      const told = await text(progressEvents(load, never, { ...pace, heartbeatMilliseconds: 20 }));
      expect(told).to.match(/^event: progress\ndata: .*\n\n(: still here\n\n)+$/);
    });

    it('stops asking when nobody listens any more, and when the api stops', async () => {
      for (const end of ['reader', 'api']) {
        let asked = 0;
        const stopping = new AbortController();
        const stream = progressEvents(async () => some(++asked), stopping.signal, pace);
        stream.resume();
        await until('some questions', async () => asked > 3);
        if (end === 'reader') stream.destroy();
        else stopping.abort();
        await until('its end', async () => stream.closed);
        const before = asked;
        await new Promise((resolve) => setImmediate(resolve));
        expect(asked, end).to.be.at.most(before + 1);
      }
    });
  });

  describe('over http', function () {
    this.timeout(120_000);
    let system: System;
    let folder: string;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'millrace-truth-'));
      // Tells the truth about each chunk in a file of its own, ten times a second.
      const witness = join(folder, 'ffmpeg.sh');
      const lines = [
        '#!/bin/sh',
        `case "$*" in */encode-*) exec ffmpeg -stats_period 0.1 -progress 'file:${folder}/'$$ "$@";; esac`,
        'exec ffmpeg "$@"',
      ];
      await writeFile(witness, `${lines.join('\n')}\n`);
      await chmod(witness, 0o700);
      system = await startSystem({ FFMPEG_PATH: witness });
    });
    after(async () => {
      await system.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const address = (videoId: string) => `${system.url}/api/videos/${videoId}/progress`;

    async function framesEncoded(): Promise<number> {
      const names = (await readdir(folder)).filter((name) => /^\d+$/.test(name));
      const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
      return texts.reduce(
        (sum, words) =>
          sum +
          Number(
            words
              .match(/frame=\s*\d+/g)
              ?.at(-1)
              ?.slice(6) ?? 0,
          ),
        0,
      );
    }

    it('is true and fresh while a video is encoded, never goes back, and ends by itself', async () => {
      const client = await system.client('demo');
      const seconds = 30;
      const { videoId } = await client.uploadFile(await clip(seconds, '640x360'));
      const truths: { at: number; percent: number }[] = [];
      const sampling = setInterval(async () => {
        const percent = (await framesEncoded()) / seconds / 0.25;
        truths.push({ at: performance.now(), percent });
      }, 50);
      const listening = listenToEnd(address(videoId));
      await system.startWorker();
      const events = await listening;
      clearInterval(sampling);

      const states = [...new Set(events.map(({ progress }) => progress.state))];
      // A state that lasts a moment may pass between two looks.
      const way = ['uploaded', 'probing', 'encoding', 'publishing', 'ready'];
      expect(states).to.deep.equal(way.filter((state) => states.some((seen) => seen === state)));
      expect(states).to.include.members(['uploaded', 'encoding', 'ready']);
      for (const { name, progress } of events) {
        expect(name).to.equal('progress');
        expect(progressContract.strict().safeParse(progress).success).to.equal(true);
      }
      const percents = events.map(({ progress }) => progress.percent);
      expect(percents).to.deep.equal([...percents].sort((a, b) => a - b));
      expect(events.at(-1)?.progress).to.deep.equal({
        ...{ state: 'ready', percent: 100, remainingSeconds: 0, playable: true },
      });
      expect(events.filter(({ progress }) => progress.playable)[0]?.progress.state).to.equal('encoding');

      const encoding = events.filter(({ progress }) => progress.state === 'encoding');
      expect(encoding.length).to.be.greaterThan(5);
      for (const { at, progress } of encoding) {
        const around = truths.filter((truth) => truth.at > at - 2000 && truth.at < at + 200);
        const known = around.map(({ percent }) => Math.min(99, percent));
        expect(progress.percent, 'not older than 2 s').to.be.at.least(Math.min(...known) - 5);
        expect(progress.percent, 'not ahead').to.be.at.most(Math.max(...known) + 5);
      }
      const remaining = encoding.flatMap(({ at, progress: { remainingSeconds } }) =>
        remainingSeconds === null ? [] : [{ at, remainingSeconds }],
      );
      expect(remaining.length).to.be.greaterThan(0);

      const { percent, remainingSeconds } = await client.video(videoId);
      expect({ percent, remainingSeconds }).to.deep.equal({ percent: 100, remainingSeconds: 0 });
      const [only, ...others] = await listenToEnd(address(videoId));
      expect(only?.progress, 'who comes late hears the last word').to.deep.equal(events.at(-1)?.progress);
      expect(others).to.deep.equal([]);
    });

    it('is not compressed, not kept, and declared', async () => {
      const client = await system.client('demo');
      const { videoId } = await client.requestUpload({ filename: 'a.mp4', size: 9, type: 'video/mp4' });
      const Cookie = await system.cookie('demo');
      const { statusCode, headers, ...response } = await listen(address(videoId), () => {}, { Cookie });
      expect(statusCode).to.equal(200);
      expect(headers['content-type']).to.match(/^text\/event-stream/);
      expect(headers['cache-control']).to.equal('no-store, no-transform');
      expect(headers).not.to.have.any.keys('content-encoding', 'content-length');
      response.socket.destroy();
      const head = await fetch(address(videoId), { method: 'HEAD', headers: { Cookie } });
      expect([head.status, await head.text()]).to.deep.equal([200, '']);
    });

    it('is told to those who may see the video, until it is deleted', async () => {
      const client = await system.client('demo');
      const { videoId } = await client.requestUpload({ filename: 'a.mp4', size: 9, type: 'video/mp4' });
      for (const headers of [{}, { Cookie: await system.cookie('viewer') }]) {
        expect((await fetch(address(videoId), { headers })).status).to.equal(404);
      }
      const events: Event[] = [];
      const Cookie = await system.cookie('demo');
      const response = await listen(address(videoId), (event) => events.push(event), { Cookie });
      const ended = new Promise((resolve) => response.once('end', resolve));
      await until('first event', async () => events.length === 1);
      await client.removeVideo(videoId);
      await ended;
      const said = events.map(({ progress }) => progress.state);
      expect(said).to.deep.equal(['draft', 'deleted']);
    });

    it('ends at once when the api stops, however long running work may go on', async () => {
      const client = await system.client('demo');
      const { videoId } = await client.requestUpload({ filename: 'a.mp4', size: 9, type: 'video/mp4' });
      const api = await startApi(readConfig({ ...system.env, SHUTDOWN_GRACE_SECONDS: '3600' }));
      const events: Event[] = [];
      const Cookie = await system.cookie('demo');
      const url = `${api.url}/api/videos/${videoId}/progress`;
      const streams = await Promise.all(
        Array.from({ length: 20 }, () => listen(url, (event) => events.push(event), { Cookie })),
      );
      await until('first event of each', async () => events.length === streams.length);
      const ends = streams.map((stream) => new Promise((resolve) => stream.once('end', resolve)));
      await api.stop();
      await Promise.all(ends);
    });
  });
});
