import { z } from 'zod';
import { inDigits } from './common.ts';

/** How far one can page by numbers: what comes before is walked over each time. */
export const mostPaged = 10_000;

/** For lists in which people jump: the page's number, and how many stand on each. */
export const numberedPage = {
  page: inDigits(z.int().min(1).max(mostPaged, { abort: true }).default(1)).meta({
    description: 'From 1; `page` times `perPage` is 10,000 at most',
  }),
  perPage: inDigits(z.int().min(1).max(100).default(20)).meta({ description: 'How many at most' }),
};

export function isNearEnough({ page, perPage }: { page: number; perPage: number }): boolean {
  return page * perPage <= mostPaged;
}
