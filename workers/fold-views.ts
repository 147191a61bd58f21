import type { Log } from '../shared/log.ts';
import { dropFold, takeFold } from '../shared/view-counter.ts';
import type { Tools } from './tools.ts';

/** Counts the views that came in since the last fold, each once. */
export async function foldViews({ db, redis, config }: Tools, log: Log): Promise<void> {
  const now = new Date();
  const fold = await takeFold(redis, config.REDIS_PREFIX);
  if (!fold) return;
  const hour = new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000);
  const counts = fold.counts.map((count) => ({
    ...count,
    ...{ hour, watchSeconds: 0, watchShare: count.views, likes: 0, comments: 0 },
  }));
  await db.views.count(fold.id, fold.counts, now, (session) => db.trending.addScores(counts, session));
  await dropFold(redis, config.REDIS_PREFIX, fold.id);
  log.info({ fold: fold.id, counts: counts.length }, 'views counted');
}
