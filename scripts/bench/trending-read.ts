import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { connectDb } from '../../shared/db/connect.ts';
import { type BenchContext, type Figure, figure, inTurn } from './figure.ts';
import { seedTrending } from './sides/seed-trending.ts';

const rounds = 3;
const connections = 16;
const seconds = 4;
const listed = 20;

/** How fast the hot list of a region is read, against a bare Koa app that returns the same bytes. */
export async function run({ note, folder, startSystem }: BenchContext): Promise<Figure[]> {
  const system = await startSystem({ workers: [] });
  const db = await connectDb(system.env.MONGO_URL ?? '');
  await seedTrending(db, 'GB', listed);
  await db.close();

  const url = `${system.url}/api/trending/GB`;
  const bytes = await (await fetch(url)).text();
  const { videos } = JSON.parse(bytes);
  if (videos.length !== listed) throw new Error(`${videos.length} videos are listed instead of ${listed}.`);
  const reply = join(folder, 'reply.json');
  await writeFile(reply, bytes);
  const bare = await startBareKoa(reply);
  try {
    for (const address of [url, bare.url]) await measure(address, 1); // compiles what is hot
    const [ours, plain] = await inTurn(
      rounds,
      () => measure(url, seconds, note),
      () => measure(bare.url, seconds, note),
    );
    return [
      figure('trending-read: api / bare Koa', ours / plain, '', 'higher', 0.15),
      figure('trending-read: api', ours, 'requests/s', 'higher'),
      figure('trending-read: bare Koa', plain, 'requests/s', 'higher'),
    ];
  } finally {
    bare.stop();
  }
}

/** Both servers are processes of their own, so that the load is made beside them and not in them. */
async function measure(
  url: string,
  duration: number,
  note: (line: string) => void = () => {},
): Promise<number> {
  const result = await autocannon({ url, connections, duration });
  if (result.errors + result.non2xx > 0) {
    throw new Error(`${url}: ${result.errors} errors, ${result.non2xx} replies that are no success.`);
  }
  const rate = result['2xx'] / result.duration;
  note(`${url}: ${rate.toFixed(0)} requests/s, 99 % within ${result.latency.p99} ms`);
  return rate;
}

async function startBareKoa(reply: string): Promise<{ url: string; stop(): void }> {
  const entry = join(import.meta.dirname, 'sides', 'bare-koa.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', entry, reply], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { url: String(line).trim(), stop: () => void child.stdin.end() };
}
