import type { z } from 'zod';
import type { trending, trendingEntry } from '../shared/contracts/trending.ts';
import { isRightToLeft } from '../shared/languages.ts';
import { halfLifeMilliseconds, heatAt } from '../shared/trending-score.ts';
import { presentSummary } from './present.ts';
import type { TrendingEntry, TrendingList } from './trending-list.ts';

const halfLifeHours = halfLifeMilliseconds / 3_600_000;

/** A region's list as version 1 has it. */
export function presentTrending(
  region: string,
  { computedAt, entries }: TrendingList,
  limit: number,
  publicUrl: string,
): z.infer<typeof trending> {
  const shown = entries.slice(0, limit);
  return {
    region,
    total: entries.length,
    computedAt: computedAt?.toISOString() ?? null,
    fetchedAt: new Date().toISOString(),
    hasRtlContent: shown.some(({ video }) => isRightToLeft(video.language)),
    videos: shown.map(({ rank, views, video }) => ({ ...presentSummary(video, publicUrl), rank, views })),
  };
}

/** An entry as version 2 has it: how it moved, and what its rank is made of at that time. */
export function presentTrendingEntry(
  entry: TrendingEntry,
  region: string,
  at: Date,
  publicUrl: string,
): z.infer<typeof trendingEntry> {
  const { rank, formerRank, views, hotness, video } = entry;
  const score = Number(heatAt(hotness, at.getTime()).toPrecision(4));
  const place = rank === null ? `Not ranked yet in ${region}` : `Rank ${rank} in ${region}`;
  const worth =
    views === 1
      ? '1 view, which counts half as much after every'
      : `${views} views, each of which counts half as much after every`;
  const sum = views === 1 ? 'makes' : 'make';
  return {
    ...presentSummary(video, publicUrl),
    rank,
    change: rank === null || formerRank === null ? null : formerRank - rank,
    views,
    explanation: {
      score,
      views,
      halfLifeHours,
      sentence: `${place}: ${worth} ${halfLifeHours} hours, ${sum} a score of ${score}.`,
    },
  };
}
