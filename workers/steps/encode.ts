import { join } from 'node:path';
import type { Chunk, EncodingPlan, RenditionPart } from '../../shared/contracts/encoding.ts';
import type { Attempt, Video } from '../../shared/db/videos.ts';
import { MillraceError } from '../../shared/errors.ts';
import { currentVideo, whileCurrent } from '../attempt.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { chunkCommand } from '../media/ffmpeg-args.ts';
import { mediaFault } from '../media-fault.ts';
import { announceProgress } from '../playlists.ts';
import type { Step } from '../run.ts';
import { storeRendition } from '../store-rendition.ts';

/** Makes one chunk of the picture in every rung. */
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
  return tools.sources.withSource(video.source, signal, (source) =>
    tools.scratch.withFolder('encode', async (folder) => {
      const files = plan.rungs.map(({ name }) => join(folder, `${name}.mp4`));
      const command = chunkCommand(plan, chunk, source, files);
      await runFfmpeg(tools.ffmpeg, command, {
        signal,
        // ffmpeg tells it about every 500 ms: each time counts.
        onFrames: atMostEvery(400, onFrames),
      }).catch(mediaFault);
      const parts: RenditionPart[] = [];
      for (const [index, { name }] of plan.rungs.entries()) {
        const part = await storeRendition(tools, video, {
          name,
          path: files[index] ?? '',
          firstNumber: span.startFrame / plan.segmentFrames + 1,
          perSegment: plan.segmentFrames / plan.gopFrames,
          withKeyFrames: true,
          withInit: chunk === 0,
        });
        const expected = span.endFrame - span.startFrame;
        if (part.frames !== expected) {
          throw new MillraceError(
            'encoding_failed',
            `Chunk ${chunk} of ${name} has ${part.frames} of ${expected} frames.`,
          );
        }
        parts.push(part);
      }
      return parts;
    }),
  );
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
