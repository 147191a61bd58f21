import type { EncodingPlan, Rendition, RenditionPart, Rung, Segment } from '../shared/contracts/encoding.ts';
import type { Part } from '../shared/db/parts.ts';
import { framesPerSecond, secondsOf } from './media/frame-rate.ts';
import { measureBandwidth, type VariantEntry } from './media/playlist.ts';

/** A rendition as far as it exists without a gap, from its first segment. */
export type Joined = {
  name: string;
  codecs: string;
  frames: number;
  initSha256s: string[];
  segments: Segment[];
};

/** Seconds that no segment exceeds when rounded; the same for every playlist of a video. */
export function targetSeconds(plan: EncodingPlan): number {
  return Math.max(1, Math.round(secondsOf(plan.segmentFrames, plan.rate)));
}

/** Joins what the encode jobs made, up to the first chunk that is not done yet. In the order of the rungs. */
export function joinPicture(plan: EncodingPlan, parts: Part[]): Joined[] {
  const done = parts.filter((part) => part.step === 'encode' && part.doneAt !== null);
  const gap = done.findIndex(({ n }, index) => n !== index);
  const chunks = gap === -1 ? done : done.slice(0, gap);
  return plan.rungs.map(({ name }) =>
    join(
      name,
      chunks.flatMap(({ renditions }) => renditions.filter((part) => part.name === name)),
    ),
  );
}

export function joinAudio(parts: Part[]): Joined[] {
  return parts
    .filter((part) => part.step === 'audio' && part.doneAt !== null)
    .flatMap(({ renditions }) => renditions.map((part) => join(part.name, [part])));
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

/** What the catalogue says of a rung: rates with the loudest audio track, as a player would fetch both. */
export function renditionOf(plan: EncodingPlan, rung: Rung, picture: Joined, audio: Joined[]): Rendition {
  const target = targetSeconds(plan);
  const own = measureBandwidth(picture.segments, target);
  const tracks = audio.map(({ segments }) => measureBandwidth(segments, target));
  const most = (of: 'average' | 'peak') => Math.max(0, ...tracks.map((track) => track[of]));
  return {
    name: rung.name,
    width: rung.width,
    height: rung.height,
    frameRate: Number(framesPerSecond(plan.rate).toFixed(3)),
    codecs: [picture.codecs, ...new Set(audio.map(({ codecs }) => codecs))].join(','),
    averageBandwidth: own.average + most('average'),
    bandwidth: own.peak + most('peak'),
    bytes: picture.segments.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/**
 * A rung's lines in the master playlist. While the video is still growing its final rates are not known: the
 * plan's limit stands in for the peak, so that no player is told too little.
 */
export function variantOf(
  plan: EncodingPlan,
  rung: Rung,
  picture: Joined,
  audio: Joined[],
  isFinal: boolean,
): VariantEntry {
  const rendition = renditionOf(plan, rung, picture, audio);
  const keyFrames = picture.segments.flatMap((segment) => segment.keyFrames);
  const scrubbing = measureBandwidth(keyFrames, targetSeconds(plan));
  return {
    ...rendition,
    codecs: picture.codecs,
    bandwidth: isFinal ? rendition.bandwidth : Math.max(rendition.bandwidth, rung.maxBitrate),
    keyFrameBandwidth: scrubbing.peak,
    keyFrameAverageBandwidth: scrubbing.average,
  };
}
