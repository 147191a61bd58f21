import { join } from 'node:path';
import type { EncodingPlan, Rung } from '../../../shared/contracts/encoding.ts';
import { encoderOptions } from '../../../workers/media/encoder-args.ts';
import { matrixFilters, scaleFilters } from '../../../workers/media/picture.ts';
import { runPlainly } from '../../demo-steps/sample-clip.ts';

type PlainEncoding = {
  plan: EncodingPlan;
  /** Local files. */
  source: string;
  folder: string;
  /** All of the plan's when not given. */
  rungs?: Rung[];
  withSound?: boolean;
  /** As many as it likes when not given. */
  threads?: number;
};

/**
 * What anybody would run by hand: one ffmpeg, one decode, the plan's rungs with the plan's settings and the sound,
 * into local files named after the rungs. @returns seconds.
 */
export async function encodePlainly(encoding: PlainEncoding): Promise<number> {
  const { plan, source, folder, rungs = plan.rungs, withSound = true, threads } = encoding;
  const { rate, picture } = plan;
  const labels = rungs.map((_, index) => `[s${index}]`).join('');
  const scales = rungs.map(
    ({ width, height }, index) => `[s${index}]${scaleFilters(width, height).join(',')}[v${index}]`,
  );
  const shared = [...matrixFilters(picture), `fps=${rate.numerator}/${rate.denominator}`].join(',');
  const graph = [`[0:v]${shared},split=${rungs.length}${labels}`, ...scales];
  const pictures = rungs.flatMap((rung, index) => [
    ...['-map', `[v${index}]`, ...pictureOptions(rung, plan), ...(threads ? ['-threads', `${threads}`] : [])],
    ...['-movflags', '+frag_keyframe', '-f', 'mp4', join(folder, `${rung.name}.mp4`)],
  ]);
  const sound = ['-map', '0:a', '-c:a', 'aac', '-b:a', '128k', '-ac', '2', '-ar', '48000'];
  const words = [
    // Gives way to other work, as the worker's do: else whatever else runs would slow one side only.
    ...['nice', '-n', '10', process.env.FFMPEG_PATH || 'ffmpeg'],
    ...['-nostdin', '-v', 'error', '-y', '-i', source],
    ...['-filter_complex', graph.join(';'), ...pictures],
    ...(withSound ? [...sound, '-f', 'mp4', join(folder, 'sound.mp4')] : []),
  ];
  const began = performance.now();
  await runPlainly(words);
  return (performance.now() - began) / 1000;
}

/** One ffmpeg per rung, one after the other, each with a decode of its own; the sound once. @returns seconds. */
export async function encodeInTurn(encoding: Omit<PlainEncoding, 'rungs' | 'withSound'>): Promise<number> {
  let seconds = 0;
  for (const [index, rung] of encoding.plan.rungs.entries()) {
    seconds += await encodePlainly({ ...encoding, rungs: [rung], withSound: index === 0 });
  }
  return seconds;
}

/** A chunk has one thread, and zones at its borders; one process needs neither. */
function pictureOptions(rung: Rung, plan: EncodingPlan): string[] {
  const words = encoderOptions(rung, { ...plan, copied: null, span: { startFrame: 0, endFrame: 0 } });
  const threads = words.indexOf('-threads');
  return threads < 0 ? words : words.toSpliced(threads, 2);
}
