/**
 * Trending by exponential decay kept forward (Cormode et al., "Forward Decay", ICDE 2009). A video's heat in a
 * region is the sum over its views of 2^(-age / halfLife). Because every heat decays at the same pace, the order
 * of two videos changes only when one of them is viewed. So we store, per video and region, a number that never
 * has to be touched for the passing of time alone:
 *
 *     hotness = log2(heat at t) + t / halfLife
 *
 * Times are milliseconds since the epoch. A hotness of today is about 29,000 / halfLife in days, far from any
 * limit of a double.
 */
export const halfLifeMilliseconds = 24 * 3600 * 1000;

/** The hotness after `views` more views at time `at`; `before` is undefined for a video not viewed so far. */
export function addViews(before: number | undefined, views: number, at: number): number {
  const heat = (before === undefined ? 0 : heatAt(before, at)) + views;
  return Math.log2(heat) + at / halfLifeMilliseconds;
}

/** The decayed number of views at time `at`: what a person can make sense of. */
export function heatAt(hotness: number, at: number): number {
  return 2 ** (hotness - at / halfLifeMilliseconds);
}

/**
 * The hotness after `views` more (or fewer) views at any time, also one long before or after those counted so far: of
 * two exponents only the difference is ever raised. -Infinity where nothing is left.
 */
export function addAt(before: number, views: number, at: number): number {
  if (views === 0) return before;
  const more = Math.log2(Math.abs(views)) + at / halfLifeMilliseconds;
  const most = Math.max(before, more);
  const sum = 2 ** (before - most) + Math.sign(views) * 2 ** (more - most);
  return sum > 0 ? most + Math.log2(sum) : Number.NEGATIVE_INFINITY;
}
