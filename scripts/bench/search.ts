import { Agent, get } from 'node:http';
import { type BenchContext, type Figure, figure } from './figure.ts';
import { seedSearch } from './sides/seed-search.ts';
import { randomFrom, titleMaker } from './tools/titles.ts';

/** BENCH_TITLES: fewer, to see in a minute whether it runs. */
const titles = Number(process.env.BENCH_TITLES || 1_000_000);
const clients = 8;
const asked = 2000;
const warming = 200;

/** How soon search and suggestions answer, while eight clients ask one thing after the other. */
export async function run({ note, startSystem }: BenchContext): Promise<Figure[]> {
  // Limits that count but never end.
  const system = await startSystem({
    workers: [],
    env: { RATE_LIMITS: 'search=1000000000/60,suggest=1000000000/60' },
  });
  await seedSearch(system.env.MONGO_URL ?? '', titles, note);
  const addresses = (path: string, texts: string[]) =>
    texts.map((q) => `${system.url}${path}?${new URLSearchParams({ q })}`);
  const search = await measure(addresses('/api/search', wordPairs()), note);
  const suggest = await measure(addresses('/api/search/suggest', beginnings()), note);
  return [
    figure('search: two words of a title, p95', search.p95, 'ms', 'lower', 150),
    figure('search: two words of a title, p50', search.p50, 'ms', 'lower'),
    figure('search: two words of a title, slowest', search.slowest, 'ms', 'lower'),
    figure('search: suggestions, p95', suggest.p95, 'ms', 'lower', 20),
    figure('search: suggestions, p50', suggest.p50, 'ms', 'lower'),
    figure('search: suggestions, slowest', suggest.slowest, 'ms', 'lower'),
    figure('search: titles', titles, '', 'higher'),
  ];
}

/** Words as they stand in titles: the seed of those that are stored, from anywhere among them. */
function* someTitles(random: () => number): Generator<string[]> {
  const next = titleMaker(7);
  const spread = Math.max(1, Math.floor(Math.min(titles, 200_000) / (asked + warming)));
  for (;;) {
    for (let skipped = Math.floor(random() * spread); skipped > 0; skipped -= 1) next();
    yield [...new Set(next().title.split(' '))];
  }
}

function wordPairs(): string[] {
  const random = randomFrom(23);
  const pairs: string[] = [];
  for (const words of someTitles(random)) {
    if (pairs.length === asked + warming) break;
    const [first] = words.splice(Math.floor(random() * words.length), 1);
    const second = words[Math.floor(random() * words.length)];
    if (first && second) pairs.push(`${first} ${second}`);
  }
  return pairs;
}

/** Of two to five letters. */
function beginnings(): string[] {
  const random = randomFrom(29);
  const found: string[] = [];
  for (const words of someTitles(random)) {
    if (found.length === asked + warming) break;
    const word = words[Math.floor(random() * words.length)] ?? '';
    found.push(word.slice(0, 2 + Math.floor(random() * 4)));
  }
  return found;
}

type Times = { p50: number; p95: number; slowest: number };

/** Milliseconds until whole replies, those that warm up aside. @throws Error when one finds nothing */
async function measure(urls: string[], note: (line: string) => void): Promise<Times> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const times: number[] = [];
  const slow: [number, string][] = [];
  let next = 0;
  const client = async () => {
    for (let n = next++; n < urls.length; n = next++) {
      const started = performance.now();
      const reply = JSON.parse(await read(urls[n] ?? '', agent));
      const took = performance.now() - started;
      if (reply.items.length === 0) throw new Error(`${urls[n]} found nothing.`);
      if (n < warming) continue;
      times.push(took);
      slow.push([took, `${urls[n]}: ${reply.total ?? reply.items.length}`]);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  times.sort((a, b) => a - b);
  const [worst] = slow.sort(([a], [b]) => b - a);
  note(`slowest: ${worst?.[0].toFixed(0)} ms, ${worst?.[1]}`);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), slowest: at(1) };
}

function read(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.once('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`${url}: ${text}`)),
      );
    }).once('error', reject);
  });
}
