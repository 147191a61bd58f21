import { expect } from 'chai';
import { isSettled } from '../../scripts/client.ts';
import { readConfig } from '../../shared/config.ts';
import { createContext } from '../../shared/context.ts';
import type { Segment } from '../../shared/contracts/encoding.ts';
import type { Part } from '../../shared/db/parts.ts';
import type { Video } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { generationPrefix } from '../../shared/keys.ts';
import { checkOutput } from '../../workers/output-gate.ts';
import { writePlaylists } from '../../workers/playlists.ts';
import { joinAudio, joinPicture } from '../../workers/renditions.ts';
import { type RunningWorker, startWorker } from '../../workers/start.ts';
import { openTools, type Tools } from '../../workers/tools.ts';
import { clip } from '../support/clips.ts';
import { type System, startSystem, until } from '../support/system.ts';

const { signal } = new AbortController();
const allButPublish = 'probe,encode=2,audio,images,sweep';

describe('the output gate', () => {
  let system: System;
  let tools: Tools;
  let video: Video;
  let parts: Part[];
  const workers: RunningWorker[] = [];

  before(async () => {
    system = await startSystem();
    await serve(allButPublish);
    video = await encoded(await clip(13, '640x360', '24'));
    parts = await partsOf(video._id);
    tools = await openTools(await createContext(system.config, 'worker'));
  });
  after(async () => {
    await tools?.close();
    for (const worker of workers) await worker.stop();
    await system.stop();
  });

  async function serve(queues: string): Promise<void> {
    workers.push(await startWorker(readConfig({ ...system.env, WORKER_QUEUES: queues })));
  }

  const partsOf = (videoId: string) => system.context.db.parts.of({ videoId, generation: 1 });

  /** A video of which every part is made, and which waits for `publish`. */
  async function encoded(path: string): Promise<Video> {
    const { videoId } = await (await system.client('demo')).uploadFile(path);
    return until(
      'end of every part',
      async () => {
        const found = await system.context.db.videos.find(videoId);
        const made = (await partsOf(videoId)).filter(({ doneAt }) => doneAt !== null).length;
        const { chunks = [], audio = [], copied = null } = found?.plan ?? {};
        const due = chunks.length + audio.length + (copied === null ? 1 : 2);
        return found?.plan && made === due ? found : undefined;
      },
      55,
    );
  }

  const keyOf = (name: string) => `${generationPrefix(video._id, 1)}${name}`;

  async function bytesOf(key: string): Promise<Buffer> {
    const response = await fetch(await system.context.storage.presignGet('processed', key, 60));
    expect(response.status).to.equal(200);
    return Buffer.from(await response.arrayBuffer());
  }

  /** The sentence of the refusal; `passed` when there is none. */
  async function judge(some = parts): Promise<string> {
    const { plan } = video;
    if (!plan) throw new Error('the video has no plan');
    const output = { plan, parts: some, picture: joinPicture(plan, some), audio: joinAudio(plan, some) };
    const write = () => writePlaylists(plan, output.picture, output.audio, true);
    return checkOutput(tools, video, output, write, signal).then(
      () => 'passed',
      (error) => {
        if (!(error instanceof MillraceError)) throw error;
        expect(error.code).to.be.oneOf(['output_rejected', 'encoding_failed']);
        return error.message;
      },
    );
  }

  /** Judges with one stored object changed, and puts it back. */
  async function judgeWith(name: string, change: (bytes: Buffer) => Buffer | undefined): Promise<string> {
    const key = keyOf(name);
    const whole = await bytesOf(key);
    const damaged = change(Buffer.from(whole));
    if (damaged) await system.context.storage.put('processed', key, damaged, 'video/mp4');
    else await system.context.storage.remove('processed', key);
    try {
      return await judge();
    } finally {
      await system.context.storage.put('processed', key, whole, 'video/mp4');
    }
  }

  /** Judges with what one rendition of the parts says of itself changed. */
  async function judgeSaying(name: string, change: (rendition: Part['renditions'][number]) => void) {
    const changed = structuredClone(parts);
    const rendition = changed.flatMap(({ renditions }) => renditions).find((one) => one.name === name);
    if (!rendition) throw new Error(`no part made ${name}`);
    change(rendition);
    return judge(changed);
  }

  const scramble = (bytes: Buffer) => {
    const from = Math.floor(bytes.length / 2);
    for (let at = from; at < from + 200; at += 1) bytes[at] = (bytes[at] ?? 0) ^ 0x5a;
    return bytes;
  };

  /** Moves the decode time of the first fragment. */
  const shift = (ticks: number) => (bytes: Buffer) => {
    const at = bytes.indexOf('tfdt') + 4;
    if (bytes[at] === 1) bytes.writeBigUInt64BE(bytes.readBigUInt64BE(at + 4) + BigInt(ticks), at + 4);
    else bytes.writeUInt32BE(bytes.readUInt32BE(at + 4) + ticks, at + 4);
    return bytes;
  };

  const lastSegment = (name: string) => {
    const segments = parts.flatMap(({ renditions }) =>
      renditions.filter((one) => one.name === name).flatMap((one) => one.segments),
    );
    return `seg-${String(segments.length).padStart(5, '0')}.m4s`;
  };

  it('lets pass what is whole', async () => {
    expect(await judge()).to.equal('passed');
  });

  describe('refuses stored objects', () => {
    it('that do not decode, at the beginning and at the end', async () => {
      expect(await judgeWith('360p/seg-00001.m4s', scramble)).to.equal(
        'The first segment of 360p cannot be decoded without an error.',
      );
      expect(await judgeWith(`240p/${lastSegment('240p')}`, scramble)).to.equal(
        'The last segment of 240p cannot be decoded without an error.',
      );
      expect(await judgeWith('audio/und/seg-00001.m4s', scramble)).to.equal(
        'The first segment of audio/und cannot be decoded without an error.',
      );
    });

    it('that hold fewer frames than planned, though as many bytes', async () => {
      const blank = (bytes: Buffer) => {
        // The second fragment becomes a box that players skip.
        const moof = bytes.indexOf('moof', bytes.indexOf('moof') + 4);
        bytes.write('free', moof, 'latin1');
        bytes.write('free', bytes.indexOf('mdat', moof), 'latin1');
        return bytes;
      };
      expect(await judgeWith(`360p/${lastSegment('360p')}`, blank)).to.match(
        /^The last segment of 360p holds \d+ frames that decode; \d+ are due\.$/,
      );
    });

    it('that are cut off, or gone', async () => {
      const whole = await judgeWith('240p/seg-00002.m4s', (bytes) => bytes.subarray(0, 5000));
      expect(whole).to.match(/^Segment 2 of 240p has 5000 bytes in the store, not \d+\.$/);
      expect(await judgeWith('240p/seg-00002.m4s', () => undefined)).to.equal(
        'Segment 2 of 240p is not stored.',
      );
      expect(await judgeWith('360p/init.mp4', () => undefined)).to.equal(
        'The init segment of 360p is not stored.',
      );
    });

    it('whose init segment is another’s', async () => {
      const other = await bytesOf(keyOf('audio/und/init.mp4'));
      expect(await judgeWith('360p/init.mp4', () => other)).to.match(/^The (first|last) segment of 360p /);
    });

    it('that are shown or heard at another time', async () => {
      expect(await judgeWith('audio/und/seg-00001.m4s', shift(4800))).to.match(
        /^The first segment of audio\/und is heard from 0\.\d+ s; -?0\.0\d\d s is due\.$/,
      );
      expect(await judgeWith(`audio/und/${lastSegment('audio/und')}`, shift(960))).to.match(
        /^The last segment of audio\/und is heard /,
      );
      expect(await judgeWith('360p/seg-00001.m4s', shift(12_800))).to.match(
        /^The first segment of 360p is shown /,
      );
    });
  });

  describe('refuses parts', () => {
    it('of which one was not made', async () => {
      const [first, ...others] = parts;
      expect(first?.step).to.equal('audio');
      expect(await judge(others)).to.equal('1 parts of the video were not made.');
      expect(await judge(parts.filter(({ step, n }) => step !== 'encode' || n > 0))).to.equal(
        '1 parts of the video were not made.',
      );
    });

    it('that lack a frame', async () => {
      const sentence = await judgeSaying('360p', (part) => {
        part.frames -= 1;
      });
      expect(sentence).to.equal('360p has 311 frames; 312 are due.');
    });

    it('of chunks that do not share their init segment', async () => {
      const sentence = await judgeSaying('240p', (part) => {
        part.initSha256 = 'another';
      });
      expect(sentence).to.equal('The chunks of 240p come from different encoders: workers need one ffmpeg.');
    });

    it('that are cut elsewhere than planned, by more than rounding', async () => {
      const longer = (seconds: number) => (part: { segments: Segment[] }) => {
        const [first] = part.segments;
        if (first) first.seconds += seconds;
      };
      expect(await judgeSaying('360p', longer(0.001))).to.equal('passed');
      expect(await judgeSaying('360p', longer(0.05))).to.match(
        /^Segment 1 of 360p ends at \d\.050 s; \d\.000 s is due\.$/,
      );
      const fewer = await judgeSaying('240p', ({ segments }) => segments.pop());
      expect(fewer).to.match(/^240p has \d segments; \d are due\.$/);
    });

    it('whose playlists would break a rule of HLS', async () => {
      const sentence = await judgeSaying('360p', ({ segments: [first] }) => {
        const [key] = first?.keyFrames ?? [];
        if (key) key.bytes += 10_000_000;
      });
      expect(sentence).to.match(
        /^360p\/iframes\.m3u8:\d+ breaks the rule key-frame-range: Bytes \d+ to \d+ lie in no segment/,
      );
    });

    it('whose codec is not the one that is declared', async () => {
      const changed = structuredClone(parts);
      const last = changed.flatMap(({ renditions }) => renditions).filter(({ name }) => name === 'audio/und');
      for (const part of last) part.codecs = 'mp4a.40.2,opus';
      expect(await judge(changed)).to.match(/breaks the rule codecs-measured/);
    });
  });

  it('keeps a video from `ready` that does not pass, and says why', async () => {
    const [good, bad] = [await encoded(await clip(3)), await encoded(await clip(4))];
    const key = `${generationPrefix(bad._id, 1)}240p/seg-00001.m4s`;
    await system.context.storage.put('processed', key, scramble(await bytesOf(key)), 'video/mp4');
    await serve('publish');
    const client = await system.client('demo');
    const [ready, failed] = await Promise.all([good, bad].map(({ _id }) => client.follow(_id, isSettled)));
    expect(ready?.state).to.equal('ready');
    expect(failed).to.deep.include({ state: 'failed', readyAt: null });
    expect(failed?.error).to.include({
      code: 'output_rejected',
      message: 'The first segment of 240p cannot be decoded without an error.',
    });
  });
});
