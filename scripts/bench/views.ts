import autocannon, { type Request } from 'autocannon';
import { connectDb } from '../../shared/db/connect.ts';
import { newId } from '../../shared/ids.ts';
import { type BenchContext, type Figure, figure, inTurn, median } from './figure.ts';
import { seedVideo } from './sides/seed-trending.ts';
import { startBareSetNx } from './tools/bare-koa.ts';

const connections = 50;
const seconds = 3;
const videos = 50;
/** Shared out over the connections, so that each request is of another viewer or video for longer than a round. */
const programs = 1000;

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
    const measure = async (url: string, load = { connections, seconds }) => {
      const told = await tell(url, videoIds, load.connections, load.seconds);
      note(
        `${url}, ${load.connections} at once: ${told.rate.toFixed(0)} views/s, half within ${told.p50} ms`,
      );
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

type Told = { rate: number; p50: number };

/** @throws Error when a view is not counted. */
async function tell(url: string, videoIds: string[], connections: number, seconds: number): Promise<Told> {
  const run = newId();
  let connection = 0;
  let repeated = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    setupClient(client) {
      connection += 1;
      client.setRequests(requestsOf(videoIds, `${run} ${connection}`, programs / connections));
      client.on('body', (body) => {
        if (!body.toString().startsWith('{"counted":true')) repeated += 1;
      });
    },
  });
  const failed = result.errors + result.non2xx + repeated;
  if (failed > 0) throw new Error(`${url}: ${failed} of ${result.requests.total} views were not counted.`);
  return { rate: result['2xx'] / result.duration, p50: result.latency.p50 };
}

function requestsOf(videoIds: string[], viewer: string, count: number): Request[] {
  const body = JSON.stringify({ position: 31.5, watchedSeconds: 30.2, region: 'GB' });
  return Array.from({ length: count }, (_, program) => `Mozilla/5.0 (${viewer} ${program})`).flatMap(
    (agent) =>
      videoIds.map((id) => ({
        method: 'POST' as const,
        path: `/api/videos/${id}/views`,
        headers: { 'Content-Type': 'application/json', 'User-Agent': agent },
        body,
      })),
  );
}
