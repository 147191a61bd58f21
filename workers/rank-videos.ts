import type { Basis, RankedVideo } from '../shared/db/rankings.ts';
import type { HotVideo } from '../shared/db/trending.ts';

/** Among so many first places one owner has at most so many. */
const firstPlaces = 20;
const mostOfOwner = 3;

type Rules = {
  /** What fewer have seen is no trend yet: so many views at least. */
  minimumViews: number;
  /** A list of its own region that has fewer is filled up to so many. */
  fillTo: number;
  /** No rank is beyond this. */
  most: number;
};

type Unmoved = Omit<RankedVideo, 'formerRank'>;

/**
 * Ranks videos that are the hottest first. The region's own come first; where these are few, those of the other sources
 * follow, in the order given. What an owner has beyond three in the first 20 places stands behind place 20, in order:
 * where there are not enough others, places before it stay empty.
 */
export function rankVideos(
  own: HotVideo[],
  others: [basis: Basis, videos: () => HotVideo[]][],
  ownerOf: (videoId: string) => string | undefined,
  { minimumViews, fillTo, most }: Rules,
): Unmoved[] {
  const first: Omit<Unmoved, 'rank'>[] = [];
  const later: Omit<Unmoved, 'rank'>[] = [];
  const taken = new Set<string>();
  const perOwner = new Map<string, number>();
  const room = () => most - taken.size;

  function place(basis: Basis, { videoId, heat, views, likes, comments }: HotVideo): void {
    const owner = ownerOf(videoId);
    if (owner === undefined || views < minimumViews || taken.has(videoId)) return;
    taken.add(videoId);
    const entry = { videoId, basis, score: heat, views, likes, comments };
    const known = perOwner.get(owner) ?? 0;
    if (first.length < firstPlaces && known < mostOfOwner) {
      perOwner.set(owner, known + 1);
      first.push(entry);
    } else later.push(entry);
  }

  for (const video of own) {
    if (room() === 0) break;
    place('region', video);
  }
  for (const [basis, videos] of others) {
    if (taken.size >= fillTo) break;
    for (const video of videos()) {
      if (taken.size >= fillTo) break;
      place(basis, video);
    }
  }
  return [
    ...first.map((entry, index) => ({ ...entry, rank: index + 1 })),
    ...later.map((entry, index) => ({ ...entry, rank: firstPlaces + index + 1 })),
  ].filter(({ rank }) => rank <= most);
}

/** Several regions as one: the heats and counts of each video summed, the hottest first. */
export function poolRegions(lists: HotVideo[][]): HotVideo[] {
  const pooled = new Map<string, HotVideo>();
  for (const video of lists.flat()) {
    const known = pooled.get(video.videoId);
    if (!known) pooled.set(video.videoId, { ...video });
    else for (const field of ['heat', 'views', 'likes', 'comments'] as const) known[field] += video[field];
  }
  return [...pooled.values()].sort((a, b) => b.heat - a.heat || (a.videoId < b.videoId ? -1 : 1));
}
