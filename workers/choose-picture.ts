import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodingPlan } from '../shared/contracts/encoding.ts';
import { MillraceError } from '../shared/errors.ts';
import { runFfmpeg } from './media/ffmpeg.ts';
import type { FfmpegCommand } from './media/ffmpeg-command.ts';
import { splitJpegs } from './media/jpeg.ts';
import { type Look, liveliest, lookAt, miniatureSide } from './media/liveliness.ts';
import { candidatesCommand, closerCommand } from './media/picture-args.ts';
import { mediaFault } from './media-fault.ts';
import type { Step } from './run.ts';

/** A picture of the video: a JPEG, and about when it is shown. */
type Candidate = { jpeg: Buffer; atSeconds: number; look: Look };

/** Where key frames are looked at, as shares of the whole. */
const places = [0.1, 0.35, 0.6, 0.85];
/** Below this seeking is not worth it. */
const shortSeconds = 2;
/** Up to this the closer look begins where the video does. */
const longSeconds = 10;
const runSeconds = 60;
const miniatureBytes = miniatureSide ** 2;

/**
 * A picture that stands for the video, without decoding it all: the liveliest of a handful of key frames. When they
 * are all one, or show nothing, ten seconds are looked at more closely; the first ten when nothing else is there.
 * @throws MillraceError undecodable when not one picture comes out.
 */
export async function choosePicture(
  plan: EncodingPlan,
  source: string,
  folder: string,
  { tools, signal }: Step,
): Promise<Candidate> {
  const { durationSeconds } = plan;
  let fault: unknown = new MillraceError('undecodable', 'Not one picture for a poster can be decoded.');
  const run = async (command: FfmpegCommand) => {
    try {
      await runFfmpeg(tools.ffmpeg, command, { signal, timeoutSeconds: runSeconds });
    } catch (error) {
      // Damage at one place is no reason to have no poster: what came out before is looked at all the same.
      if (signal.aborted) throw error;
      fault = error;
    }
  };

  const seen: Candidate[] = [];
  if (durationSeconds >= shortSeconds) {
    const times = places.map((place) => place * durationSeconds);
    const fileOf = (n: number, kind: string) => join(folder, `${kind}-${n}`);
    await run(candidatesCommand(plan, times, source, fileOf));
    for (const [n, atSeconds] of times.entries()) {
      seen.push(...(await candidatesIn((kind) => fileOf(n, kind), atSeconds)));
    }
  }
  const lookCloser = async (from: number) => {
    const fileOf = (kind: string) => join(folder, `closer-${from}-${kind}`);
    const { command, stepSeconds } = closerCommand(plan, from, source, fileOf);
    await run(command);
    seen.push(...(await candidatesIn(fileOf, from, stepSeconds)));
  };
  const third = durationSeconds <= longSeconds ? 0 : durationSeconds / 3;
  if (!seen.some(({ look }) => look.isUsable) || new Set(seen.map(({ look }) => look.entropy)).size < 2) {
    await lookCloser(third);
  }
  // The sound may last far longer than the picture.
  if (seen.length === 0 && third > 0) await lookCloser(0);
  return liveliest(seen) ?? mediaFault(fault);
}

/** The pictures of one output, with their miniatures; the n-th is shown at `from` plus n steps. */
async function candidatesIn(
  fileOf: (kind: 'picture' | 'miniature') => string,
  from: number,
  stepSeconds = 0,
): Promise<Candidate[]> {
  const [pictures, miniatures] = await Promise.all([read(fileOf('picture')), read(fileOf('miniature'))]);
  return splitJpegs(pictures).flatMap((jpeg, n) => {
    const luma = miniatures.subarray(n * miniatureBytes, (n + 1) * miniatureBytes);
    const atSeconds = from + n * stepSeconds;
    return luma.length === miniatureBytes ? [{ jpeg, atSeconds, look: lookAt(luma) }] : [];
  });
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch(() => Buffer.alloc(0));
}
