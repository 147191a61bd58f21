import { newId } from '../../shared/ids.ts';
import type { Log } from '../../shared/log.ts';
import { foldViews, settleViews } from '../fold-views.ts';
import { rankRegions } from '../rank-regions.ts';
import type { Step } from '../run.ts';
import type { Tools } from '../tools.ts';

/**
 * Counts what came in since the last run, then ranks every region. Two at once do no harm: each writes rankings of its
 * own, and readers go by the newest run that is whole. Counting comes first, so that it goes on when scores cannot be
 * made anew; hourly counts and those that videos show come last, as ranks do not need them.
 */
export async function trending(_payload: object, { tools, log, signal }: Step): Promise<void> {
  const startedAt = new Date();
  await foldViews(tools, log, signal);
  await rank(tools, log, startedAt, signal);
  await settleViews(tools, signal);
}

async function rank(tools: Tools, log: Log, startedAt: Date, signal: AbortSignal): Promise<void> {
  const { db, config } = tools;
  const { usual, byRegion } = config.TRENDING_HALF_LIFE_HOURS;
  const wanted = new Map(config.REGIONS.map((region) => [region, byRegion[region] ?? usual]));
  const rebuilt = await db.trending.useHalfLives(wanted, () => settleViews(tools, signal));
  if (!rebuilt) {
    log.info('scores are being made anew by another process: no ranks in this run');
    return;
  }
  if (rebuilt.length > 0) log.info({ regions: rebuilt }, 'scores made anew');
  const computedAt = (await db.clock())(0);
  const rankings = await rankRegions(tools, computedAt, signal);
  await db.rankings.save(newId(), rankings, computedAt, startedAt);
  log.info({ rankings: rankings.length }, 'regions ranked');
  // Their rankings go by themselves, with the runs that made them.
  const removed = await db.trending.keepOnly(config.REGIONS);
  if (removed.length > 0)
    log.info({ regions: removed }, 'scores of regions that are no longer served removed');
}
