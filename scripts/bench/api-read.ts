import { Agent, get } from 'node:http';
import { signIn } from '../sign-in.ts';
import { type BenchContext, type Figure, figure, inTurn, median } from './figure.ts';
import { startBareKoa } from './tools/bare-koa.ts';
import { load } from './tools/load.ts';
import { serveList } from './tools/served-list.ts';

const connections = 100;
const seconds = 4;

/** How fast the api answers what viewers ask most, against a bare Koa app that returns the same bytes. */
export async function run(context: BenchContext): Promise<Figure[]> {
  const { note, folder, rounds = 3 } = context;
  const { system, trendingUrl, videoUrl } = await serveList(context);

  async function against(name: string, url: string, bar: number): Promise<Figure[]> {
    const bare = await startBareKoa(folder, name, await (await fetch(url)).text());
    const measure = async (address: string) => {
      const { rate, p99 } = await load(address, connections, seconds);
      note(`${address}: ${rate.toFixed(0)} requests/s, 99 % within ${p99} ms`);
      return rate;
    };
    try {
      for (const address of [url, bare.url]) await load(address, connections, 1); // compiles what is hot
      const [ours, plain] = await inTurn(
        rounds,
        () => measure(url),
        () => measure(bare.url),
      );
      return [
        figure(`api-read: ${name} / bare Koa`, ours / plain, '', 'higher', bar),
        figure(`api-read: ${name}`, ours, 'requests/s', 'higher'),
        figure('api-read: bare Koa, the same bytes', plain, 'requests/s', 'higher'),
      ];
    } finally {
      bare.stop();
    }
  }

  const figures = [
    ...(await against('trending', trendingUrl, 0.45)),
    ...(await against('a video', videoUrl, 0.2)),
  ];
  const cookie = await signIn(system.url, { login: 'demo', password: 'demo' });
  const [signedIn, nobody] = await inTurn(
    rounds,
    () => middle(videoUrl, { cookie }),
    () => middle(videoUrl, {}),
  );
  note(`a video, one after the other: ${signedIn.toFixed(2)} ms signed in, ${nobody.toFixed(2)} ms not`);
  return [...figures, figure('api-read: what a session adds at p50', signedIn - nobody, 'ms', 'lower', 1)];
}

/** The median time of a reply in milliseconds, one request after the other. */
async function middle(url: string, headers: Record<string, string>): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  for (let n = 0; n < 600; n += 1) {
    const started = performance.now();
    await new Promise<void>((resolve, reject) => {
      get(url, { agent, headers }, (response) => {
        response.resume().once('end', resolve);
        if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      }).once('error', reject);
    });
    if (n >= 100) times.push(performance.now() - started);
  }
  agent.destroy();
  return median(times);
}
