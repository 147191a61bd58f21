import type { Config } from './config.ts';
import { connectDb, type Db } from './db/connect.ts';
import { explainServer } from './explain-server.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createQueues, type Queues } from './queue.ts';
import { checkDatabase, type Redis, requestConnection, settled, workerConnection } from './redis.ts';
import { createStorage, type Storage } from './storage.ts';
import { trendingAge } from './trending-age.ts';

/** Everything that a process holds open, made once and passed on. */
export type Context = {
  config: Config;
  log: Log;
  metrics: Metrics;
  db: Db;
  redis: Redis;
  queues: Queues;
  storage: Storage;
  close(): Promise<void>;
};

/**
 * Connects to MongoDB, Redis and S3 and makes what is missing there (collections, indexes, buckets). An api
 * gets a Redis connection that fails fast, a worker one that waits.
 */
export async function createContext(
  config: Config,
  process: 'api' | 'worker',
  overrides: Partial<Pick<Context, 'log'>> = {},
): Promise<Context> {
  const log = overrides.log ?? createLog(config.LOG_LEVEL, process);
  const opened: (() => unknown)[] = [];
  const close = async () => {
    for (const closeOne of opened.splice(0).reverse()) await closeOne();
  };
  try {
    const db = await connectDb(config.MONGO_URL).catch(explainServer('MongoDB (MONGO_URL)'));
    opened.push(() => db.close());
    const open = process === 'api' ? requestConnection : workerConnection;
    const redis = open(config.REDIS_URL, log);
    opened.push(() => redis.disconnect());
    if (await settled(redis, 2000)) await checkDatabase(redis).catch(explainServer('Redis (REDIS_URL)'));
    else {
      const meanwhile = process === 'api' ? 'starting without it' : 'the worker takes jobs when it can';
      log.warn(`redis cannot be used yet; ${meanwhile}`);
    }
    const queues = createQueues(redis, config.REDIS_PREFIX);
    opened.push(() => queues.close());
    const storage = createStorage(config, process);
    opened.push(() => storage.close());
    await storage.ensureBuckets().catch(explainServer('S3 (S3_ENDPOINT)'));
    const metrics = createMetrics({
      trendingAge: () => trendingAge(db),
      queueCounts: queues.counts,
      pausedQueues: queues.paused,
    });
    return { config, log, metrics, db, redis, queues, storage, close };
  } catch (error) {
    await close();
    throw error;
  }
}
