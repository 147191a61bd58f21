import type { EncodingPlan, FrameSpan, Rung } from '../../shared/contracts/encoding.ts';
import { keyFramesIn } from './chunks.ts';
import { framesPerSecond } from './frame-rate.ts';

/** Rate control starts cold in each chunk: the frames at its borders get a tenth more bits. */
const borderFrames = 12;
const borderBoost = 1.1;

/** What the words of an encoder depend on, beside the rung. */
export type EncodingJob = Pick<EncodingPlan, 'codec' | 'gopFrames' | 'cuts' | 'copied' | 'rate'> & {
  span: FrameSpan;
};

/** How a span of a rung is encoded, in one thread where the encoder allows it: chunks run beside each other. */
export function encoderOptions(rung: Rung, job: EncodingJob): string[] {
  const { encoder, options } = job.codec;
  const words = wordsOf[encoder] ?? unknownEncoder;
  return [
    ...['-c:v', encoder, ...options, ...words(rung, job), ...keyFrameOptions(job)],
    ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
    ...['-map_metadata', '-1', '-map_chapters', '-1'],
  ];
}

/** By the count where groups are even; by times where they follow the key frames of a copied rung. */
function keyFrameOptions({ gopFrames, cuts, copied, rate, span }: EncodingJob): string[] {
  if (copied === null) return ['-g', String(gopFrames)];
  // A little early: the first frame at or after the time becomes the key frame. Not half a frame, which old
  // versions round down to the frame before.
  const times = keyFramesIn(cuts, span, gopFrames)
    .filter((frame) => frame > 0)
    .map((frame) => ((frame - 0.25) / framesPerSecond(rate)).toFixed(6));
  return ['-g', '1000', ...(times.length > 0 ? ['-force_key_frames', times.join(',')] : [])];
}

type Words = (rung: Rung, job: EncodingJob) => string[];

const cappedQuality: Words = ({ crf, maxBitrate, bufferBits }) => [
  ...['-crf', String(crf), '-maxrate', String(maxBitrate), '-bufsize', String(bufferBits)],
];

/** What each encoder needs for closed groups of a fixed length, one thread, and a capped constant quality. */
const wordsOf: Record<string, Words> = {
  libx264: (rung, job) => [
    ...['-threads', '1', ...cappedQuality(rung, job)],
    // Closed captions become a text track; from the picture they would be shown a second time.
    ...['-a53cc', '0'],
    ...['-keyint_min', job.copied === null ? String(job.gopFrames) : '1', '-sc_threshold', '0'],
    ...borderZones(job.span),
  ],
  libx265: (rung, job) => [
    ...[...cappedQuality(rung, job), '-tag:v', 'hvc1'],
    '-x265-params',
    `pools=none:frame-threads=1:min-keyint=1:scenecut=0:open-gop=0:log-level=error:keyint=${job.gopFrames}`,
  ],
  libsvtav1: ({ crf }) => ['-crf', String(crf), '-svtav1-params', 'lp=1:scd=0'],
  h264_nvenc: ({ crf, maxBitrate, bufferBits }) => [
    ...['-rc', 'vbr', '-cq', String(crf), '-maxrate', String(maxBitrate), '-bufsize', String(bufferBits)],
    ...['-forced-idr', '1', '-no-scenecut', '1', '-strict_gop', '1'],
  ],
};

/** An encoder that only a configured profile names: an average rate is what all of them understand. */
const unknownEncoder: Words = ({ maxBitrate, bufferBits }) => [
  ...['-b:v', String(Math.round(maxBitrate * 0.8)), '-maxrate', String(maxBitrate)],
  ...['-bufsize', String(bufferBits)],
];

function borderZones({ startFrame, endFrame }: FrameSpan): string[] {
  const frames = endFrame - startFrame;
  if (frames < 4 * borderFrames) return [];
  const zone = (from: number, to: number) => `${from},${to},b=${borderBoost}`;
  const zones = [zone(0, borderFrames - 1), zone(frames - borderFrames, frames - 1)];
  return ['-x264-params', `zones=${zones.join('/')}`];
}
