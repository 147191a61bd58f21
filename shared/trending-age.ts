import type { Context } from './context.ts';

/** A run that is missing for so many intervals is late: its worker is gone, or cannot keep up. */
const lateIntervals = 3;

/** How old the ranks are, as a line for `/readyz`. Ranks that are late are still ranks: it makes nothing unready. */
export async function describeTrendingAge({ db, config }: Pick<Context, 'db' | 'config'>): Promise<string> {
  const run = await db.rankings.lastRun();
  if (!run) return 'trending: no run yet\n';
  const seconds = Math.max(0, Math.round((Date.now() - run.computedAt.getTime()) / 1000));
  const isLate = seconds > lateIntervals * config.TRENDING_EVERY_SECONDS;
  return `trending: last run ${seconds} s ago${isLate ? ', late' : ''}\n`;
}
