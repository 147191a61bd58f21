import type { z } from 'zod';
import type { analytics, ownAnalytics } from '../shared/contracts/analytics.ts';
import type { CountedVideo, Figures, Measured, OwnCounts, Period } from '../shared/db/analytics.ts';
import { daysOf } from './analytics-period.ts';

const names = ['views', 'watchSeconds', 'likes', 'comments'] as const;

export function presentAnalytics(
  videoId: string,
  period: Period,
  measured: Measured[],
): z.infer<typeof analytics> {
  const regions = [...new Set(measured.map(({ region }) => region))].sort();
  return {
    videoId,
    ...daysOf(period),
    by: period.by,
    totals: sumOf(measured),
    regions: regions.map((region) => ({
      region,
      ...sumOf(measured.filter((one) => one.region === region)),
    })),
    series: measured.map(({ at, region, ...figures }) => ({
      at: at.toISOString(),
      region,
      ...sumOf([figures]),
    })),
  };
}

/**
 * RFC 4180, in UTF-8. There are times, regions and figures in it alone: nothing that people wrote, so nothing that a
 * spreadsheet takes for a formula.
 */
export function analyticsCsv(by: Period['by'], measured: Measured[]): string {
  const head = [by, 'region', ...names];
  const rows = measured.map((one) => [
    by === 'day' ? one.at.toISOString().slice(0, 10) : one.at.toISOString(),
    one.region,
    ...names.map((name) => String(one[name])),
  ]);
  return [head, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

export function presentOwnAnalytics(
  { videos, views, likes, comments }: OwnCounts,
  top: CountedVideo[],
): z.infer<typeof ownAnalytics> {
  return {
    videos,
    totals: { views, likes, comments },
    top: top.map((one) => ({
      ...{ videoId: one._id, title: one.title, views: one.views, likes: one.likes, comments: one.comments },
    })),
  };
}

function sumOf(some: Figures[]): Figures {
  const [views = 0, watchSeconds = 0, likes = 0, comments = 0] = names.map((name) =>
    some.reduce((sum, figures) => sum + figures[name], 0),
  );
  return { views, watchSeconds, likes, comments };
}
