import type { Expectation, Size } from './expectations.ts';

/** A rendition played to its end. `complaints` are the decoder's. */
export type Played = { name: string; frames: number; complaints: string[] };
/** Seconds from the first picture's beginning to the last one's end. */
export type PlayedPicture = Played & Size & { seconds: number };

/** What became of a file. */
export type Seen = {
  state: string;
  code: string | null;
  /** What the api says. */
  durationSeconds: number | null;
  warnings: string[];
  /** Of a ready video, lowest first. */
  rungs: PlayedPicture[];
  audio: Played[];
  /** HLS rules that it breaks. */
  violations: string[];
};

/** The short side of the highest rung there is: larger pictures come out in this size. */
const highestShortSide = 2160;
/** Sides are even, and an aspect that is no whole number of pixels may be rounded either way. */
const toleratedPixels = 2;

/** What is not as it must be, a clause each. A failed video has nothing but its code to compare. */
export function findDifferences(expected: Expectation, seen: Seen): string[] {
  const outcome = describeOutcome(seen);
  if (!isOutcome(expected.outcome, seen)) return [`${outcome}, ${expected.outcome} is due`];
  if (seen.state !== 'ready') return [];
  const top = seen.rungs.at(-1);
  return [
    ...(top && expected.display ? compareSize(expected.display, top) : []),
    ...(expected.seconds === null ? [] : compareSeconds(expected.seconds, seen)),
    ...checkRungs(seen.rungs),
    ...[...seen.rungs, ...seen.audio].flatMap(checkPlayed),
    ...seen.violations,
  ];
}

/** `ready`, `failed:CODE`, or the state that it was left in. */
export function describeOutcome({ state, code }: Pick<Seen, 'state' | 'code'>): string {
  return code ? `${state}:${code}` : state;
}

function isOutcome(expected: string | null, { state, code }: Seen): boolean {
  const isReady = state === 'ready';
  const isFailed = state === 'failed' && Boolean(code);
  if (expected === null) return isReady || state === 'failed';
  if (expected === 'any') return isReady || isFailed;
  if (expected === 'failed') return isFailed;
  return expected === (isReady ? 'ready' : `failed:${code}`);
}

/** Rounded down to even sides, never larger; past the highest rung, in its size. */
function compareSize(expected: Size, got: Size): string[] {
  const scale = Math.min(1, highestShortSide / Math.min(expected.width, expected.height));
  const isNear = (side: 'width' | 'height') => {
    const loss = expected[side] * scale - got[side];
    return loss >= -0.5 && loss <= toleratedPixels && got[side] <= expected[side];
  };
  if (isNear('width') && isNear('height')) return [];
  return [`size ${sizeText(got)}, ${sizeText(expected)} is due`];
}

export function sizeText({ width, height }: Size): string {
  return `${width}x${height}`;
}

/** 0.1 s or 2 %, whichever is more. */
function compareSeconds(expected: number, { durationSeconds, rungs }: Seen): string[] {
  const tolerance = Math.max(0.1, expected * 0.02) + 1e-6;
  const isNear = (seconds: number) => Math.abs(seconds - expected) <= tolerance;
  const differences: string[] = [];
  if (durationSeconds === null || !isNear(durationSeconds)) {
    differences.push(`the api says ${durationSeconds} s, ${expected} s are due`);
  }
  const wrong = rungs.filter(({ seconds }) => !isNear(seconds));
  if (wrong.length > 0) {
    const played = wrong.map(({ name, seconds }) => `${name} ${Number(seconds.toFixed(3))} s`);
    differences.push(`played ${played.join(', ')}, ${expected} s are due`);
  }
  return differences;
}

function checkRungs(rungs: PlayedPicture[]): string[] {
  if (rungs.length === 0) return ['no rung'];
  if (new Set(rungs.map(({ frames }) => frames)).size === 1) return [];
  return [`frames differ: ${rungs.map(({ name, frames }) => `${name} ${frames}`).join(', ')}`];
}

function checkPlayed({ name, frames, complaints }: Played): string[] {
  if (frames === 0) return [`${name} holds nothing that decodes`];
  const [first] = complaints;
  if (first === undefined) return [];
  const more = complaints.length > 1 ? ` and ${complaints.length - 1} more` : '';
  return [`${name} does not decode cleanly: ${first}${more}`];
}
