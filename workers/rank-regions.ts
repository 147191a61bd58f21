import { atOnce } from '../shared/at-once.ts';
import type { NewRanking, RankedVideo } from '../shared/db/rankings.ts';
import type { HotVideo } from '../shared/db/trending.ts';
import type { Candidate } from '../shared/db/trending-videos.ts';
import { regionLanguages } from '../shared/region-languages.ts';
import { poolRegions, rankVideos } from './rank-videos.ts';
import type { Tools } from './tools.ts';

/** MongoDB has several processors, and a run waits most of its time. */
const regionsAtOnce = 2;
/** So many of a region are looked at: enough for 500 places and for the lists of common categories. */
const candidatesPerRegion = 1000;
/** A category with little among those is asked for by its newest videos. */
const newestPerCategory = 500;
/** Of more, those that are among the hottest are ranked. */
const mostCategories = 100;
/** Nobody is shown more of a category at once; what follows does so by views. */
const places = { region: 500, category: 100 };
/** What decayed is removed in portions, so that no run is long; each run removes more than usually comes new. */
const prunedPerRegion = 5000;

type Means = Pick<Tools, 'db' | 'config'>;

/** The rankings of every region: of all videos (category ''), and of each category that there is. */
export async function rankRegions(means: Means, at: Date, signal: AbortSignal): Promise<NewRanking[]> {
  const { db, config } = means;
  const hours = await db.trending.halfLives(config.REGIONS);
  const hottest = await readHottest(means, hours, at, signal);
  const ids = new Set([...hottest.values()].flat().map(({ videoId }) => videoId));
  const videos = await db.trendingVideos.candidates([...ids]);
  const lineOf = await categoryLines(means);
  const hot = new Set([...videos.values()].flatMap(({ category }) => lineOf(category)));
  const others = (await db.categories.all()).slice(0, mostCategories).map(({ _id }) => _id);
  const categories = new Set([...hot, ...others]);
  const former = await formerRanks(means);
  const pool = pools(hottest);
  const sorted = sorter(({ videoId }) => lineOf(videos.get(videoId)?.category ?? null));
  const newest = newestVideos(means, videos);
  const rules = { minimumViews: config.TRENDING_MINIMUM_VIEWS, fillTo: config.TRENDING_FILL_TO };
  const rankings: NewRanking[] = [];
  for (const [region, own] of hottest) {
    const halfLifeHours = hours.get(region) ?? 0;
    const shownHere = (videoId: string) => {
      const video = videos.get(videoId);
      return video && (video.regions.length === 0 || video.regions.includes(region)) ? video : undefined;
    };
    const wasCut = own.length >= candidatesPerRegion;
    for (const category of ['', ...categories]) {
      const of = (all: HotVideo[]) => (category === '' ? all : (sorted(all).get(category) ?? []));
      let listed = of(own);
      if (wasCut && category !== '' && listed.length < config.TRENDING_FILL_TO) {
        const ids = await newest(category);
        const more = await db.trending.scoresOf(region, ids, at);
        const known = new Set(listed.map(({ videoId }) => videoId));
        listed = poolRegions([listed, more.filter(({ videoId }) => !known.has(videoId))]);
      }
      const found = rankVideos(
        listed,
        [
          ['language', () => of(pool(sharingLanguage(region, config.REGIONS)))],
          ['world', () => of(pool(config.REGIONS))],
        ],
        (videoId) => channelOf(shownHere(videoId)),
        { ...rules, most: category === '' ? places.region : places.category },
      );
      if (found.length === 0 && category !== '' && !hot.has(category)) continue;
      const before = former.get(`${region}-${category}`);
      const ranked: RankedVideo[] = found.map((entry) => ({
        ...entry,
        formerRank: before?.get(entry.videoId) ?? null,
      }));
      rankings.push({ region, category, halfLifeHours, ranked });
    }
  }
  return rankings;
}

/** The hottest of each region, in the order of the configuration, after what is cold is gone. */
async function readHottest(
  { db, config }: Means,
  hours: Map<string, number>,
  at: Date,
  signal: AbortSignal,
): Promise<Map<string, HotVideo[]>> {
  const hottest = new Map<string, HotVideo[]>(config.REGIONS.map((region) => [region, []]));
  await atOnce(regionsAtOnce, config.REGIONS, signal, async (region) => {
    const halfLife = hours.get(region) ?? 0;
    await db.trending.prune(region, prunedPerRegion, at, halfLife);
    hottest.set(region, await db.trending.hottest(region, candidatesPerRegion, at, halfLife));
  });
  return hottest;
}

/** For a category: itself and all above it. What is in one is in each of them. */
async function categoryLines({ db }: Means): Promise<(category: string | null) => string[]> {
  const parents = new Map((await db.categories.all()).map(({ _id, parentId }) => [_id, parentId]));
  const lines = new Map<string, string[]>();
  return (category) => {
    if (category === null) return [];
    const known = lines.get(category);
    if (known) return known;
    const line: string[] = [];
    for (let next: string | null = category; next !== null && !line.includes(next); ) {
      line.push(next);
      next = parents.get(next) ?? null;
    }
    lines.set(category, line);
    return line;
  };
}

/** Sorts a list into categories, each list once; of each it keeps the order. */
function sorter(
  categoriesOf: (video: HotVideo) => string[],
): (all: HotVideo[]) => ReadonlyMap<string, HotVideo[]> {
  const made = new Map<HotVideo[], Map<string, HotVideo[]>>();
  return (all) => {
    const known = made.get(all);
    if (known) return known;
    const sorted = new Map<string, HotVideo[]>();
    for (const video of all) {
      for (const category of categoriesOf(video)) {
        const listed = sorted.get(category);
        if (listed) listed.push(video);
        else sorted.set(category, [video]);
      }
    }
    made.set(all, sorted);
    return sorted;
  };
}

/** The newest videos of a category, each asked for once; they become known among `videos`. */
function newestVideos(
  { db }: Means,
  videos: Map<string, Candidate>,
): (category: string) => Promise<string[]> {
  const found = new Map<string, string[]>();
  return async (category) => {
    const known = found.get(category);
    if (known) return known;
    const newest = await db.trendingVideos.newestOf(await db.categories.within(category), newestPerCategory);
    for (const video of newest) videos.set(video._id, video);
    const ids = newest.map(({ _id }) => _id);
    found.set(category, ids);
    return ids;
  };
}

async function formerRanks({ db }: Means): Promise<Map<string, Map<string, number>>> {
  const last = await db.rankings.lastRun();
  return last ? db.rankings.ranks(last._id) : new Map();
}

/** Whose a video is; of what was imported, all of which one account has, the channel that it came from. */
function channelOf(video: Candidate | undefined): string | undefined {
  return video?.outside ? `${video.ownerId} ${video.channelTitle}` : video?.ownerId;
}

/** The regions where one of a region's languages is spoken, itself among them. */
function sharingLanguage(region: string, regions: string[]): string[] {
  const languages = regionLanguages[region] ?? [];
  return regions.filter(
    (other) => other === region || regionLanguages[other]?.some((language) => languages.includes(language)),
  );
}

/** Pools regions when they are needed, and each set of them once. */
function pools(hottest: Map<string, HotVideo[]>): (regions: string[]) => HotVideo[] {
  const made = new Map<string, HotVideo[]>();
  return (regions) => {
    const key = regions.join();
    const pooled = made.get(key) ?? poolRegions(regions.map((region) => hottest.get(region) ?? []));
    made.set(key, pooled);
    return pooled;
  };
}
