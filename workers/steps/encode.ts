import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chunk, EncodingPlan, RenditionPart } from '../../shared/contracts/encoding.ts';
import type { Part } from '../../shared/db/parts.ts';
import type { Attempt, Video } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { tilesKey } from '../../shared/keys.ts';
import { currentVideo, whileCurrent } from '../attempt.ts';
import { cutsIn } from '../media/chunks.ts';
import type { FfmpegResult, FfmpegRun } from '../media/ffmpeg.ts';
import { chunkCommand, encodedRungs } from '../media/ffmpeg-args.ts';
import { framesPerSecond } from '../media/frame-rate.ts';
import { tilesIn } from '../media/image-args.ts';
import { announceProgress } from '../playlists.ts';
import type { Step } from '../run.ts';
import { storeRendition } from '../store-rendition.ts';
import { storeWhileRunning } from '../store-while-running.ts';
import type { Tools } from '../tools.ts';

/**
 * Every rung is a file: looking four times a second costs more than it wins, half a second of CPU for a minute of 720p.
 */
const lookMilliseconds = 2000;

/**
 * Reading may begin before a key frame, and end in the middle of a picture: what cannot be decoded there is not missed.
 */
const unnoticedSeconds = 1;

/** Makes one chunk of the picture in every encoded rung. */
export async function encode(payload: Attempt & { chunk: number }, step: Step): Promise<void> {
  const { chunk, ...attempt } = payload;
  const { tools } = step;
  const video = await currentVideo(step, attempt, ['encoding']);
  const { plan } = video;
  const span = plan?.chunks[chunk];
  if (!plan || !span) throw new MillraceError('internal', `The plan has no chunk ${chunk}.`);
  const id = { ...attempt, step: 'encode', n: chunk } as const;
  if (!(await tools.db.parts.isDone(id))) {
    const started = performance.now();
    const frames = span.endFrame - span.startFrame;
    const made = await whileCurrent(step, attempt, 'encoding', (signal) =>
      encodeChunk({ video, plan, chunk, span }, { ...step, signal }, (done) => {
        tools.db.parts.progress(id, Math.min(done, frames)).catch(() => {});
      }),
    );
    await tools.db.parts.finish(id, { frames, seconds: (performance.now() - started) / 1000, ...made });
  }
  await announceProgress(tools, video, plan);
}

type Work = { video: Video; plan: EncodingPlan; chunk: number; span: Chunk };

/**
 * A chunk that lacks pictures, as its first cannot be decoded, is made again from key frames before: where the picture
 * is renewed bit by bit nothing is damaged, it only takes a while until it is whole. If that does not do it is made
 * with ever more of what lies around it.
 */
async function encodeChunk(
  work: Work,
  { tools, signal, log }: Step,
  onFrames: (frames: number) => void,
): Promise<Pick<Part, 'renditions' | 'isPatched'>> {
  const { video, plan, chunk, span } = work;
  // Every rung may be a copy, and then a chunk without pictures for the storyboard has nothing to do.
  if (encodedRungs(plan).length === 0 && tilesIn(plan, chunk).length === 0)
    return { renditions: [], isPatched: false };
  const expected = span.endFrame - span.startFrame;
  const mostLost = framesPerSecond(plan.rate) * unnoticedSeconds;
  return tools.sources.withSource(video.source, signal, async (source) => {
    for (let reach = 0; ; reach = reach * 2 || 1) {
      // ffmpeg tells of frames about every 500 ms: each time counts.
      const run = { signal, isUrgent: chunk === 0, onFrames: atMostEvery(400, onFrames) };
      const { renditions, undecoded } = await encodeFrom(source, reach, work, run, tools);
      const wrong = renditions.find(({ frames }) => frames !== expected);
      // Where all could be decoded from the beginning on it is only that nothing can be found in the middle.
      if (!wrong) {
        const isPatched = reach > 0 ? undecoded > 0 || reach < chunk : undecoded >= mostLost;
        return { renditions, isPatched };
      }
      const message = `Chunk ${chunk} of ${wrong.name} has ${wrong.frames} of ${expected} frames.`;
      if (wrong.frames > expected || reach >= plan.chunks.length - 1) {
        throw new MillraceError('encoding_failed', message);
      }
      log.info({ chunk, reach, frames: wrong.frames, expected }, 'too little of a chunk can be decoded');
      if (reach > 0 || span.earlierSeconds === undefined) continue;
      const earlier = { ...span, seekSeconds: span.earlierSeconds };
      const chunks = plan.chunks.with(chunk, earlier);
      const made = await encodeFrom(source, 0, { ...work, plan: { ...plan, chunks } }, run, tools);
      if (made.renditions.every(({ frames }) => frames === expected)) {
        return { renditions: made.renditions, isPatched: made.undecoded > 0 };
      }
    }
  });
}

function encodeFrom(
  source: string,
  reach: number,
  { video, plan, chunk, span }: Work,
  run: FfmpegRun,
  tools: Tools,
): Promise<{ renditions: RenditionPart[]; undecoded: number }> {
  const rungs = encodedRungs(plan);
  return tools.scratch.withFolder('encode', async (folder) => {
    const files = rungs.map(({ name }) => join(folder, `${name}.mp4`));
    const tilesFile = join(folder, 'tiles.mjpeg');
    const command = chunkCommand(plan, chunk, source, files, tilesFile, reach);
    type Stored = [result: FfmpegResult, tiles: unknown, ...parts: RenditionPart[]];
    const [{ undecoded }, , ...renditions] = await storeWhileRunning<Stored>(
      tools.ffmpeg,
      command,
      run,
      (running) => {
        const tiles = running.then(() => storeTiles(tools, { video, plan, chunk }, tilesFile));
        const stored = rungs.map(({ name }, index) => {
          const path = files[index] ?? '';
          const firstNumber = plan.cuts.indexOf(span.startFrame) + 1;
          const starts = cutsIn(plan.cuts, span);
          const options = { withKeyFrames: true, lookMilliseconds, withInit: chunk === 0 };
          const encoded = { name, path, firstNumber, starts, ...options };
          return storeRendition(tools, video, encoded, running);
        });
        return [running, tiles, ...stored];
      },
    );
    return { renditions, undecoded };
  });
}

async function storeTiles(
  { storage }: Tools,
  { video, plan, chunk }: Omit<Work, 'span'>,
  file: string,
): Promise<void> {
  if (tilesIn(plan, chunk).length === 0) return;
  const key = tilesKey(video._id, video.generation, chunk);
  await storage.put('thumbnails', key, await readFile(file), 'video/x-motion-jpeg');
}

function atMostEvery(milliseconds: number, call: (value: number) => void): (value: number) => void {
  let last = 0;
  return (value) => {
    const now = performance.now();
    if (now - last < milliseconds) return;
    last = now;
    call(value);
  };
}
