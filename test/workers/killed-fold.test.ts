import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { newId } from '../../shared/ids.ts';
import { viewKeys } from '../../shared/keys.ts';
import { usualHalfLifeHours } from '../../shared/trending-score.ts';
import { randomFrom } from '../support/mutate.ts';
import { type OwnProcess, startWorkerProcess } from '../support/processes.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

const videos = 600;
const seed = 7;

describe('views of which the worker is killed', function () {
  this.timeout(120_000);
  const random = randomFrom(seed);
  const upTo = (most: number) => Math.floor(random() * most);
  /** `{videoId}-{region}` -> views. */
  const expected = new Map<string, number>();
  let system: System;
  let mongo: Connection;
  let worker: OwnProcess | undefined;
  let usualLifetime = 60;
  let ids: string[] = [];

  before(async () => {
    system = await startSystem({ WORKER_QUEUES: 'trending' });
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
    usualLifetime = await liveFor(2);
    const made = await system.context.db.videos.find(await videoIn('ready', system));
    ids = Array.from({ length: videos }, newId);
    await mongo
      .collection<{ _id: string }>('videos')
      .insertMany(ids.map((_id) => ({ ...made, _id }) as { _id: string }));
    // So that they are added to scores, and these are not made of the hourly counts at the end.
    const hours = new Map(system.config.REGIONS.map((region) => [region, usualHalfLifeHours]));
    await system.context.db.trending.useHalfLives(hours, async () => undefined);
  });
  after(async () => {
    // With the folders of those that were killed.
    await worker?.stop();
    await liveFor(usualLifetime);
    await mongo?.close();
    await system?.stop();
  });

  /**
   * The transaction of a process that was killed holds its rows until MongoDB ends it: after a minute, where nothing
   * else is said. Gives what was said before.
   */
  async function liveFor(transactionLifetimeLimitSeconds: number): Promise<number> {
    const said = await mongo.db?.admin().command({ setParameter: 1, transactionLifetimeLimitSeconds });
    return said?.was;
  }

  const keys = () => viewKeys(system.config.REDIS_PREFIX);
  const parts = () => mongo.collection('view_folds').countDocuments();
  const logged = () => mongo.collection('view_log').countDocuments();
  const isFolding = async () => (await system.context.redis.exists(keys().folding)) === 1;

  /** Five parts and more. */
  async function addViews(): Promise<void> {
    const { redis } = system.context;
    const hour = Math.floor(Date.now() / 3_600_000);
    const fields = ids.flatMap((id) => system.config.REGIONS.map((region) => [id, region] as const));
    const counts = fields.flatMap(([id, region]) => {
      const views = 1 + upTo(3);
      expected.set(`${id}-${region}`, (expected.get(`${id}-${region}`) ?? 0) + views);
      return [`${id} ${region} ${hour}`, `${views} ${10 * views} ${512 * views}`];
    });
    expect(await redis.hset(keys().counts, ...counts), 'all of them new').to.equal(fields.length);
  }

  /** Asks without a pause: what is waited for is over in a moment. */
  async function soon(what: string, probe: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + 30_000;
    while (!(await probe())) if (Date.now() > end) throw new Error(`No ${what}; seed ${seed}.`);
  }

  async function killAfter(what: string, probe: () => Promise<boolean>): Promise<void> {
    worker = await startWorkerProcess(system.env);
    await soon(what, probe);
    await sleep(upTo(40));
    await worker.kill();
  }

  async function killInFold(): Promise<void> {
    const before = await parts();
    const counted = before + 1 + upTo(3);
    await killAfter('counted parts', async () => (await parts()) >= counted);
    expect(await isFolding(), 'not at its end').to.equal(true);
  }

  async function killInSettling(): Promise<void> {
    let most = 0;
    const done = 1 + upTo(10);
    await killAfter('hourly counts', async () => {
      const left = await logged();
      most = Math.max(most, left);
      return left <= most - done && !(await isFolding());
    });
    expect(await logged(), 'not at its end').to.be.greaterThan(0);
  }

  /** By video and region, as the hourly counts and as the scores have them; and by video. */
  async function sums(collection: string, key: object | string): Promise<Map<string, number>> {
    const rows = await mongo
      .collection(collection)
      .aggregate<{ _id: string; views: number }>([{ $group: { _id: key, views: { $sum: '$views' } } }])
      .toArray();
    return new Map(rows.map(({ _id, views }) => [_id, views]));
  }
  const differing = (found: Map<string, number>, wanted: Map<string, number>) =>
    [...wanted].filter(([key, views]) => found.get(key) !== views);

  it('are counted by the next ones, each once', async () => {
    for (const kill of [killInFold, killInSettling, killInFold]) {
      await addViews();
      await kill();
    }
    worker = await startWorkerProcess(system.env);
    await soon('end', async () => {
      const { counts, folding } = keys();
      return (await system.context.redis.exists(counts, folding)) + (await logged()) === 0;
    });
    const ofVideos = new Map<string, number>();
    for (const [key, views] of expected) {
      const [id = ''] = key.split('-');
      ofVideos.set(id, (ofVideos.get(id) ?? 0) + views);
    }
    const bucketKey = { $concat: ['$videoId', '-', '$region'] };
    const scoreKey = { $concat: [{ $substrCP: ['$_id', 3, 24] }, '-', '$region'] };
    expect(differing(await sums('view_buckets', bucketKey), expected), `seed ${seed}`).to.deep.equal([]);
    expect(differing(await sums('trending_scores', scoreKey), expected), `seed ${seed}`).to.deep.equal([]);
    expect(differing(await sums('videos', '$_id'), ofVideos), `seed ${seed}`).to.deep.equal([]);
  });
});
