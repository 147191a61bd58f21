import type {
  EncodingPlan,
  MadeAudio,
  Rendition,
  RenditionPart,
  Rung,
  Segment,
} from '../shared/contracts/encoding.ts';
import type { Part } from '../shared/db/parts.ts';
import { audioSegmentSeconds, encodedRungs } from './media/ffmpeg-args.ts';
import { framesPerSecond, secondsOf } from './media/frame-rate.ts';
import { type AudioEntry, measureBandwidth, type VariantEntry } from './media/playlist.ts';

/** A rendition as far as it exists without a gap, from its first segment. */
export type Joined = {
  name: string;
  codecs: string;
  frames: number;
  initSha256s: string[];
  segments: Segment[];
};

/** Seconds that no segment exceeds when rounded; the same for every playlist of a video. */
export function targetSeconds({ cuts, frameCount, rate }: EncodingPlan): number {
  const lengths = cuts.map((cut, index) => (cuts[index + 1] ?? frameCount) - cut);
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  return Math.max(Math.round(secondsOf(longest, rate)), audioSegmentSeconds);
}

/**
 * Joins what the encode jobs made, up to the first chunk that is not done yet, and what there is of the copied
 * rung. In the order of the rungs.
 */
export function joinPicture(plan: EncodingPlan, parts: Part[]): Joined[] {
  const done = parts.filter((part) => part.step === 'encode' && part.doneAt !== null);
  const gap = done.findIndex(({ n }, index) => n !== index);
  const chunks = gap === -1 ? done : done.slice(0, gap);
  const made = [...chunks, ...parts.filter((part) => part.step === 'copy')];
  return plan.rungs.map(({ name }) =>
    join(
      name,
      made.flatMap(({ renditions }) => renditions.filter((part) => part.name === name)),
    ),
  );
}

/** Every planned track that has not been given up, in the plan's order, as far as it exists. */
export function joinAudio(plan: EncodingPlan, parts: Part[]): Joined[] {
  return plan.audio.flatMap(({ name }, track) => {
    const part = parts.find(({ step, n }) => step === 'audio' && n === track);
    return part?.failure ? [] : [join(name, part?.renditions ?? [])];
  });
}

function join(name: string, parts: RenditionPart[]): Joined {
  return {
    name,
    codecs: parts[0]?.codecs ?? '',
    frames: parts.reduce((sum, { frames }) => sum + frames, 0),
    initSha256s: [...new Set(parts.map(({ initSha256 }) => initSha256))],
    segments: parts.flatMap(({ segments }) => segments),
  };
}

/**
 * What the catalogue says of a rung: rates with the loudest stereo track, as a player would fetch both, and of
 * the picture alone. `seconds` is what the jobs of its pictures took.
 */
export function renditionOf(
  plan: EncodingPlan,
  rung: Rung,
  picture: Joined,
  audio: AudioEntry[],
  seconds: number,
): Rendition {
  const own = measureBandwidth(picture.segments, targetSeconds(plan));
  const stereo = audio.filter(({ channels }) => channels === 2);
  const codecs = new Set([picture.codecs, ...stereo.map((track) => track.codecs)]);
  return {
    name: rung.name,
    width: rung.width,
    height: rung.height,
    frameRate: frameRateOf(plan),
    codecs: [...codecs].join(','),
    averageBandwidth: own.average + Math.max(0, ...stereo.map((track) => track.averageBandwidth)),
    bandwidth: own.peak + Math.max(0, ...stereo.map((track) => track.bandwidth)),
    bytes: picture.segments.reduce((sum, { bytes }) => sum + bytes, 0),
    averageBitrate: own.average,
    peakBitrate: own.peak,
    encodeSeconds: Number(seconds.toFixed(3)),
  };
}

/** Seconds of work on each rung, by name: those of a chunk are shared by pixels, those of the copy are its own. */
export function secondsByRung(plan: EncodingPlan, parts: Part[]): Map<string, number> {
  const sum = (step: Part['step']) =>
    parts.filter((part) => part.step === step).reduce((total, { seconds }) => total + seconds, 0);
  const encoded = encodedRungs(plan);
  const pixels = encoded.reduce((total, { width, height }) => total + width * height, 0);
  return new Map(
    plan.rungs.map(({ name, width, height }) => [
      name,
      name === plan.copied ? sum('copy') : (sum('encode') * width * height) / pixels,
    ]),
  );
}

function frameRateOf({ rate }: EncodingPlan): number {
  return Number(framesPerSecond(rate).toFixed(3));
}

/**
 * A rung's lines in the master playlist. While the video is still growing its final rates are not known: the
 * plan's limit stands in for the peak, so that no player is told too little.
 */
export function variantOf(plan: EncodingPlan, rung: Rung, picture: Joined, isFinal: boolean): VariantEntry {
  const own = measureBandwidth(picture.segments, targetSeconds(plan));
  const keyFrames = picture.segments.flatMap((segment) => segment.keyFrames);
  const scrubbing = measureBandwidth(keyFrames, targetSeconds(plan));
  return {
    name: rung.name,
    width: rung.width,
    height: rung.height,
    frameRate: frameRateOf(plan),
    codecs: picture.codecs,
    averageBandwidth: own.average,
    bandwidth: isFinal ? own.peak : Math.max(own.peak, rung.maxBitrate),
    keyFrameBandwidth: scrubbing.peak,
    keyFrameAverageBandwidth: scrubbing.average,
  };
}

/** The audio tracks that were made, for the catalogue. */
export function madeAudio(plan: EncodingPlan, parts: Part[]): MadeAudio[] {
  return plan.audio.flatMap(({ language, title, channels, isDefault }, track) => {
    const part = parts.find(({ step, n }) => step === 'audio' && n === track);
    if (!part?.doneAt || part.failure) return [];
    return [{ language, title, channels, isDefault, loudness: part.loudness }];
  });
}

const aac = 'mp4a.40.2';

/** The lines of the audio tracks. One that has not begun yet is listed by what it will be. */
export function audioEntries(plan: EncodingPlan, audio: Joined[]): AudioEntry[] {
  return plan.audio.flatMap((track) => {
    const joined = audio.find(({ name }) => name === track.name);
    if (!joined) return [];
    const { average, peak } = measureBandwidth(joined.segments, targetSeconds(plan));
    return [
      {
        ...track,
        codecs: joined.codecs || aac,
        averageBandwidth: average || track.bitrate,
        bandwidth: peak || track.bitrate,
      },
    ];
  });
}
