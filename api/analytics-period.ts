import type { z } from 'zod';
import { type analyticsQuery, mostDays, usualDays } from '../shared/contracts/analytics.ts';
import type { Period } from '../shared/db/analytics.ts';
import { misfit } from './misfit.ts';

const dayMilliseconds = 24 * 3_600_000;

/** Whole days in UTC; the last one is in it. @throws MillraceError invalid_request */
export function periodOf({ from, to, by }: z.infer<typeof analyticsQuery>, now = new Date()): Period {
  const last = to === undefined ? dayOf(now) : new Date(to);
  const until = new Date(last.getTime() + dayMilliseconds);
  const usual = new Date(Math.max(until.getTime() - usualDays * dayMilliseconds, 0));
  const first = from === undefined ? usual : new Date(from);
  if (last.getTime() < 0) throw misfit('to', 'must not be before 1970-01-01');
  if (first.getTime() < 0) throw misfit('from', 'must not be before 1970-01-01');
  if (first > last) throw misfit('from', 'must not be after to');
  if (until.getTime() - first.getTime() > mostDays[by] * dayMilliseconds) {
    throw misfit('from', `must be so that there are ${mostDays[by]} days at most, by the ${by}`);
  }
  return { from: first, until, by };
}

/** The first and the last day, as people write them. */
export function daysOf({ from, until }: Period): { from: string; to: string } {
  const last = new Date(until.getTime() - dayMilliseconds);
  return { from: from.toISOString().slice(0, 10), to: last.toISOString().slice(0, 10) };
}

function dayOf(time: Date): Date {
  return new Date(Math.floor(time.getTime() / dayMilliseconds) * dayMilliseconds);
}
