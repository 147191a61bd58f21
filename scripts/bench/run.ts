import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type System, startSystem } from '../local/system.ts';
import type { Bench, BenchContext, Figure } from './figure.ts';
import { describeMachine } from './machine.ts';

/** Every file beside this one that is a benchmark; what they share lies in folders, or is named here. */
const shared = ['run.ts', 'figure.ts', 'machine.ts'];
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !shared.includes(file))
  .map((file) => file.slice(0, -'.ts'.length));
/** One word for several: all whose names begin with it. */
const groups = ['encode', 'api'];

const usage = `Usage: npm run bench -- NAME... [--json] [--rounds N] [--media FILE]
Names: ${[...groups, ...names].join(', ')}
  --rounds N    measure each side N times instead of 3 times (1 time what takes long)
  --media FILE  encode* use this H.264 clip instead of a generated picture`;

type Words = { chosen: string[]; json: boolean } & Pick<BenchContext, 'rounds' | 'media'>;

function readArguments(): Words {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      media: { type: 'string' },
    },
  });
  const unknown = positionals.filter((name) => !names.includes(name) && !groups.includes(name));
  if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}.`);
  if (positionals.length === 0) throw new Error('Which benchmark?');
  if (values.rounds !== undefined && !/^[1-9]\d?$/.test(values.rounds)) {
    throw new Error('--rounds is a number from 1 to 99.');
  }
  return {
    chosen: positionals.flatMap((name) =>
      groups.includes(name) ? names.filter((one) => one.startsWith(`${name}-`)) : [name],
    ),
    json: values.json,
    ...(values.rounds && { rounds: Number(values.rounds) }),
    // npm changes to the repository; a relative path is meant from where the person stands.
    ...(values.media && { media: resolve(process.env.INIT_CWD ?? '.', values.media) }),
  };
}

type Given = Pick<BenchContext, 'note' | 'clips' | 'rounds' | 'media'>;

/** Runs one benchmark and ends what it started. */
async function runBench(name: string, given: Given): Promise<Figure[]> {
  const { run }: Bench = await import(`./${name}.ts`);
  const systems: System[] = [];
  return withFolder(async (folder) => {
    try {
      return await run({
        ...given,
        folder,
        async startSystem(options) {
          const system = await startSystem(options);
          systems.push(system);
          return system;
        },
      });
    } finally {
      for (const system of systems) await system.stop();
    }
  });
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    return await work(folder);
  } finally {
    remove();
    process.off('exit', remove);
  }
}

function renderTable(figures: Figure[]): string {
  const rows = figures.map(({ name, value, unit, bar, better, holds }) => {
    const limit = bar === null ? '' : `${better === 'lower' ? 'at most' : 'at least'} ${bar}`;
    return [
      name,
      `${Number(value.toPrecision(4))} ${unit}`.trim(),
      limit,
      bar === null ? '' : holds ? 'holds' : 'MISSED',
    ];
  });
  const all = [['figure', 'value', 'bar', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function main({ chosen, json, ...asked }: Words): Promise<void> {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, () => process.exit(130));
  const figures: Figure[] = [];
  await withFolder(async (clips) => {
    for (const name of chosen) {
      const note = (line: string) => console.error(`${name}: ${line}`);
      figures.push(...(await runBench(name, { ...asked, clips, note })));
    }
  });
  const machine = describeMachine();
  const { cores, memory, cpu, node, ffmpeg, os } = machine;
  const about = `${cores} cores, ${memory} GiB, ${cpu}, Node ${node}, ffmpeg ${ffmpeg}, ${os}`;
  const report = `${renderTable(figures)}\n${about}`;
  if (json) {
    console.error(report);
    console.log(JSON.stringify({ figures, machine }));
  } else console.log(report);
  process.exitCode = figures.every(({ holds }) => holds) ? 0 : 1;
}

let words: ReturnType<typeof readArguments> | undefined;
try {
  words = readArguments();
} catch (error) {
  console.error(`${(error as Error).message}\n${usage}`);
  process.exitCode = 2;
}
if (words) await main(words);
