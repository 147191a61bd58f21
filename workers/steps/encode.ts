import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chunk, EncodingPlan, RenditionPart } from '../../shared/contracts/encoding.ts';
import type { Attempt, Video } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { tilesKey } from '../../shared/keys.ts';
import { currentVideo, whileCurrent } from '../attempt.ts';
import { cutsIn } from '../media/chunks.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { chunkCommand, encodedRungs } from '../media/ffmpeg-args.ts';
import { tilesIn } from '../media/image-args.ts';
import { mediaFault } from '../media-fault.ts';
import { announceProgress } from '../playlists.ts';
import type { Step } from '../run.ts';
import { storeRendition } from '../store-rendition.ts';

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
    const renditions = await whileCurrent(step, attempt, 'encoding', (signal) =>
      encodeChunk({ video, plan, chunk, span }, { ...step, signal }, (done) => {
        tools.db.parts.progress(id, Math.min(done, frames)).catch(() => {});
      }),
    );
    await tools.db.parts.finish(id, { frames, seconds: (performance.now() - started) / 1000, renditions });
  }
  await announceProgress(tools, video, plan);
}

type Work = { video: Video; plan: EncodingPlan; chunk: number; span: Chunk };

async function encodeChunk(
  { video, plan, chunk, span }: Work,
  { tools, signal }: Step,
  onFrames: (frames: number) => void,
): Promise<RenditionPart[]> {
  const rungs = encodedRungs(plan);
  // Every rung may be a copy, and then a chunk without pictures for the storyboard has nothing to do.
  if (rungs.length === 0 && tilesIn(plan, chunk).length === 0) return [];
  return tools.sources.withSource(video.source, signal, (source) =>
    tools.scratch.withFolder('encode', async (folder) => {
      const files = rungs.map(({ name }) => join(folder, `${name}.mp4`));
      const tilesFile = join(folder, 'tiles.mjpeg');
      await runFfmpeg(tools.ffmpeg, chunkCommand(plan, chunk, source, files, tilesFile), {
        signal,
        isUrgent: chunk === 0,
        // ffmpeg tells it about every 500 ms: each time counts.
        onFrames: atMostEvery(400, onFrames),
      }).catch(mediaFault);
      if (tilesIn(plan, chunk).length > 0) {
        const key = tilesKey(video._id, video.generation, chunk);
        await tools.storage.put('thumbnails', key, await readFile(tilesFile), 'video/x-motion-jpeg');
      }
      const parts = rungs.map(({ name }, index) =>
        storeRendition(tools, video, {
          name,
          path: files[index] ?? '',
          firstNumber: plan.cuts.indexOf(span.startFrame) + 1,
          starts: cutsIn(plan.cuts, span),
          withKeyFrames: true,
          withInit: chunk === 0,
        }),
      );
      return checkFrames(await Promise.all(parts), chunk, span.endFrame - span.startFrame);
    }),
  );
}

/** @throws MillraceError encoding_failed */
function checkFrames(parts: RenditionPart[], chunk: number, expected: number): RenditionPart[] {
  for (const { name, frames } of parts) {
    if (frames === expected) continue;
    const message = `Chunk ${chunk} of ${name} has ${frames} of ${expected} frames.`;
    throw new MillraceError('encoding_failed', message);
  }
  return parts;
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
