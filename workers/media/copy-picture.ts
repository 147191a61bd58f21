import type { CopyRefusal, FrameRate, SourcePicture } from '../../shared/contracts/encoding.ts';
import { isUpright } from './choose-video.ts';
import type { ProbedStream } from './ffprobe.ts';
import { framesPerSecond } from './frame-rate.ts';
import type { Packets } from './packets.ts';
import type { Later } from './picture.ts';

/** A segment of the copied rung is as long as the source's key frames allow: at most this, like encoded ones. */
const longestSegment = 6.05;
/** The first segment should be short, so that playing can begin early; none should be a mere splinter. */
const firstSegment = 2.05;
const shortestSegment = 0.9;
/** The highest segment may have this many times the average rate, as Apple's rules ask. */
const steadiness = 2;

export type CopyQuestion = {
  video: ProbedStream;
  picture: SourcePicture;
  packets: Packets;
  formatName: string;
  rate: FrameRate;
  frameCount: number;
  originSeconds: number;
  /** Upright, in square pixels. */
  display: { width: number; height: number };
  later?: Later;
};

/** Where the copied rung is cut, and its rates in bit/s. */
export type Copy = { cuts: number[]; averageBitrate: number; peakBitrate: number };

/**
 * Whether the source's own picture can be a rung as it is: H.264 in 8-bit 4:2:0 that needs no filter, frames
 * exactly on the plan's grid, and closed groups that are short enough to be segments.
 */
export function planCopy(question: CopyQuestion): Copy | CopyRefusal {
  const { video, picture, packets, rate, frameCount, originSeconds } = question;
  // Others do not say when a packet is decoded, and what ffmpeg makes up instead is no steady clock.
  if (!/\bmov\b/.test(question.formatName)) return 'container';
  if (video.codec_name !== 'h264') return 'codec';
  const isFullRange = video.color_range === 'pc';
  if (video.pix_fmt !== 'yuv420p' || isFullRange || picture.hdr) return 'pixel_format';
  if (!isShownAlike(video, picture)) return 'colours';
  if (picture.isInterlaced || picture.mayInterlace) return 'interlaced';
  if (packets.hidden > 0 || !isUpright(video)) return 'edited';
  if (question.later?.changesShape) return 'geometry';
  const { width, height } = question.display;
  if (video.width !== width || video.height !== height || width % 2 || height % 2) return 'geometry';

  const frames = packets.times.length === frameCount ? framesOf(packets, rate, originSeconds) : undefined;
  if (!frames) return 'frame_times';
  const keys = closedKeys(packets, frames);
  if (!keys) return 'open_groups';
  const cuts = groupKeys(keys, frameCount, framesPerSecond(rate));
  if (!cuts) return 'sparse_key_frames';

  const bytes = cuts.map(() => 0);
  for (const [index, frame] of frames.entries()) {
    const segment = findSegment(cuts, frame);
    bytes[segment] = (bytes[segment] ?? 0) + (packets.bytes[index] ?? 0);
  }
  const bitrate = (size: number, length: number) => Math.ceil((size * 8 * framesPerSecond(rate)) / length);
  const peakBitrate = bytes.reduce((most, size, index) => {
    const length = (cuts[index + 1] ?? frameCount) - (cuts[index] ?? 0);
    return Math.max(most, bitrate(size, length));
  }, 0);
  const whole = bytes.reduce((sum, size) => sum + size, 0);
  const averageBitrate = bitrate(whole, frameCount);
  if (peakBitrate > averageBitrate * steadiness) return 'uneven_rate';
  return { cuts, averageBitrate, peakBitrate };
}

/** Others are shown in colours that are far from those of encoded rungs: by up to 66 of 255 in Chromium. */
const usualMatrices = ['bt709', 'smpte170m', 'bt470bg'];
const usualPrimaries = [...usualMatrices, 'smpte240m'];
const usualCurves = [...usualMatrices, 'iec61966-2-1', 'iec61966-2-4', 'bt1361e', 'bt2020-10', 'bt2020-12'];
/**
 * Chromium takes a picture of this height for BT.709 unless matrix, primaries and curve are all named, others for
 * BT.601.
 */
const guessedHigh = 720;

/** Whether players show it as the other rungs, which are converted by its matrix alone. */
function isShownAlike(video: ProbedStream, { matrix }: SourcePicture): boolean {
  const tags = [video.color_space, video.color_primaries, video.color_transfer];
  const named = tags.map((tag) => (tag === 'unknown' || tag === 'reserved' ? undefined : tag));
  const usual = [usualMatrices, usualPrimaries, usualCurves];
  if (named.some((tag, index) => tag && !usual[index]?.includes(tag))) return false;
  const isGuessed = named.includes(undefined);
  return !isGuessed || ((named[0] ?? matrix) === 'bt709') === (video.height ?? 0) >= guessedHigh;
}

/** The output frame of each packet; undefined unless every frame of the grid has exactly one packet near it. */
function framesOf({ times }: Packets, rate: FrameRate, originSeconds: number): Int32Array | undefined {
  const perSecond = framesPerSecond(rate);
  const taken = new Uint8Array(times.length);
  const frames = new Int32Array(times.length);
  for (const [index, time] of times.entries()) {
    const exact = (time - originSeconds) * perSecond;
    const frame = Math.round(exact);
    if (Math.abs(exact - frame) > 0.25 || taken[frame] !== 0) return undefined;
    taken[frame] = 1;
    frames[index] = frame;
  }
  return frames;
}

/** Frames of the key packets; undefined when a picture after a key frame is shown before it. */
function closedKeys({ keys }: Packets, frames: Int32Array): number[] | undefined {
  if (keys[0] !== 0) return undefined;
  const shown: number[] = [];
  for (const [index, key] of keys.entries()) {
    const frame = frames[key] ?? 0;
    const end = keys[index + 1] ?? frames.length;
    for (let at = key; at < end; at += 1) if ((frames[at] ?? 0) < frame) return undefined;
    shown.push(frame);
  }
  return shown;
}

/** Joins groups to segments; undefined when a group is too long for one, or too short and cannot be joined. */
function groupKeys(keys: number[], frameCount: number, perSecond: number): number[] | undefined {
  const cuts = [0];
  let last = 0;
  const bounds = [...keys.slice(1), frameCount];
  for (const [index, bound] of bounds.entries()) {
    const next = bounds[index + 1];
    if ((bound - last) / perSecond > longestSegment) return undefined;
    if (next === undefined) break;
    const most = cuts.length === 1 ? firstSegment : longestSegment;
    const isLongEnough = (bound - last) / perSecond >= shortestSegment;
    const isFull = (next - last) / perSecond > most;
    if ((isFull && isLongEnough) || (next - last) / perSecond > longestSegment) {
      cuts.push(bound);
      last = bound;
    }
  }
  // A splinter would be encoded alone, with too few frames to reorder, and have an init segment of its own.
  const hasSplinter = cuts.some((cut, index) => index > 0 && cut - (cuts[index - 1] ?? 0) < perSecond / 3);
  return hasSplinter ? undefined : cuts;
}

function findSegment(cuts: number[], frame: number): number {
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((cuts[middle] ?? 0) <= frame) low = middle;
    else high = middle - 1;
  }
  return low;
}
