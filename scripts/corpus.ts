import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { type Client, createClient } from './client.ts';
import { type Corpus, readArguments, usage } from './corpus/arguments.ts';
import { examine, type Row } from './corpus/examine.ts';
import { onInterrupt } from './local/interrupt.ts';
import { type System, startSystem } from './local/system.ts';
import { signIn } from './sign-in.ts';

/** Examines as many files at a time as there are cores. */
async function examineAll(
  client: Client,
  { folder, expectations }: Corpus,
  onRow: (row: Row) => void,
  signal: AbortSignal,
): Promise<void> {
  const waiting = [...expectations];
  const takeTurns = async () => {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
      onRow(await examine(client, folder, next, signal));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, takeTurns));
}

type Layout = (cells: string[]) => string;

function layOut({ expectations }: Corpus): Layout {
  const longest = (texts: string[]) => Math.max(...texts.map((text) => text.length));
  const files = longest(['file', ...expectations.map(({ file }) => file)]);
  const outcomes = longest(['expected', ...expectations.map(({ outcome }) => outcome ?? '-')]);
  const widths = [files, outcomes, 24, 9, 8, 36];
  return (cells) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
}

function cellsOf({ file, expected, got, size, seconds, rungs, warnings, differences }: Row): string[] {
  const remark = warnings.length > 0 ? ` (${warnings.join(', ')})` : '';
  const verdict = differences.length > 0 ? `FAILED: ${differences.join('; ')}` : `passed${remark}`;
  return [file, expected, got, size, seconds?.toFixed(2) ?? '-', rungs.join(' ') || '-', verdict];
}

async function main(corpus: Corpus): Promise<void> {
  const { expectations } = corpus;
  const note = (line: string) => console.error(line);
  const print = corpus.json ? note : console.log;
  const signal = onInterrupt(() => note('\nStopping.'));
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  interrupted.catch(() => {});
  const rows: Row[] = [];
  let system: System | undefined;
  try {
    system = await startSystem({ note, signal });
    note(`Data and logs, until the end: ${relative('.', system.dir)}`);
    const client = createClient(system.url, await signIn(system.url, { login: 'demo', password: 'demo' }));
    const failure = system.watch(signal);
    failure.catch(() => {});
    const line = layOut(corpus);
    print(line(['file', 'expected', 'got', 'size', 'seconds', 'rungs', 'verdict']));
    const onRow = (row: Row) => {
      rows.push(row);
      if (!signal.aborted) print(line(cellsOf(row)));
    };
    await Promise.race([examineAll(client, corpus, onRow, signal), failure, interrupted]);
  } catch (error) {
    if (!signal.aborted) note((error as Error).message);
  }
  if (!signal.aborted) {
    for (const { file } of expectations.filter(({ file }) => !rows.some((row) => row.file === file))) {
      print(`${file}: it was not examined to its end.`);
    }
    for (const name of corpus.strangers) print(`${name}: expected.tsv does not name it.`);
    const passed = rows.filter(({ differences }) => differences.length === 0).length;
    const failed = expectations.length - passed;
    print(`${passed} passed, ${failed} failed`);
    if (corpus.json)
      process.stdout.write(`${JSON.stringify({ files: inOrder(corpus, rows), passed, failed })}\n`);
    process.exitCode = failed > 0 ? 1 : 0;
  }
  await system?.stop();
  process.exit(); // what an interrupted step still waits for does not matter
}

function inOrder({ expectations }: Corpus, rows: Row[]): Row[] {
  return expectations.flatMap(({ file }) => rows.find((row) => row.file === file) ?? []);
}

let corpus: Corpus | undefined;
try {
  // npm changes to the repository; a relative path is meant from where the person stands.
  corpus = readArguments(process.argv.slice(2), process.env.INIT_CWD ?? '.');
} catch (error) {
  console.error(`${(error as Error).message}\n\n${usage}`);
  process.exitCode = 2;
}
if (corpus) await main(corpus);
