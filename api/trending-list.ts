import type { Position } from '../shared/db/keyset.ts';
import type { ListedVideo } from '../shared/db/video-record.ts';
import type { ApiContext } from './context.ts';

/** How many videos a region's list can reach beyond the ranked ones. */
const mostByViews = 500;

export type TrendingEntry = {
  /** Null: viewed, but not ranked yet. */
  rank: number | null;
  formerRank: number | null;
  hotness: number;
  views: number;
  video: ListedVideo;
};

export type TrendingList = { computedAt: Date | null; entries: TrendingEntry[] };

/** The ranked videos of a region, then by views those that are not ranked yet. */
export async function readTrendingList(
  { db }: ApiContext,
  region: string,
  category: string | undefined,
): Promise<TrendingList> {
  const [ranking, viewed] = await Promise.all([
    db.trending.ranking(region),
    db.trending.mostViewed(region, mostByViews),
  ]);
  const ranked = ranking?.ranked ?? [];
  const hasRank = new Set(ranked.map(({ videoId }) => videoId));
  const order = [
    ...ranked.map(({ formerRank = null, ...entry }) => ({ ...entry, formerRank })),
    ...viewed
      .filter(({ videoId }) => !hasRank.has(videoId))
      .map(({ videoId, hotness, views }) => ({ videoId, hotness, views, rank: null, formerRank: null })),
  ];
  const found = await db.catalogue.publicOnes(
    order.map(({ videoId }) => videoId),
    category,
  );
  const byId = new Map(found.map((video) => [video._id, video]));
  const entries = order.flatMap(({ videoId, ...entry }): TrendingEntry[] => {
    const video = byId.get(videoId);
    return video ? [{ ...entry, video }] : [];
  });
  return { computedAt: ranking?.computedAt ?? null, entries };
}

/** Where an entry stands: by its rank, or behind all ranks by its views. */
export function positionOf({ rank, views, video }: TrendingEntry): Position {
  return { value: rank === null ? -views : rank, id: video._id };
}

/** What comes after a position in a list that may have been computed anew since. */
export function entriesAfter(entries: TrendingEntry[], after: Position): TrendingEntry[] {
  const value = Number(after.value);
  return entries.filter((entry) => {
    const place = positionOf(entry);
    const own = Number(place.value);
    if (entry.rank !== null) return value > 0 && own > value;
    return value > 0 || own > value || (own === value && place.id > after.id);
  });
}
