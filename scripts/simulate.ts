import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { figureTable } from './simulate/figures.ts';
import { rankChart } from './simulate/rank-chart.ts';
import { replay } from './simulate/replay.ts';

const usage = `Usage: npm run simulate -- trending [--seed N] [--out DIR]
  --seed N   another month of the same kind (default 1)
  --out DIR  where trending-simulation.svg goes (default docs)`;

/** Replays a synthetic month through the formula of trending, and through others, and draws who stood where. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: 'string', default: '1' }, out: { type: 'string' } },
  });
  if (positionals.length !== 1 || positionals[0] !== 'trending') throw new Error('Which simulation?');
  if (!/^\d{1,9}$/.test(values.seed)) throw new Error('--seed is a whole number.');
  const seed = Number(values.seed);
  // npm changes to the repository; a relative path is meant from where the person stands.
  const out =
    values.out === undefined
      ? join(import.meta.dirname, '..', 'docs')
      : resolve(process.env.INIT_CWD ?? '.', values.out);
  const replayed = replay(seed);
  await mkdir(out, { recursive: true });
  const file = join(out, 'trending-simulation.svg');
  await writeFile(file, rankChart(replayed, seed));
  console.log(figureTable(replayed));
  console.log(`\n${file}`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`${(error as Error).message}\n${usage}`);
  process.exitCode = 2;
}
