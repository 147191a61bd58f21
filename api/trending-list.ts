import type { Context } from '../shared/context.ts';
import type { Position } from '../shared/db/keyset.ts';
import type { RankedVideo, Ranking } from '../shared/db/rankings.ts';
import type { ListedVideo } from '../shared/db/video-record.ts';
import { shortCache } from './short-cache.ts';

/** Of those without a rank, so many are counted. */
const mostCounted = 500;
/** Looked at beyond what is shown: few of the ranked are hidden since the run. */
const spare = 10;

/** Rankings never change; which run is the last is asked each time. */
const keepSeconds = 60;
const mostRankings = 200;

export type Standing = Omit<RankedVideo, 'rank' | 'basis' | 'videoId'> & {
  /** Null: not ranked. */
  rank: number | null;
  basis: RankedVideo['basis'] | null;
};
export type TrendingEntry = Standing & { video: ListedVideo };

/** `categories` are the category and all below it. */
type ListAsked = {
  region: string;
  category?: string | undefined;
  categories?: string[] | undefined;
  limit: number;
};

export type TrendingList = {
  computedAt: Date | null;
  halfLifeHours: number;
  entries: TrendingEntry[];
  /** Whether more follow. */
  goesOn: boolean;
  /** The ranked ones, also those that are hidden since. */
  ranked: RankedVideo[];
};

/** Reads regions' lists: of the last whole run, with what everyone may see at the moment of asking. */
export function trendingLists({ db }: Pick<Context, 'db'>) {
  const rankings = shortCache<Ranking | null>(keepSeconds * 1000, mostRankings);

  return {
    /** The ranked videos of a region, then those without a rank by views; from behind `after` on. */
    async read({ region, category, categories, limit }: ListAsked, after?: Position): Promise<TrendingList> {
      const run = await db.rankings.lastRun();
      const ranking = run
        ? await rankings(`${run._id} ${region} ${category ?? ''}`, () =>
            db.rankings.ranking(run._id, region, category ?? ''),
          )
        : null;
      const ranked = ranking?.ranked ?? [];
      const place = after && Number(after.value);
      const entries: TrendingEntry[] = [];
      if (place === undefined || place > 0) {
        let left = ranked.filter(({ rank }) => rank > (place ?? 0));
        while (entries.length <= limit && left.length > 0) {
          const some = left.slice(0, limit + spare);
          left = left.slice(some.length);
          entries.push(...(await shownAmong(some, region, categories)));
        }
      }
      const halfLifeHours = ranking?.halfLifeHours ?? (await halfLifeOf(region));
      const missing = limit + 1 - entries.length;
      if (missing > 0) {
        const from = after && place !== undefined && place <= 0 ? { views: -place, id: after.id } : undefined;
        const without = ranked.map(({ videoId }) => videoId);
        const others = await db.trendingVideos.byViews({ region, categories, without }, missing, from);
        entries.push(...(await withScores(others, region, run?.computedAt ?? new Date())));
      }
      return {
        computedAt: run?.computedAt ?? null,
        halfLifeHours,
        entries: entries.slice(0, limit),
        goesOn: entries.length > limit,
        ranked,
      };
    },

    count: ({ region, categories }: ListAsked, { ranked }: TrendingList): Promise<number> =>
      db.trendingVideos.countShown(
        { region, categories, ranked: ranked.map(({ videoId }) => videoId) },
        mostCounted,
      ),
  };

  /** The region’s, for a category without a ranking. */
  async function halfLifeOf(region: string): Promise<number> {
    return (await db.trending.halfLives([region])).get(region) ?? 0;
  }

  async function shownAmong(ranked: RankedVideo[], region: string, categories: string[] | undefined) {
    const ids = ranked.map(({ videoId }) => videoId);
    const found = await db.trendingVideos.shownOf(ids, region, categories);
    const byId = new Map(found.map((video) => [video._id, video]));
    return ranked.flatMap(({ videoId, ...standing }): TrendingEntry[] => {
      const video = byId.get(videoId);
      return video ? [{ ...standing, video }] : [];
    });
  }

  async function withScores(videos: ListedVideo[], region: string, at: Date) {
    const ids = videos.map(({ _id }) => _id);
    const scores = await db.trending.scoresOf(region, ids, at);
    const byId = new Map(scores.map((score) => [score.videoId, score]));
    return videos.map((video): TrendingEntry => {
      const { heat = 0, views = 0, likes = 0, comments = 0 } = byId.get(video._id) ?? {};
      return { rank: null, formerRank: null, basis: null, score: heat, views, likes, comments, video };
    });
  }
}

export type TrendingLists = ReturnType<typeof trendingLists>;

/** Where an entry stands: by its rank, or behind all ranks by its views. */
export function positionOf({ rank, video }: TrendingEntry): Position {
  return { value: rank === null ? -video.views : rank, id: video._id };
}
