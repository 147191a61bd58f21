import { connectDb } from '../../shared/db/connect.ts';
import { newId } from '../../shared/ids.ts';
import { type BenchContext, type Figure, figure, inTurn, median } from './figure.ts';
import { seedVideo } from './sides/seed-trending.ts';
import { startBareSetNx } from './tools/bare-koa.ts';
import { load } from './tools/load.ts';

const connections = 50;
const seconds = 3;
const videos = 50;

/** How fast views are counted, each of another viewer or video, against a bare Koa app that does one `SET NX`. */
export async function run({ note, startSystem, rounds = 3 }: BenchContext): Promise<Figure[]> {
  // Limits that count but never end.
  const system = await startSystem({ workers: [], env: { RATE_LIMITS: 'view=1000000000/60' } });
  const db = await connectDb(system.env.MONGO_URL ?? '');
  const videoIds = Array.from({ length: videos }, newId);
  for (const [index, id] of videoIds.entries()) {
    await db.transaction((session) => seedVideo(db, id, index, session));
  }
  await db.close();
  const bare = await startBareSetNx(system.env.REDIS_URL ?? '');
  const waits: number[] = [];
  try {
    /** Each view is of another viewer or video. @throws Error when one is not counted */
    const measure = async (url: string, { connections: many, seconds: long } = { connections, seconds }) => {
      const told = await load(url, many, long, { script: 'views.lua', args: [newId(), ...videoIds] });
      note(`${url}, ${many} at once: ${told.rate.toFixed(0)} views/s, half within ${told.p50} ms`);
      return told;
    };
    for (const url of [system.url, bare.url]) await measure(url, { connections, seconds: 2 });
    const [ours, plain] = await inTurn(
      rounds,
      async () => (await measure(system.url)).rate,
      async () => (await measure(bare.url)).rate,
    );
    for (let round = 0; round < rounds; round += 1) {
      waits.push((await measure(system.url, { connections: 4, seconds })).p50);
    }
    return [
      figure('views: counting a view / bare Koa with SET NX', ours / plain, '', 'higher', 0.5),
      figure('views: counted', ours, 'views/s', 'higher'),
      figure('views: bare Koa with SET NX', plain, 'requests/s', 'higher'),
      figure('views: p50 at 4 connections', median(waits), 'ms', 'lower', 5),
    ];
  } finally {
    bare.stop();
  }
}
