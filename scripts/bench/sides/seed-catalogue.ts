import type { mongo } from 'mongoose';
import type { Db } from '../../../shared/db/connect.ts';
import { seedVideo } from './seed-trending.ts';

export const seededRegions = ['GB', 'US', 'DE', 'FR', 'IN', 'BR', 'AU', 'CA'];
const seededCategories = ['music', 'news', 'nature', 'sport', 'games', 'film', 'science', 'food'];
const days = 7;
const hourMilliseconds = 3_600_000;
const batch = 5000;

/** The id of the video with a number: seeded ones can be told without asking for them. */
export const seededId = (n: number) => (n + 1).toString(16).padStart(24, '0');

/** Numbers in [0, 1) that are the same in every run (Lehmer's generator). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Adds public videos `from` to `to`, each of another owner, as the pipeline leaves them. */
export async function seedVideos(db: Db, mongo: mongo.Db, from: number, to: number): Promise<void> {
  const model = 'f'.repeat(24);
  const videos = mongo.collection<{ _id: string }>('videos');
  if (!(await videos.findOne({ _id: model })))
    await db.transaction((session) => seedVideo(db, model, 0, session));
  const like = await videos.findOne({ _id: model });
  const make = (n: number) => ({
    ...like,
    _id: seededId(n),
    ownerId: (n + 1).toString(16).padStart(24, 'a'),
    title: `A day at the river, part ${n}`,
    category: seededCategories[n % seededCategories.length] ?? null,
    history: [],
    publishedAt: new Date(Date.UTC(2026, 0, 1) - n * 60_000),
  });
  await insertAll(videos, from, to, make);
}

/**
 * Adds `count` hourly buckets of the last seven days for the videos `from` to `to`, spread over regions and hours; of
 * the videos some are watched far more than most.
 */
export async function seedBuckets(mongo: mongo.Db, from: number, to: number, count: number): Promise<void> {
  const random = randomNumbers(from + 1);
  const lastHour = Math.floor(Date.now() / hourMilliseconds) * hourMilliseconds;
  const cells = days * 24 * seededRegions.length;
  const perCell = Math.ceil(count / cells);
  let taken = new Set<number>();
  const make = (at: number) => {
    const cell = Math.floor(at / perCell);
    if (at % perCell === 0) taken = new Set();
    const region = seededRegions[cell % seededRegions.length] ?? '';
    const hour = new Date(lastHour - Math.floor(cell / seededRegions.length) * hourMilliseconds);
    let video = from + Math.floor((to - from) * random() ** 2);
    while (taken.has(video)) video = from + ((video - from + 1) % (to - from));
    taken.add(video);
    const views = 1 + Math.floor(4 / (0.02 + random()));
    const watchShare = Math.floor(views * random() * 1024) / 1024;
    const [likes, comments] = [Math.floor(views * random() * 0.1), Math.floor(views * random() * 0.02)];
    const videoId = seededId(video);
    return {
      _id: `${videoId}-${region}-${hour.toISOString().slice(0, 13)}`,
      ...{ videoId, region, hour, views, watchSeconds: views * 60, watchShare, likes, comments },
    };
  };
  await insertAll(mongo.collection<{ _id: string }>('view_buckets'), 0, count, make);
}

/** Two batches at once: while the one is written the other is made. */
async function insertAll(
  collection: mongo.Collection<{ _id: string }>,
  from: number,
  to: number,
  make: (n: number) => { _id: string },
): Promise<void> {
  const options = { ordered: false, writeConcern: { w: 1, journal: false } };
  let before: Promise<unknown> = Promise.resolve();
  for (let at = from; at < to; at += batch) {
    const documents = Array.from({ length: Math.min(batch, to - at) }, (_, n) => make(at + n));
    await before;
    before = collection.insertMany(documents, options);
  }
  await before;
}
