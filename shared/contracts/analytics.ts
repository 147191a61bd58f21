import { z } from 'zod';
import { inDigits, region, time, videoId } from './common.ts';

export const steps = ['day', 'hour'] as const;
export type Step = (typeof steps)[number];

/** An answer holds each day or hour, for each region: a year and a month of days, or a month of hours. */
export const mostDays: Record<Step, number> = { day: 400, hour: 31 };
export const usualDays = 28;

/** Which days, in UTC, and how finely. */
export const analyticsQuery = z.strictObject({
  from: z.iso
    .date()
    .optional()
    .meta({
      description: `The first day, in UTC; without it ${usualDays} days end with \`to\``,
      example: '2026-03-01',
    }),
  to: z.iso.date().optional().meta({
    description: 'The last day, in UTC, itself included; without it today',
    example: '2026-03-28',
  }),
  by: z
    .enum(steps)
    .default('day')
    .meta({ description: `At most ${mostDays.day} days by the day, ${mostDays.hour} by the hour` }),
});

const figures = z.object({
  views: z.int().meta({ example: 1204 }),
  watchSeconds: z.number().meta({ description: 'Of all viewers together', example: 86_400 }),
  likes: z.int().meta({ description: 'Given, less those taken back', example: 87 }),
  comments: z.int().meta({ example: 12 }),
});

export const analytics = z
  .object({
    videoId,
    from: z.iso.date().meta({ description: 'The first day, in UTC', example: '2026-03-01' }),
    to: z.iso.date().meta({ description: 'The last day, in UTC', example: '2026-03-28' }),
    by: z.enum(steps),
    totals: figures.meta({ description: 'Of these days' }),
    regions: z.array(figures.extend({ region })).meta({ description: 'The same by region' }),
    series: z
      .array(figures.extend({ at: time.meta({ description: 'The beginning of the day or hour' }), region }))
      .meta({ description: 'By time and region; where nothing was counted there is none' }),
  })
  .meta({ id: 'Analytics' });

export const ownAnalyticsQuery = z.strictObject({
  limit: inDigits(z.int().min(1).max(100).default(10)).meta({
    description: 'How many videos are listed',
    example: 10,
  }),
});

const counts = figures.pick({ views: true, likes: true, comments: true });

export const ownAnalytics = z
  .object({
    videos: z.int().meta({ description: 'That are not deleted', example: 42 }),
    totals: counts.meta({ description: 'Of all of them, since they were made' }),
    top: z
      .array(counts.extend({ videoId, title: z.string().meta({ example: 'Holiday' }) }))
      .meta({ description: 'The most viewed' }),
  })
  .meta({ id: 'OwnAnalytics' });
