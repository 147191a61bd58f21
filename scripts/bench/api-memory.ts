import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { signIn } from '../sign-in.ts';
import { type BenchContext, type Figure, figure } from './figure.ts';
import { load } from './tools/load.ts';
import { serveList } from './tools/served-list.ts';

const minutes = 10;
const sampleSeconds = 10;

/** Whether the api's memory grows under load that does not end: the slope after the first minute. */
export async function run(context: BenchContext): Promise<Figure[]> {
  const { note } = context;
  const { system, trendingUrl, videoUrl } = await serveList(context);
  const pid = system.processes.find(({ name }) => name === 'api')?.pid ?? 0;
  const cookie = await signIn(system.url, { login: 'demo', password: 'demo' });
  const stop = new AbortController();
  const loads = [
    load(trendingUrl, 4, minutes * 60),
    load(videoUrl, 4, minutes * 60, { headers: { cookie } }),
  ];
  const samples: [minute: number, megabytes: number][] = [];
  const started = performance.now();
  const watched = (async () => {
    while (!stop.signal.aborted) {
      const minute = (performance.now() - started) / 60_000;
      if (minute >= 1) samples.push([minute, readMemory(pid)]);
      if (samples.length % 6 === 1) note(`minute ${minute.toFixed(1)}: ${readMemory(pid).toFixed(1)} MB`);
      await sleep(sampleSeconds * 1000, undefined, { signal: stop.signal }).catch(() => {});
    }
  })();
  try {
    await Promise.all(loads);
  } finally {
    stop.abort();
    await watched;
  }
  return [
    figure('api-memory: growth after the first minute', slopeOf(samples), 'MB/minute', 'lower', 1),
    figure('api-memory: at the end', samples.at(-1)?.[1] ?? 0, 'MB', 'lower'),
  ];
}

/** The resident set of a process in megabytes. */
function readMemory(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kilobytes) * 1024) / 1e6;
}

/** Of the straight line with the least squares. */
function slopeOf(points: [x: number, y: number][]): number {
  const middleOf = (index: 0 | 1) => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [x0, y0] = [middleOf(0), middleOf(1)];
  const above = points.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0);
  return above / points.reduce((sum, [x]) => sum + (x - x0) ** 2, 0);
}
