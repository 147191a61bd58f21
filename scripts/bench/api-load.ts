import { type BenchContext, type Figure, figure, median } from './figure.ts';
import { load } from './tools/load.ts';
import { serveList } from './tools/served-list.ts';

const connections = 500;
const seconds = 10;

/** How long the slowest hundredth waits when many ask at once. A reply that is no success ends the run. */
export async function run(context: BenchContext): Promise<Figure[]> {
  const { note, rounds = 3 } = context;
  const { trendingUrl, videoUrl } = await serveList(context);
  const figures: Figure[] = [];
  for (const [name, url] of [
    ['trending', trendingUrl],
    ['a video', videoUrl],
  ] as const) {
    await load(url, connections, 2);
    const waits: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { rate, p99 } = await load(url, connections, seconds);
      note(`${name}: ${rate.toFixed(0)} requests/s, 99 % within ${p99} ms`);
      waits.push(p99);
    }
    figures.push(
      figure(`api-load: ${name}, p99 at ${connections} connections`, median(waits), 'ms', 'lower', 60),
    );
  }
  return figures;
}
