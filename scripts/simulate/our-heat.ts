import type { Counts } from '../../shared/db/views.ts';

const halfLifeHours = 6;
const weights = { view: 0.25, wholeView: 1, like: 4, comment: 6 };

/** Kept forward: the logarithm of the heat at hour 0; undefined for none. */
export type Heat = number | undefined;

/** The heat after the counts of an hour, which begins at `hour`. */
export function addCounts(before: Heat, counts: Omit<Counts, 'watchSeconds'>, hour: number): Heat {
  const { views, watchShare, likes, comments } = counts;
  const { view, wholeView, like, comment } = weights;
  const weight = view * views + (wholeView - view) * watchShare + like * likes + comment * comments;
  if (weight === 0) return before;
  const more = Math.log2(weight) + hour / halfLifeHours;
  if (before === undefined) return more;
  const most = Math.max(before, more);
  return most + Math.log2(2 ** (before - most) + 2 ** (more - most));
}
