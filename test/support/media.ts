import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EncodingPlan } from '../../shared/contracts/encoding.ts';
import { builtInProfiles, type EncodingProfile } from '../../shared/contracts/encoding-profile.ts';
import { chooseAudio } from '../../workers/media/choose-audio.ts';
import { chooseCaptions } from '../../workers/media/choose-captions.ts';
import { chooseVideo } from '../../workers/media/choose-video.ts';
import { cutsIn } from '../../workers/media/chunks.ts';
import { describe as describeFile } from '../../workers/media/describe.ts';
import { type EncodeTool, type FfmpegResult, prepareFfmpeg, runFfmpeg } from '../../workers/media/ffmpeg.ts';
import { chunkCommand, encodedRungs } from '../../workers/media/ffmpeg-args.ts';
import type { FfmpegCommand } from '../../workers/media/ffmpeg-command.ts';
import { scanPackets } from '../../workers/media/ffprobe.ts';
import { type CutSegment, cutSegments, type FragmentedFile } from '../../workers/media/fragments.ts';
import { noPackets } from '../../workers/media/packets.ts';
import { type PlanOptions, planEncoding, type Source } from '../../workers/media/plan.ts';
import { findSandboxTools } from '../../workers/media/sandbox.ts';
import { withWholeLanguages } from '../../workers/media/whole-languages.ts';
import { readFragmentedFile } from './read-fragments.ts';

const run = promisify(execFile);
const tools = findSandboxTools(process.env.PATH ?? '');
const { signal } = new AbortController();

export const probeTool = { path: 'ffprobe', tools };

/** One of those that are always there. */
export function profileNamed(name: string): EncodingProfile {
  const found = builtInProfiles.find((profile) => profile.name === name);
  if (!found) throw new Error(`there is no profile ${name}`);
  return found;
}

/** Two rungs for pictures of 160x90: clips of that size are quickly made. */
export const smallProfile: EncodingProfile = {
  ...profileNamed('default'),
  name: 'small',
  steps: [
    { shortSide: 48, maxBitrate: 200_000 },
    { shortSide: 90, maxBitrate: 4_000_000 },
  ],
};

const libx264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-bf', '2'];

/** Encodes as most files in the world are; with key frames every so many frames, and nowhere else. */
export const h264 = (keyFrames: number, ...more: string[]) => [
  ...[...libx264, '-g', String(keyFrames), ...more],
  ...['-x264-params', `b-adapt=0:scenecut=0:keyint=${keyFrames}:min-keyint=1`],
];

/** The grey of frame n of `numbered`: neighbours differ by 7, and no two within 200 frames are equal. */
export const greyOf = (n: number) => ((n * 7) % 200) + 16;

/** A picture that is one grey all over, another in each frame. */
export const numbered = (rate: string, seconds: number, size = '160x90') => [
  ...['-f', 'lavfi', '-i'],
  `nullsrc=size=16x12:rate=${rate}:duration=${seconds},geq=lum='mod(N*7\\,200)+16':cb=128:cr=128,scale=${size},setsar=1`,
];

/** A picture with something to see. */
export const moving = (rate: string, seconds: number, size = '160x90') => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`],
];

/** A sine of 1 kHz. */
export const tone = (seconds: number) => [
  ...['-f', 'lavfi', '-i', `sine=frequency=1000:sample_rate=48000:duration=${seconds}`],
];

/** A rung of one chunk, as made. */
export type MadeFile = { name: string; file: FragmentedFile; segments: CutSegment[]; data: Buffer };
/** All of one chunk: its rungs, lowest first, and its tiles. */
export type MadeChunk = { rungs: MadeFile[]; tiles: Buffer | undefined };

type Media = {
  path(name: string): string;
  /** A file made by ffmpeg. */
  make(name: string, ...words: string[]): Promise<string>;
  lookAt(source: string): Promise<Source>;
  planFor(source: string, options?: Partial<PlanOptions>): Promise<EncodingPlan>;
  run(command: FfmpegCommand): Promise<FfmpegResult>;
  /** Every chunk in every encoded rung, cut into segments as the worker does. */
  encode(plan: EncodingPlan, source: string): Promise<MadeChunk[]>;
};

/** Makes, plans and encodes clips in a folder of the suite that calls it. */
export function useMedia(): Media {
  let folder = '';
  let tool: EncodeTool;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-media-'));
    tool = prepareFfmpeg(folder, 'ffmpeg', tools);
  });
  after(() => rmSync(folder, { recursive: true }));

  const path = (name: string) => join(folder, name);
  const runCommand = (command: FfmpegCommand) => runFfmpeg(tool, command, { signal });

  async function encodeChunk(plan: EncodingPlan, source: string, chunk: number): Promise<MadeChunk> {
    const span = plan.chunks[chunk] ?? { startFrame: 0, endFrame: 0 };
    const rungs = encodedRungs(plan).map(({ name }) => ({ name, at: path(`${chunk}-${name}.mp4`) }));
    const tiles = path(`${chunk}.mjpeg`);
    rmSync(tiles, { force: true });
    const files = rungs.map(({ at }) => at);
    await runCommand(chunkCommand(plan, chunk, source, files, tiles));
    return {
      rungs: await Promise.all(
        rungs.map(async ({ name, at }) => {
          const file = await readFragmentedFile(at);
          const firstNumber = plan.cuts.indexOf(span.startFrame) + 1;
          const starts = cutsIn(plan.cuts, span);
          const segments = cutSegments(file, { firstNumber, starts, withKeyFrames: true });
          return { name, file, segments, data: await readFile(at) };
        }),
      ),
      tiles: await readFile(tiles).catch(() => undefined),
    };
  }

  return {
    path,
    async make(name, ...words) {
      await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...words, path(name)]);
      return path(name);
    },
    lookAt,
    async planFor(source, options) {
      const usual = { maxSeconds: 3600, profile: smallProfile, slots: 1, copyRefused: true };
      return planEncoding(await lookAt(source), { ...usual, ...options });
    },
    run: runCommand,
    async encode(plan, source) {
      const made: MadeChunk[] = [];
      for (const chunk of plan.chunks.keys()) made.push(await encodeChunk(plan, source, chunk));
      return made;
    },
  };
}

/** What the planner sees of a file. */
export async function lookAt(source: string): Promise<Source> {
  const report = await withWholeLanguages(source, await describeFile(probeTool, source, signal));
  const video = chooseVideo(report);
  const audio = chooseAudio(report);
  const { captions } = chooseCaptions(report);
  const streamIndexes = [video.index, ...audio.slice(0, 1).map(({ streamIndex }) => streamIndex)];
  const formatName = report.format.format_name;
  const [packets, soundPackets] = await scanPackets(probeTool, source, { streamIndexes, formatName }, signal);
  return { report, video, packets: packets ?? noPackets(), soundPackets, audio, captions };
}

/** The first init segment and all segments, one after the other, as a player puts them together. */
export function joinSegments(parts: Pick<MadeFile, 'file' | 'segments' | 'data'>[]): Buffer {
  const [first] = parts;
  const init = first ? first.data.subarray(0, first.file.initBytes) : Buffer.alloc(0);
  const cut = parts.flatMap(({ segments, data }) =>
    segments.map(({ offset, bytes }) => data.subarray(offset, offset + bytes)),
  );
  return Buffer.concat([init, ...cut]);
}

export type Shown = {
  stream: Record<string, string | number>;
  /** When each frame is shown: seconds, rising. */
  times: number[];
  /** When those packets are shown that are key frames. */
  keys: number[];
  /** Where the key frames lie in the file. */
  keyBytes: { pos: number; size: number }[];
};

/** What a decoder makes of the picture in a file. */
export async function show(path: string): Promise<Shown> {
  const entries =
    'stream=codec_name,width,height,pix_fmt,field_order,color_range,color_space,color_transfer,color_primaries' +
    ':frame=pts_time:packet=pts_time,pos,size,flags';
  const words = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', entries, '-of', 'json', path];
  const { stdout } = await run('ffprobe', words, { maxBuffer: 2 ** 26 });
  const { streams, packets_and_frames: shown } = JSON.parse(stdout) as {
    streams: Record<string, string | number>[];
    packets_and_frames: Record<string, string>[];
  };
  const keys = shown.filter(({ type, flags }) => type === 'packet' && flags?.startsWith('K'));
  return {
    stream: streams[0] ?? {},
    times: shown.filter(({ type }) => type === 'frame').map(({ pts_time }) => Number(pts_time)),
    keys: keys.map(({ pts_time }) => Number(pts_time)),
    keyBytes: keys.map(({ pos, size }) => ({ pos: Number(pos), size: Number(size) })),
  };
}

async function decoded(path: string, ...words: string[]): Promise<Buffer> {
  const options = { encoding: 'buffer', maxBuffer: 2 ** 28 } as const;
  const { stdout } = await run('ffmpeg', ['-nostdin', '-v', 'error', '-i', path, ...words, '-'], options);
  return stdout;
}

/** The mean of each plane (Y, U, V) of each frame, in the numbers of the video itself. */
export async function levels(path: string): Promise<[number, number, number][]> {
  const { stream } = await show(path);
  const [width, height] = [Number(stream.width), Number(stream.height)];
  const words = ['-map', '0:v:0', '-fps_mode', 'passthrough', '-pix_fmt', String(stream.pix_fmt)];
  const bytes = await decoded(path, ...words, '-f', 'rawvideo');
  const small = Math.ceil(width / 2) * Math.ceil(height / 2);
  const frameBytes = width * height + 2 * small;
  const mean = (from: number, size: number) =>
    bytes.subarray(from, from + size).reduce((sum, value) => sum + value, 0) / size;
  return Array.from({ length: bytes.length / frameBytes }, (_, frame) => {
    const at = frame * frameBytes;
    return [
      mean(at, width * height),
      mean(at + width * height, small),
      mean(at + width * height + small, small),
    ];
  });
}

/** A hash of every decoded frame. */
export async function frameHashes(path: string): Promise<string[]> {
  const text = await decoded(path, '-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'framemd5');
  return text
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').at(-1)?.trim() ?? '');
}

/**
 * Sound from time 0 on, at 48 kHz, one channel: samples in [-1, 1]. What comes before, as the encoder's delay, is left
 * out.
 */
export async function samples(path: string): Promise<Float32Array> {
  const fromZero = ['-af', 'atrim=start=0,aresample=async=1:first_pts=0', '-ac', '1', '-ar', '48000'];
  const { stdout: bytes } = await run(
    'ffmpeg',
    ['-nostdin', '-v', 'error', '-copyts', '-i', path, '-map', '0:a:0', ...fromZero, '-f', 'f32le', '-'],
    { encoding: 'buffer', maxBuffer: 2 ** 28 },
  );
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}

/** What ffmpeg complains about when it decodes a file to its end. */
export async function complaints(path: string): Promise<string> {
  const { stderr } = await run('ffmpeg', ['-nostdin', '-v', 'error', '-i', path, '-f', 'null', '-']);
  return stderr;
}

/** How many frames look like two fields, and how many like one picture, as ffmpeg's idet filter sees them. */
export async function fieldsIn(path: string): Promise<{ interlaced: number; progressive: number }> {
  const words = ['-nostdin', '-hide_banner', '-i', path, '-vf', 'idet', '-f', 'null', '-'];
  const { stderr } = await run('ffmpeg', words);
  const found = /Multi frame detection: TFF:\s*(\d+) BFF:\s*(\d+) Progressive:\s*(\d+)/.exec(stderr);
  const [top = 0, bottom = 0, progressive = 0] = (found ?? []).slice(1).map(Number);
  return { interlaced: top + bottom, progressive };
}
