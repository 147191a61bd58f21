import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { EncodingPlan } from '../../../shared/contracts/encoding.ts';
import { type EncodeTool, prepareFfmpeg, runFfmpeg } from '../../../workers/media/ffmpeg.ts';
import { audioCommand, chunkCommand } from '../../../workers/media/ffmpeg-args.ts';
import { describe as describeFile, scanPackets } from '../../../workers/media/ffprobe.ts';
import {
  type CutSegment,
  cutSegments,
  type FragmentedFile,
  readFragmentedFile,
} from '../../../workers/media/fragments.ts';
import { chooseAudio, chooseVideo, planEncoding } from '../../../workers/media/inspect.ts';
import { boxesIn } from '../../../workers/media/mp4-boxes.ts';
import { findSandboxTools } from '../../../workers/media/sandbox.ts';

const run = promisify(execFile);
const tools = findSandboxTools(process.env.PATH ?? '');
const probe = { path: 'ffprobe', tools };
const { signal } = new AbortController();
const once = { timeoutSeconds: 60, signal };

/** The grey of the source's frame n: neighbours differ by 7, and no two within 200 frames are equal. */
const greyOf = (n: number) => ((n * 7) % 200) + 16;
const numbered = (rate: string, seconds: number, size: string) => [
  ...['-f', 'lavfi', '-i'],
  `nullsrc=size=16x12:rate=${rate}:duration=${seconds},geq=lum='mod(N*7\\,200)+16':cb=128:cr=128,scale=${size}`,
];
const tone = (seconds: number) => ['-f', 'lavfi', '-i', `sine=duration=${seconds}`, '-c:a', 'aac'];
/** B-frames, and key frames ten seconds apart, as cameras and encoders write them. */
const picture = [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-qp', '4', '-pix_fmt', 'yuv420p'],
  ...['-bf', '3', '-x264-params', 'b-adapt=0:scenecut=0:keyint=250'],
];

type Made = { file: FragmentedFile; segments: CutSegment[]; data: Buffer };

let folder: string;
let ffmpeg: EncodeTool;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-fragments-'));
  ffmpeg = await prepareFfmpeg(folder, 'ffmpeg', tools);
});
after(() => rmSync(folder, { recursive: true }));

const makeSource = (path: string, words: string[]) =>
  run('ffmpeg', ['-nostdin', '-v', 'error', ...words, path]);

async function planFor(source: string): Promise<EncodingPlan> {
  const report = await describeFile(probe, source, signal);
  const video = chooseVideo(report);
  const packets = await scanPackets(probe, source, video.index, signal);
  const rest = { audio: chooseAudio(report), captions: [], warnings: [], maxSeconds: 60 };
  return planEncoding({ report, video, packets, ...rest });
}

/** Every chunk of the lowest rung, encoded and cut; the other rungs are made beside it. */
async function encodeChunks(plan: EncodingPlan, source: string): Promise<Made[]> {
  const made: Made[] = [];
  for (const [index, { startFrame }] of plan.chunks.entries()) {
    const files = plan.rungs.map(({ name }) => join(folder, `${name}.mp4`));
    await runFfmpeg(ffmpeg, chunkCommand(plan, index, source, files), once);
    const file = await readFragmentedFile(files[0] ?? '');
    const firstNumber = startFrame / plan.segmentFrames + 1;
    const perSegment = plan.segmentFrames / plan.gopFrames;
    const segments = cutSegments(file, { firstNumber, perSegment, withKeyFrames: true });
    made.push({ file, segments, data: readFileSync(files[0] ?? '') });
  }
  return made;
}

/** The first init segment and all segments, one after the other, as a player puts them together. */
function joinSegments(made: Made[]): Buffer {
  const init = made[0]?.data.subarray(0, made[0].file.initBytes) ?? Buffer.alloc(0);
  const cut = made.flatMap(({ segments, data }) =>
    segments.map(({ offset, bytes }) => data.subarray(offset, offset + bytes)),
  );
  return Buffer.concat([init, ...cut]);
}

type Shown = { timescale: number; times: number[]; keys: { pos: number; size: number }[] };

/** What a decoder makes of a file: when each frame is shown, in ticks, and where its key frames lie. */
async function show(path: string): Promise<Shown> {
  const entries = 'stream=time_base:frame=pts:packet=pos,size,flags';
  const words = ['-v', 'error', '-show_entries', entries, '-of', 'json', path];
  const { stdout } = await run('ffprobe', words, { maxBuffer: 2 ** 26 });
  const shown = JSON.parse(stdout).packets_and_frames as Record<string, string | number>[];
  return {
    timescale: Number(JSON.parse(stdout).streams[0].time_base.split('/')[1]),
    times: shown.filter(({ type }) => type === 'frame').map(({ pts }) => Number(pts)),
    keys: shown
      .filter(({ type, flags }) => type === 'packet' && `${flags}`.startsWith('K'))
      .map(({ pos, size }) => ({ pos: Number(pos), size: Number(size) })),
  };
}

/** The mean grey of each frame, in the numbers of the video itself. */
async function greysOf(
  path: string,
  { width, height }: { width: number; height: number },
): Promise<number[]> {
  const filter = ['-fps_mode', 'passthrough', '-vf', 'extractplanes=y', '-f', 'rawvideo', '-'];
  const options = { encoding: 'buffer', maxBuffer: 2 ** 28 } as const;
  const { stdout } = await run('ffmpeg', ['-nostdin', '-v', 'error', '-i', path, ...filter], options);
  const size = width * height;
  return Array.from({ length: stdout.length / size }, (_, frame) => {
    const plane = stdout.subarray(frame * size, (frame + 1) * size);
    return plane.reduce((sum, value) => sum + value, 0) / size;
  });
}

const sources = [
  {
    name: 'of an MP4 at 29.97 fps',
    file: 'source.mp4',
    words: [...numbered('30000/1001', 15, '160x120'), ...tone(15), ...picture],
    expected: { frameCount: 450, rate: { numerator: 30_000, denominator: 1001 }, originSeconds: 0 },
    greyAt: greyOf,
  },
  {
    name: 'of an MPEG transport stream whose clock begins late',
    file: 'source.ts',
    words: [...numbered('25', 15, '480x360'), ...tone(15), ...picture, '-output_ts_offset', '10'],
    expected: { frameCount: 375, rate: { numerator: 25, denominator: 1 }, originSeconds: 11.4 },
    greyAt: greyOf,
  },
  {
    name: 'of a fragmented MP4 with key frames close together',
    file: 'fragmented.mp4',
    words: [
      ...[...numbered('25', 15, '160x120'), ...picture, '-g', '20', '-x264-params', 'b-adapt=0:keyint=20'],
      ...['-movflags', '+frag_keyframe+empty_moov'],
    ],
    // Without an edit list the encoder's delay, two frames, stays in the time stamps.
    expected: { frameCount: 375, rate: { numerator: 25, denominator: 1 }, originSeconds: 0.08 },
    greyAt: greyOf,
  },
  {
    // Frame 49 stands from 1.96 s to 8 s, over the border at 6 s.
    name: 'of a screen recording that stands still for six seconds',
    file: 'still.mp4',
    words: [
      ...numbered('25', 4, '160x120'),
      ...['-vf', "setpts='PTS+gte(N,50)*6/TB'", '-fps_mode', 'passthrough', ...picture],
    ],
    expected: { frameCount: 100, rate: { numerator: 10, denominator: 1 }, originSeconds: 0 },
    greyAt: (n: number) => (n >= 20 && n < 80 ? greyOf(49) : undefined),
  },
];

describe('the chunks', () => {
  for (const { name, file, words, expected, greyAt } of sources) {
    describe(name, () => {
      let plan: EncodingPlan;
      let made: Made[];
      let shown: Shown;
      before(async () => {
        const source = join(folder, file);
        await makeSource(source, words);
        plan = await planFor(source);
        made = await encodeChunks(plan, source);
        writeFileSync(join(folder, 'joined.mp4'), joinSegments(made));
        shown = await show(join(folder, 'joined.mp4'));
      });

      it('are several, planned from what the file says', () => {
        expect(plan).to.deep.include(expected);
        expect(plan.chunks.length).to.be.greaterThan(1);
      });

      it('hold as many frames as planned, and share one init segment', () => {
        const frames = made.map(({ file }) => file.fragments.reduce((sum, { samples }) => sum + samples, 0));
        expect(frames).to.deep.equal(plan.chunks.map(({ startFrame, endFrame }) => endFrame - startFrame));
        expect(new Set(made.map(({ file }) => file.initSha256))).to.have.property('size', 1);
      });

      it('show every frame at its time when they are joined', () => {
        const { numerator, denominator } = plan.rate;
        expect(shown.times).to.have.length(plan.frameCount);
        const wrong = shown.times.filter((time, n) => time * numerator !== n * denominator * shown.timescale);
        expect(wrong).to.deep.equal([]);
      });

      it('show the source’s own frames, in order', async () => {
        const greys = await greysOf(join(folder, 'joined.mp4'), plan.rungs[0] ?? expect.fail('no rung'));
        expect(greys).to.have.length(plan.frameCount);
        const wrong = greys.flatMap((grey, n) => {
          const due = greyAt(n);
          return due !== undefined && Math.abs(grey - due) > 3
            ? [`${n}: ${Math.round(grey)} for ${due}`]
            : [];
        });
        expect(wrong).to.deep.equal([]);
      });

      it('are cut into numbered segments that cover every byte and every second', () => {
        const segments = made.flatMap((chunk) => chunk.segments);
        expect(segments.map(({ n }) => n)).to.deep.equal(segments.map((_, index) => index + 1));
        for (const { file, segments: own, data } of made) {
          expect(own[0]?.offset).to.equal(file.initBytes);
          expect(own.reduce((sum, { bytes }) => sum + bytes, file.initBytes)).to.equal(data.length);
        }
        const { segmentFrames, frameCount, rate } = plan;
        const frames = segments.map(({ seconds }) =>
          Math.round((seconds * rate.numerator) / rate.denominator),
        );
        expect(frames.slice(0, -1).every((count) => count === segmentFrames)).to.equal(true);
        expect(frames.reduce((sum, count) => sum + count, 0)).to.equal(frameCount);
      });

      it('name the bytes of every key frame', () => {
        let at = made[0]?.file.initBytes ?? 0;
        const named: { start: string; end: number }[] = [];
        for (const { segments, data } of made) {
          for (const { offset, bytes, keyFrames } of segments) {
            for (const key of keyFrames) {
              const start = offset + key.offset;
              const [first] = boxesIn(data, start, data.length);
              named.push({ start: first?.type ?? '', end: at + key.offset + key.bytes });
            }
            at += bytes;
          }
        }
        expect(named).to.deep.equal(shown.keys.map(({ pos, size }) => ({ start: 'moof', end: pos + size })));
        expect(named).to.have.length(Math.ceil(plan.frameCount / plan.gopFrames));
      });
    });
  }
});

describe('a sound track', () => {
  let plan: EncodingPlan;
  let file: FragmentedFile;
  before(async () => {
    const source = join(folder, 'sound.mp4');
    await makeSource(source, [...numbered('25', 15, '160x120'), ...tone(15), ...picture]);
    plan = await planFor(source);
    const [track] = plan.audio;
    const path = join(folder, 'audio.mp4');
    await runFfmpeg(ffmpeg, audioCommand(plan, track ?? expect.fail('no track'), source, path), once);
    file = await readFragmentedFile(path);
  });

  it('is cut into segments about as long as those of the picture', () => {
    const segments = cutSegments(file, { firstNumber: 1, perSegment: 1, withKeyFrames: false });
    expect(segments.map(({ n, keyFrames }) => ({ n, keyFrames }))).to.deep.equal([
      { n: 1, keyFrames: [] },
      { n: 2, keyFrames: [] },
      { n: 3, keyFrames: [] },
    ]);
    for (const { seconds } of segments.slice(0, -1)) expect(seconds).to.be.closeTo(6, 0.03);
    const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
    expect(seconds).to.be.closeTo(plan.durationSeconds, 0.05);
    expect(file).to.include({ codecs: 'mp4a.40.2', timescale: 48_000 });
  });

  it('begins at decode time 0, which cannot be negative, and goes on without a gap', () => {
    const [first, ...others] = file.fragments.map(({ baseTime, duration }) => ({ baseTime, duration }));
    expect(first?.baseTime).to.equal(0);
    let next = first?.duration ?? 0;
    for (const { baseTime, duration } of others) {
      expect(baseTime).to.equal(next);
      next += duration;
    }
  });
});

describe('reading a fragmented file', () => {
  const failure = (name: string, bytes: Buffer | string) => {
    writeFileSync(join(folder, name), bytes);
    return readFragmentedFile(join(folder, name)).then(
      () => 'none',
      (error: Error) => error.message,
    );
  };

  it('fails on what is none', async () => {
    expect(await failure('words', 'These are only words.')).to.equal('no whole box at byte 0 of 21');
    expect(await failure('empty', '')).to.equal('there is no moov box');
    expect(await failure('free', Buffer.from('\0\0\0\x08free', 'latin1'))).to.equal('there is no moov box');
    expect(await failure('moov', Buffer.from('\0\0\0\x08moov', 'latin1'))).to.equal(
      'the moov box has no track',
    );
  });
});
