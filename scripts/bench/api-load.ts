import { type BenchContext, type Figure, figure, median } from './figure.ts';
import { startBareKoa } from './tools/bare-koa.ts';
import { load } from './tools/load.ts';
import { serveList } from './tools/served-list.ts';

const connections = 500;
const seconds = 10;

/**
 * How long the slowest hundredth waits when many ask at once, and beside it with a bare Koa app that returns the bytes
 * of the list: there is no less here. A reply that is no success ends the run.
 */
export async function run(context: BenchContext): Promise<Figure[]> {
  const { note, folder, rounds = 3 } = context;
  const { trendingUrl, videoUrl } = await serveList(context);
  const bare = await startBareKoa(folder, 'list', await (await fetch(trendingUrl)).text());
  const sides = [
    { name: 'trending', url: trendingUrl, bar: 60 },
    { name: 'a video', url: videoUrl, bar: 60 },
    { name: 'bare Koa', url: bare.url },
  ].map((side) => ({ ...side, waits: [] as number[] }));
  try {
    for (const { url } of sides) await load(url, connections, 2);
    for (let round = 0; round < rounds; round += 1) {
      for (const { name, url, waits } of sides) {
        const { rate, p99 } = await load(url, connections, seconds);
        note(`${name}: ${rate.toFixed(0)} requests/s, 99 % within ${p99} ms`);
        waits.push(p99);
      }
    }
  } finally {
    bare.stop();
  }
  return sides.map(({ name, waits, bar }) =>
    figure(`api-load: ${name}, p99 at ${connections} connections`, median(waits), 'ms', 'lower', bar),
  );
}
