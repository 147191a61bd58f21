import type { z } from 'zod';
import type { trending, trendingEntry, videoTrending } from '../shared/contracts/trending.ts';
import type { Video } from '../shared/db/video-record.ts';
import { isRightToLeft } from '../shared/languages.ts';
import { presentSummary } from './present.ts';
import type { Standing, TrendingEntry, TrendingList } from './trending-list.ts';

/** A region's list as version 1 has it. */
export function presentTrending(
  region: string,
  { computedAt, entries }: TrendingList,
  total: number,
  publicUrl: string,
): z.infer<typeof trending> {
  return {
    region,
    total,
    computedAt: computedAt?.toISOString() ?? null,
    fetchedAt: new Date().toISOString(),
    hasRtlContent: entries.some(({ video }) => isRightToLeft(video.language)),
    videos: entries.map((entry) => presentRanked(entry, publicUrl)),
  };
}

function presentRanked(entry: TrendingEntry, publicUrl: string) {
  const { rank, video } = entry;
  const views = rank === null ? video.views : entry.views;
  return { ...presentSummary(video, publicUrl), rank, views };
}

/** In which region and by which rules a standing is to be explained. */
export type Explained = { region: string; at: Date; halfLifeHours: number; minimumViews: number };

/** An entry as version 2 has it: how it moved, and what its rank is made of at that time. */
export function presentTrendingEntry(
  entry: TrendingEntry,
  about: Explained,
  publicUrl: string,
): z.infer<typeof trendingEntry> {
  return { ...presentRanked(entry, publicUrl), ...presentStanding(entry, entry.video, about) };
}

/** `refusal` says why the video has no rank, where its events do not. */
export function presentStanding(
  standing: Standing,
  video: Pick<Video, 'publishedAt'>,
  about: Explained,
  refusal?: string,
): Omit<z.infer<typeof videoTrending>['regions'][number], 'region'> {
  const { rank, formerRank, basis, views, likes, comments } = standing;
  const { at, halfLifeHours } = about;
  const score = Number(standing.score.toPrecision(4));
  const ageHours = Math.max(0, (at.getTime() - video.publishedAt.getTime()) / 3_600_000);
  return {
    rank,
    change: rank === null || formerRank === null ? null : formerRank - rank,
    basis,
    explanation: {
      ...{ score, views, likes, comments, halfLifeHours },
      ageHours: Number(ageHours.toFixed(1)),
      sentence: refusal ?? sentenceOf({ ...standing, score }, about),
    },
  };
}

const places = {
  region: '',
  language: ' in the regions that share a language with it',
  world: ' in all regions',
};

function sentenceOf(standing: Standing, { region, halfLifeHours, minimumViews }: Explained): string {
  const { rank, basis, views, likes, comments, score } = standing;
  const worth = `${count(views, 'view')}, ${count(likes, 'like')} and ${count(comments, 'comment')}`;
  const sum = `${worth}${basis ? places[basis] : ''}, each of which counts half as much after every ${halfLifeHours} hours, make a score of ${score}`;
  if (rank !== null) return `Rank ${rank} in ${region}: ${sum}.`;
  if (views === 0) return `Not ranked in ${region}: no views there lately.`;
  if (views < minimumViews) {
    return `Not ranked in ${region}: ${count(views, 'view')} there lately, and a rank needs ${minimumViews}.`;
  }
  return `Not ranked in ${region} by the last run: ${sum}.`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
