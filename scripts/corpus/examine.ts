import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, isSettled, ProblemError } from '../client.ts';
import { checkHls } from './check-hls.ts';
import { describeOutcome, findDifferences, type Seen, sizeText } from './compare.ts';
import type { Expectation } from './expectations.ts';
import { readMaster } from './master.ts';
import { playAudio, playPicture } from './play.ts';

/** One file's line in the report. */
export type Row = {
  file: string;
  expected: string;
  got: string;
  size: string;
  seconds: number | null;
  rungs: string[];
  warnings: string[];
  /** From the upload to the end of the checks. */
  tookSeconds: number;
  /** What is not as it must be; a file without any has passed. */
  differences: string[];
};

/** A file may take this long, and ten times what it lasts. */
const patienceSeconds = 600;

/** Puts a file through the pipeline, plays the result, and compares. Never throws for what a file does. */
export async function examine(
  client: Client,
  folder: string,
  expected: Expectation,
  interrupt: AbortSignal,
): Promise<Row> {
  const limitSeconds = patienceSeconds + 10 * (expected.seconds ?? 0);
  const limit = AbortSignal.timeout(limitSeconds * 1000);
  const signal = AbortSignal.any([interrupt, limit]);
  const began = performance.now();
  const seen: Seen = {
    ...{ state: '-', code: null, durationSeconds: null, warnings: [] },
    ...{ rungs: [], audio: [], violations: [] },
  };
  const broken = await Promise.race([
    look(client, join(folder, expected.file), seen, signal),
    whenOver(signal),
  ])
    .then(() => [])
    .catch((error: Error) => [
      limit.aborted
        ? `it did not come to an end within ${limitSeconds} s (${describeOutcome(seen)})`
        : error.message,
    ]);
  const top = seen.rungs.at(-1);
  return {
    file: expected.file,
    expected: expected.outcome ?? '-',
    got: describeOutcome(seen),
    size: top ? sizeText(top) : '-',
    seconds: seen.durationSeconds,
    rungs: seen.rungs.map(({ name }) => name),
    warnings: seen.warnings,
    tookSeconds: Number(((performance.now() - began) / 1000).toFixed(1)),
    differences: broken.length > 0 ? broken : findDifferences(expected, seen),
  };
}

/** Fills in `seen` on the way, so that it also tells how far a file came that does not come to an end. */
async function look(client: Client, path: string, seen: Seen, signal: AbortSignal): Promise<void> {
  if (!(await stat(path).catch(() => undefined))?.isFile()) throw new Error('there is no such file');
  try {
    // Neither the name nor the type tells the pipeline what a file is.
    const { videoId } = await client.uploadFile(path, { type: 'application/octet-stream' });
    const video = await client.follow(
      videoId,
      (now) => signal.aborted || isSettled(now),
      ({ state }) => {
        seen.state = state;
      },
      Number.POSITIVE_INFINITY,
    );
    seen.code = video.error?.code ?? null;
    seen.durationSeconds = video.durationSeconds;
    seen.warnings = video.warnings.map(({ code }) => code);
    if (video.state === 'ready') await play((await client.playback(videoId)).playlist, seen, signal);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    Object.assign(seen, { state: 'failed', code: error.problem.code });
  }
}

async function play(playlist: string, seen: Seen, signal: AbortSignal): Promise<void> {
  const { variants, audio } = await readMaster(playlist, signal);
  for (const variant of variants) seen.rungs.push(await playPicture(variant, signal));
  seen.rungs.sort((a, b) => a.width * a.height - b.width * b.height);
  for (const track of audio) seen.audio.push(await playAudio(track, signal));
  seen.violations = await checkHls(playlist);
}

async function whenOver(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
  throw signal.reason;
}
