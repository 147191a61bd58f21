import type { RankedVideo } from '../../shared/db/trending.ts';
import { foldViews } from '../fold-views.ts';
import type { Step } from '../run.ts';
import type { Tools } from '../tools.ts';

const rankedPerRegion = 500;

/** Counts the views that came in since the last run, then ranks every region. */
export async function trending(_payload: object, { tools, log, signal }: Step): Promise<void> {
  const { db, config } = tools;
  const now = new Date();
  await foldViews(tools, log, signal);
  for (const region of config.REGIONS) {
    await db.trending.saveRanking(region, await rank(tools, region), now);
  }
}

/** Ranks 1, 2, ... for the hottest videos that everyone may see. */
async function rank({ db }: Tools, region: string): Promise<RankedVideo[]> {
  const [hottest, former] = await Promise.all([
    db.trending.hottest(region, rankedPerRegion),
    db.trending.ranking(region),
  ]);
  const formerRanks = new Map(former?.ranked.map(({ videoId, rank }) => [videoId, rank]));
  const visible = new Set(
    (await db.catalogue.publicOnes(hottest.map(({ videoId }) => videoId))).map(({ _id }) => _id),
  );
  return hottest
    .filter(({ videoId }) => visible.has(videoId))
    .map(({ videoId, hotness, views }, index) => ({
      videoId,
      rank: index + 1,
      formerRank: formerRanks.get(videoId) ?? null,
      hotness,
      views,
    }));
}
