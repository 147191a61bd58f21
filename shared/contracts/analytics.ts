import { z } from 'zod';
import { region, time, videoId } from './common.ts';

const dayMilliseconds = 24 * 3_600_000;
/** By the day a year and a month of it, by the hour a month: an answer holds each of them, for each region. */
export const mostDays = { day: 400, hour: 31 } as const;
const usualDays = 28;

const day = z.iso.date();

/** Which days, in UTC, and how finely. */
export const analyticsQuery = z
  .strictObject({
    from: day.optional().meta({
      description: `The first day, in UTC; without it the last ${usualDays} days`,
      example: '2026-03-01',
    }),
    to: day.optional().meta({ description: 'The last day, in UTC; without it today', example: '2026-03-28' }),
    by: z
      .enum(['day', 'hour'])
      .default('day')
      .meta({ description: `At most ${mostDays.day} days by the day, ${mostDays.hour} by the hour` }),
  })
  .transform(({ from, to, by }) => periodOf(from, to, by))
  .refine(({ from, until }) => from < until, { path: ['to'], message: 'must not be before from' })
  .refine(({ from, until, by }) => until.getTime() - from.getTime() <= mostDays[by] * dayMilliseconds, {
    path: ['from'],
    message: `must be at most ${mostDays.day} days before to, by the hour ${mostDays.hour}`,
  });
