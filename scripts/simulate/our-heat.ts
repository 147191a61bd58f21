import type { Counts } from '../../shared/db/views.ts';
import { addEvents, usualHalfLifeHours, weightOf } from '../../shared/trending-score.ts';

const hourMilliseconds = 3_600_000;

/** Kept forward: a logarithm of the heat; undefined for none. */
export type Heat = number | undefined;

/** The heat after the counts of an hour, which begins at `hour`. */
export function addCounts(before: Heat, counts: Omit<Counts, 'watchSeconds'>, hour: number): Heat {
  const events = [{ weight: weightOf(counts), at: hour * hourMilliseconds }];
  const known = before === undefined ? undefined : { log: before, owed: false };
  return addEvents(known, events, usualHalfLifeHours)?.log;
}
