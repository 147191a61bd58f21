import type { FrameRate } from '../../shared/contracts/encoding.ts';

/** Of film, video and cameras, and halves of those. */
const usual: FrameRate[] = [
  ...[12_000, 15_000, 24_000, 30_000, 60_000].map((numerator) => ({ numerator, denominator: 1001 })),
  { numerator: 25, denominator: 2 },
];
/** With those that most cameras, films and recorders are made at. */
const common = [...usual.map(framesPerSecond), 10, 12, 15, 20, 24, 25, 30, 48, 50, 60];
const highest = 60;
/** Slower pictures are shown several times: an encoder needs some frames to reorder in every group. */
const lowest = 8;

export function framesPerSecond({ numerator, denominator }: FrameRate): number {
  return numerator / denominator;
}

export function secondsOf(frames: number, { numerator, denominator }: FrameRate): number {
  return (frames * denominator) / numerator;
}

/** `30000/1001` -> 29.97; undefined for `0/0` and the like. */
export function parseRate(text: string | undefined): number | undefined {
  const [numerator, denominator] = (text ?? '').split('/').map(Number);
  const rate = (numerator ?? 0) / (denominator ?? 1);
  return Number.isFinite(rate) && rate > 0 ? rate : undefined;
}

/** Some containers round times to a millisecond. */
const roundedSeconds = 0.0006;

/** Whether pictures of a rate come at such a distance, as a container may round it. */
export function fitsDistance(rate: number | undefined, seconds: number): rate is number {
  return rate !== undefined && Math.abs(1 / rate - seconds) < roundedSeconds;
}

/** Whether sources are made at such a rate, or at a multiple of it that is too high for us. */
export function isCommonRate(rate: number): boolean {
  return common.some((known) => isNearly(known, atMostHighest(rate)));
}

/**
 * The constant rate to make of a measured one: itself where it is a usual rate or whole, else the nearest
 * whole rate; rates above 60 are halved, those below 8 doubled, until they fit. An exact rational, so that chunks
 * can be cut by frame.
 */
export function constantRate(measured: number): FrameRate {
  let rate = atMostHighest(measured);
  while (rate < lowest) rate *= 2;
  const near = usual.find((known) => isNearly(framesPerSecond(known), rate));
  return near ?? { numerator: Math.min(highest, Math.round(rate)), denominator: 1 };
}

function atMostHighest(rate: number): number {
  return rate > highest * 1.01 ? atMostHighest(rate / 2) : rate;
}

function isNearly(known: number, rate: number): boolean {
  return Math.abs(known / rate - 1) < 0.0005;
}
