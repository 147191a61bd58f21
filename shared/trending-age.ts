import type { Config } from './config.ts';
import type { Db } from './db/connect.ts';

/** A run that is missing for so many intervals is late: its worker is gone, or cannot keep up. */
const lateIntervals = 3;

type Times = Pick<Db, 'rankings' | 'clock'>;

/** Seconds since trending was last computed, by MongoDB's clock, as its time is; undefined before the first time. */
export async function trendingAge(db: Times): Promise<number | undefined> {
  const [run, ago] = await Promise.all([db.rankings.lastRun(), db.clock()]);
  return run && (ago(0).getTime() - run.computedAt.getTime()) / 1000;
}

/** How old the ranks are, as a line for `/readyz`. Ranks that are late are still ranks: it makes nothing unready. */
export async function describeTrendingAge({ db, config }: { db: Times; config: Config }): Promise<string> {
  const age = await trendingAge(db);
  if (age === undefined) return 'trending: no run yet\n';
  const seconds = Math.round(age);
  // By another server of the replica set, or by a worker of an older release.
  if (seconds < 0) return `trending: last run ${-seconds} s ahead of the clock of MongoDB\n`;
  const isLate = seconds > lateIntervals * config.TRENDING_EVERY_SECONDS;
  return `trending: last run ${seconds} s ago${isLate ? ', late' : ''}\n`;
}
