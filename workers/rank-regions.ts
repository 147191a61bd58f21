import type { NewRanking, RankedVideo } from '../shared/db/rankings.ts';
import type { HotVideo } from '../shared/db/trending.ts';
import type { Candidate } from '../shared/db/trending-videos.ts';
import { regionLanguages } from '../shared/region-languages.ts';
import { poolRegions, type Rules, rankVideos } from './rank-videos.ts';
import type { Tools } from './tools.ts';

/** So many of a region are looked at: enough for 500 places and for the lists of common categories. */
const candidatesPerRegion = 3000;
/** A category with little among those is asked for by its newest videos. */
const newestPerCategory = 500;
/** What decayed is removed in portions, so that no run is long; each run removes more than usually comes new. */
const prunedPerRegion = 5000;

type Means = Pick<Tools, 'db' | 'config'>;

/** The rankings of every region: of all videos (category ''), and of each category that is among the hottest. */
export async function rankRegions(means: Means, at: Date): Promise<NewRanking[]> {
  const { db, config } = means;
  const hours = await db.trending.halfLives(config.REGIONS);
  const hottest = await readHottest(means, hours, at);
  const ids = new Set([...hottest.values()].flat().map(({ videoId }) => videoId));
  const videos = await db.trendingVideos.candidates([...ids]);
  const categories = [...new Set([...videos.values()].map(({ category }) => category))].filter(
    (category) => category !== null,
  );
  const former = await formerRanks(means);
  const pool = pools(hottest);
  const rules: Rules = { minimumViews: config.TRENDING_MINIMUM_VIEWS, fillTo: config.TRENDING_FILL_TO };
  const rankings: NewRanking[] = [];
  for (const [region, own] of hottest) {
    const halfLifeHours = hours.get(region) ?? 0;
    const shownHere = (videoId: string) => {
      const video = videos.get(videoId);
      return video && (video.regions.length === 0 || video.regions.includes(region)) ? video : undefined;
    };
    const wasCut = own.length >= candidatesPerRegion;
    for (const category of ['', ...categories]) {
      const fits = ({ videoId }: HotVideo) => videos.get(videoId)?.category === category;
      const of = (all: HotVideo[]) => (category === '' ? all : all.filter(fits));
      let listed = of(own);
      if (wasCut && category !== '' && listed.length < config.TRENDING_FILL_TO) {
        listed = await readDeeper(means, { region, category, at, halfLifeHours }, listed, videos);
      }
      const found = rankVideos(
        listed,
        [
          ['language', () => of(pool(sharingLanguage(region, config.REGIONS)))],
          ['world', () => of(pool(config.REGIONS))],
        ],
        (videoId) => shownHere(videoId)?.ownerId,
        rules,
      );
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

/** The hottest of each region, after what is cold is gone. */
async function readHottest({ db, config }: Means, hours: Map<string, number>, at: Date) {
  const hottest = new Map<string, HotVideo[]>();
  for (const region of config.REGIONS) {
    const halfLife = hours.get(region) ?? 0;
    await db.trending.prune(region, prunedPerRegion, at, halfLife);
    hottest.set(region, await db.trending.hottest(region, candidatesPerRegion, at, halfLife));
  }
  return hottest;
}

type Deep = { region: string; category: string; at: Date; halfLifeHours: number };

/** More of a category that has little among a region's hottest: its newest videos, by their scores there. */
async function readDeeper(
  { db }: Means,
  { region, category, at, halfLifeHours }: Deep,
  listed: HotVideo[],
  videos: Map<string, Candidate>,
): Promise<HotVideo[]> {
  const newest = await db.trendingVideos.newestOf(category, newestPerCategory);
  const known = new Set(listed.map(({ videoId }) => videoId));
  const more = newest.filter(({ _id }) => !known.has(_id));
  for (const video of more) videos.set(video._id, video);
  const ids = more.map(({ _id }) => _id);
  return poolRegions([listed, await db.trending.scoresOf(region, ids, at, halfLifeHours)]);
}

async function formerRanks({ db }: Means): Promise<Map<string, Map<string, number>>> {
  const last = await db.rankings.lastRun();
  return last ? db.rankings.ranks(last._id) : new Map();
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
