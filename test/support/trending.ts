import { createConnection } from 'mongoose';
import type { HourCounts } from '../../shared/db/views.ts';
import { trending } from '../../workers/steps/trending.ts';
import type { Tools } from '../../workers/tools.ts';

export const hourMilliseconds = 3_600_000;

export type Events = Pick<HourCounts, 'videoId' | 'region'> & Partial<HourCounts>;

/**
 * Counts events as the fold does: into the hourly buckets and the scores. Of this hour, and views watched whole, unless
 * said.
 */
export async function countEvents({ db, config }: Pick<Tools, 'db' | 'config'>, events: Events[]) {
  const thisHour = new Date(Math.floor(Date.now() / hourMilliseconds) * hourMilliseconds);
  const counts = events.map((event): HourCounts => {
    const views = event.views ?? 0;
    const none = { watchSeconds: 0, likes: 0, comments: 0 };
    return { hour: thisHour, watchShare: views, ...none, views, ...event };
  });
  const connection = await createConnection(config.MONGO_URL).asPromise();
  try {
    const buckets = counts.map(({ videoId, region, hour, ...sums }) => ({
      updateOne: {
        filter: { _id: `${videoId}-${region}-${hour.toISOString().slice(0, 13)}` },
        update: { $inc: sums, $setOnInsert: { videoId, region, hour } },
        upsert: true,
      },
    }));
    await connection.collection<{ _id: string }>('view_buckets').bulkWrite(buckets);
  } finally {
    await connection.close();
  }
  await db.transaction((session) => db.trending.addScores(counts, session));
}

/** One scheduled run. */
export const runTrending = (tools: Tools) =>
  trending({}, { tools, log: tools.log, signal: new AbortController().signal });
