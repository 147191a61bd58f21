import type { Counts } from './db/views.ts';

/**
 * Trending by exponential decay kept forward (Cormode et al., "Forward Decay", ICDE 2009). The heat of a video in a
 * region is the sum over its events of weight x 2^(-age / halfLife), where an event is as old as the beginning of its
 * hour: so it follows from the hourly counts alone, in whatever order they came. Because all heats of a region decay at
 * the same pace, the order of two videos changes only with an event. So what is kept never has to be touched for the
 * passing of time alone:
 *
 *     hotness = log2(heat at t) + (t - reference) / halfLife
 *
 * Times are milliseconds since the epoch, half-lives hours.
 */
export const usualHalfLifeHours = 6;

/**
 * A view that breaks off at once counts a quarter, a whole one 1. A like is given by one viewer in some twenty to
 * thirty, a comment by one in some hundred: 4 and 6 let both be felt where views are few and keep them from deciding
 * where views are many. In proportion to how rare they are, they would: and a quarrel brings comments as surely as
 * quality does.
 */
export const weights = { view: 0.25, wholeView: 1, like: 4, comment: 6 } as const;

/** Raised when weights or formula change: scores of another one are computed anew from the hourly counts. */
export const formula = 1;

/** No rank hangs on less, so scores below are forgotten: it is what one whole view leaves after ten half-lives. */
export const leastHeat = 2 ** -10;

/** Near today, so that the logarithms are small and have digits to spare: 1 year is 1,461 half-lives of 6 h. */
const reference = Date.UTC(2026, 0, 1);
const hourMilliseconds = 3_600_000;

/** Less than this part of what was added and taken away is nothing but rounding. */
const roundingShare = 1e-9;

/** What the events of one hour add to the heat at its beginning; below 0 when more was taken back than given. */
export function weightOf({ views, watchShare, likes, comments }: Omit<Counts, 'watchSeconds'>): number {
  const { view, wholeView, like, comment } = weights;
  return view * views + (wholeView - view) * watchShare + like * likes + comment * comments;
}

/**
 * Heat as a logarithm. It can be owed: something was taken back before it was counted as given, and will be made up for
 * when that comes.
 */
export type Hotness = { log: number; owed: boolean };

export type WeighedEvents = { weight: number; at: number };

/** The hotness after more events, or events taken back, in any order; undefined for no heat. */
export function addEvents(
  before: Hotness | undefined,
  events: readonly WeighedEvents[],
  halfLifeHours: number,
): Hotness | undefined {
  const terms = events.flatMap(({ weight, at }): Hotness[] =>
    weight === 0
      ? []
      : [{ log: Math.log2(Math.abs(weight)) + halfLives(at, halfLifeHours), owed: weight < 0 }],
  );
  if (before) terms.push(before);
  if (terms.length === 0) return undefined;
  const most = Math.max(...terms.map(({ log }) => log));
  const sum = terms.reduce((heat, { log, owed }) => heat + (owed ? -1 : 1) * 2 ** (log - most), 0);
  if (Math.abs(sum) <= roundingShare) return undefined;
  return { log: most + Math.log2(Math.abs(sum)), owed: sum < 0 };
}

/** The heat at a time: the score that a person can make sense of. */
export function heatAt(log: number, at: number, halfLifeHours: number): number {
  return 2 ** (log - halfLives(at, halfLifeHours));
}

/** The logarithm of a heat at a time: what those of hotter videos lie above. */
export function hotnessOf(heat: number, at: number, halfLifeHours: number): number {
  return Math.log2(heat) + halfLives(at, halfLifeHours);
}

/** So many lie between the reference and a time. */
export function halfLives(at: number, halfLifeHours: number): number {
  return (at - reference) / (halfLifeHours * hourMilliseconds);
}
