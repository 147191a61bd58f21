import { type Connection, createConnection, type mongo } from 'mongoose';
import { connectDb, type Db } from '../../shared/db/connect.ts';
import { newId } from '../../shared/ids.ts';
import { createQueues, type Queues } from '../../shared/queue.ts';
import { type Redis, workerConnection } from '../../shared/redis.ts';
import { usualHalfLifeHours } from '../../shared/trending-score.ts';
import { createViewCounter } from '../../shared/view-counter.ts';
import { type BenchContext, type Figure, figure, median } from './figure.ts';
import { growCache, untilQuiet } from './sides/mongo-server.ts';
import { rankPlainly } from './sides/plain-ranking.ts';
import { randomNumbers, seedBuckets, seededId, seededRegions, seedVideos } from './sides/seed-catalogue.ts';
import { load } from './tools/load.ts';
import { readPeakMemory } from './tools/processes.ts';

/** With BENCH_TRENDING_SCALE=0.01 a hundredth of everything, to see whether it runs; its figures mean nothing. */
const scale = Number(process.env.BENCH_TRENDING_SCALE || 1);
const catalogues = [100_000, 300_000, 1_000_000].map((count) => Math.round(count * scale));
const bucketsPerVideo = 5;
const touched = Math.round(20_000 * scale);
const places = 100;
const connections = 200;
const loadSeconds = 10;
/** As every browser asks. */
const asBrowsers = { 'Accept-Encoding': 'gzip' };

type Bench = {
  db: Db;
  connection: Connection;
  mongo: mongo.Db;
  redis: Redis;
  queues: Queues;
  prefix: string;
  note(line: string): void;
};

/**
 * One scheduled run after 20,000 (video, region) pairs were viewed, in a worker of its own, against one aggregation
 * over all hourly counts that gives the same places; and how fast a list is read meanwhile.
 */
export async function run({ note, rounds = 3, startSystem }: BenchContext): Promise<Figure[]> {
  const system = await startSystem({
    env: {
      ...{ REGIONS: seededRegions.join(), WORKER_QUEUES: 'trending' },
      // Runs begin when they are told to.
      TRENDING_EVERY_SECONDS: '86400',
    },
  });
  const connection = await createConnection(system.env.MONGO_URL ?? '').asPromise();
  await growCache(connection);
  const redis = workerConnection(system.env.REDIS_URL ?? '');
  const prefix = system.env.REDIS_PREFIX ?? 'millrace';
  const queues = createQueues(redis, prefix);
  const db = await connectDb(system.env.MONGO_URL ?? '');
  const mongo = connection.getClient().db(connection.name);
  const bench: Bench = { db, connection, mongo, redis, queues, prefix, note };
  const worker = system.processes.find(({ name }) => name === 'worker')?.pid ?? 0;
  try {
    const figures: Figure[] = [];
    let ours = 0;
    let job = 0;
    let from = 0;
    for (const to of catalogues) {
      await grow(bench, from, to);
      from = to;
      const times: number[] = [];
      const jobs: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        await touch(bench, to, round);
        jobs.push(await runOnce(bench));
        // Until its ranks are there for readers; after that the job brings the counts to the videos.
        times.push((await db.rankings.lastRun())?.seconds ?? Number.NaN);
      }
      ours = median(times);
      job = median(jobs);
      note(`${to} videos: a run takes ${times.map((time) => time.toFixed(2)).join(', ')} s`);
      figures.push(figure(`trending: a run to its ranks, ${to} videos`, ours, 's', 'lower'));
      figures.push(figure(`trending: the whole job, ${to} videos`, job, 's', 'lower'));
    }
    const { plain, same } = await compare(bench, from);
    const memory = (readPeakMemory(worker) ?? Number.NaN) / 1e6;
    return [
      figure('trending: a run to its ranks / one aggregation', ours / plain, '', 'lower', 1 / 20),
      // Ranks are what the aggregation gives; what the job writes after them is work all the same.
      figure('trending: the whole job / one aggregation', job / plain, '', 'lower', 1 / 20),
      figure('trending: one aggregation', plain, 's', 'lower'),
      figure(`trending: first ${places} of a region that are the same`, same, '', 'higher', places),
      ...figures,
      figure('trending: memory of the worker at most', memory, 'MB', 'lower', 200),
      ...(await readMeanwhile(bench, `${system.url}/api/trending/GB`, from)),
    ];
  } finally {
    await queues.close();
    redis.disconnect();
    await db.close();
    await connection.close();
  }
}

/** More videos and their last seven days, and scores made of all of that. */
async function grow({ db, connection, mongo, note }: Bench, from: number, to: number): Promise<void> {
  await seedVideos(db, mongo, from, to);
  await seedBuckets(mongo, from, to, (to - from) * bucketsPerVideo);
  note(`${to} videos and ${to * bucketsPerVideo} hourly buckets are there; making scores`);
  await mongo.collection('trending_half_lives').deleteMany({});
  const wanted = new Map(seededRegions.map((region) => [region, usualHalfLifeHours]));
  await db.trending.useHalfLives(wanted, async () => undefined);
  note(`${await mongo.collection('trending_scores').countDocuments()} scores`);
  note(`MongoDB was quiet after ${(await untilQuiet(connection)).toFixed(0)} s`);
}

/** One view of each of so many videos and regions, as the api counts them. */
async function touch({ redis, prefix }: Bench, videos: number, round: number): Promise<void> {
  const counter = createViewCounter(redis, prefix);
  const random = randomNumbers(round + 77);
  const pairs = new Set<string>();
  while (pairs.size < touched) {
    const video = Math.floor(videos * random() ** 2);
    const region = seededRegions[Math.floor(random() * seededRegions.length)];
    pairs.add(`${seededId(video)} ${region}`);
  }
  const views = [...pairs].map((pair) => {
    const [videoId = '', region = ''] = pair.split(' ');
    const share = Math.floor(random() * 1025);
    return counter.record({ seenBy: `bench-${round}-${pair}`, videoId, region, seconds: 30, share });
  });
  await Promise.all(views);
}

/** @returns the seconds that the worker was at it, from taking the job to its end. */
async function runOnce({ queues }: Pick<Bench, 'queues'>): Promise<number> {
  const queue = queues.all.find(({ name }) => name === 'trending');
  const id = `bench-${newId()}`;
  await queues.add({ queue: 'trending', id, payload: {} });
  for (;;) {
    const job = await queue?.getJob(id);
    if (job?.failedReason) throw new Error(`A run failed: ${job.failedReason}`);
    if (job?.finishedOn && job.processedOn) return (job.finishedOn - job.processedOn) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The aggregation's time, and how many of its places the last run has too, in the region where these are fewest. */
async function compare({ db, mongo, note }: Bench, videos: number): Promise<{ plain: number; same: number }> {
  const run = await db.rankings.lastRun();
  const at = run?.computedAt ?? new Date();
  const started = performance.now();
  const plain = await rankPlainly(mongo, seededRegions, usualHalfLifeHours, at, places);
  const seconds = (performance.now() - started) / 1000;
  note(`one aggregation over ${videos * bucketsPerVideo} buckets takes ${seconds.toFixed(2)} s`);
  const same: number[] = [];
  for (const region of seededRegions) {
    const ranking = await db.rankings.ranking(run?._id ?? '', region, '');
    const ours = ranking?.ranked.map(({ videoId }) => videoId) ?? [];
    same.push((plain.get(region) ?? []).filter((videoId, place) => ours[place] === videoId).length);
  }
  return { plain: seconds, same: Math.min(...same) };
}

/**
 * The slowest hundredth of many who read a list, alone and while a run writes. The views of that run are counted
 * before: whoever counts them in the process that asks would measure that process.
 */
async function readMeanwhile(bench: Bench, url: string, videos: number): Promise<Figure[]> {
  const read = (seconds: number) => load(url, connections, seconds, { headers: asBrowsers });
  bench.note(`MongoDB was quiet after ${(await untilQuiet(bench.connection)).toFixed(0)} s`);
  await read(2);
  const idle = await read(loadSeconds);
  bench.note(`idle: ${idle.rate.toFixed(0)} requests/s, 99 % within ${idle.p99} ms`);
  await touch(bench, videos, 1000);
  const [busy, seconds] = await Promise.all([read(loadSeconds), runOnce(bench)]);
  const job = `a job of ${seconds.toFixed(1)} s`;
  bench.note(`beside ${job}: ${busy.rate.toFixed(0)} requests/s, 99 % within ${busy.p99} ms`);
  const name = (when: string) => `trending: reading a list, p99 at ${connections} connections, ${when}`;
  return [
    figure(name('idle'), idle.p99, 'ms', 'lower', 20),
    figure(name('while a run writes'), busy.p99, 'ms', 'lower', 20),
  ];
}
