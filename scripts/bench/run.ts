import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type System, startSystem } from '../local/system.ts';
import type { Bench, BenchContext, Figure } from './figure.ts';
import { describeMachine } from './machine.ts';

/** Every file beside this one that is a benchmark; what they share lies in folders, or is named here. */
const shared = ['run.ts', 'figure.ts', 'machine.ts'];
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !shared.includes(file))
  .map((file) => file.slice(0, -'.ts'.length));

const usage = `Usage: npm run bench -- NAME... [--json]\nNames: ${names.join(', ')}`;

function readArguments(): { chosen: string[]; json: boolean } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}.`);
  if (positionals.length === 0) throw new Error('Which benchmark?');
  return { chosen: positionals, json: values.json };
}

/** Runs one benchmark and ends what it started. */
async function runBench(name: string, note: (line: string) => void): Promise<Figure[]> {
  const { run }: Bench = await import(`./${name}.ts`);
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const systems: System[] = [];
  const context: BenchContext = {
    note,
    folder,
    async startSystem(options) {
      const system = await startSystem(options);
      systems.push(system);
      return system;
    },
  };
  try {
    return await run(context);
  } finally {
    for (const system of systems) await system.stop();
    removeFolder();
    process.off('exit', removeFolder);
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

async function main({ chosen, json }: { chosen: string[]; json: boolean }): Promise<void> {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, () => process.exit(130));
  const figures: Figure[] = [];
  for (const name of chosen) {
    figures.push(...(await runBench(name, (line) => console.error(`${name}: ${line}`))));
  }
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
