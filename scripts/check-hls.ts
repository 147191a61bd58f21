import { parseArgs } from 'node:util';
import { NotHls } from './hls/collect.ts';
import { judge } from './hls/judge.ts';
import { type Broken, rules } from './hls/rules.ts';

const usage = `Usage: scripts/check-hls URL [--json]

Checks an HLS stream of fragmented MP4, given its master playlist, against RFC 8216bis and Apple's HLS
authoring specification (whose numbers stand in brackets): every playlist, and of every segment its size, its
times and its first frame. Other formats are checked by their playlists and sizes alone.

  --json   one JSON document instead of lines
  --help   this, and the rules

Ends with 0 when every rule that must be kept is kept, with 1 when one is broken, and with 2 when there is
nothing to check.`;

/** Of one rule; a stream that breaks it in every segment is no better known by a thousand lines. */
const mostLines = 10;

function listRules(): string {
  const rows = Object.entries(rules).map(
    ([rule, [severity, words]]) => `  ${severity.padEnd(7)}${rule.padEnd(28)}${words}`,
  );
  return ['Rules:', ...rows].join('\n');
}

async function check(url: string, asJson: boolean): Promise<number> {
  const { broken, playlists, segments, notes } = await judge(url);
  const names = new Set(broken.map(({ rule }) => rule));
  const kept = Object.keys(rules).length - names.size;
  if (asJson) {
    console.log(
      JSON.stringify({ url, playlists, segments, notes, kept, broken: names.size, violations: broken }),
    );
  } else {
    for (const name of names) printRule(broken.filter(({ rule }) => rule === name));
    for (const note of notes) console.log(`note   ${note}`);
    console.log(`${kept} rules kept, ${names.size} broken`);
  }
  return broken.some(({ severity }) => severity === 'must') ? 1 : 0;
}

function printRule(broken: Broken[]): void {
  for (const { rule, severity, where, message } of broken.slice(0, mostLines)) {
    console.log(`${severity.padEnd(7)}${rule}  ${where}  ${message}`);
  }
  const more = broken.length - mostLines;
  if (more > 0) console.log(`       ${broken[0]?.rule}  and ${more} more like it`);
}

async function main(words: string[]): Promise<number> {
  let asked: { values: { json?: boolean; help?: boolean }; positionals: string[] };
  try {
    asked = parseArgs({
      args: words,
      options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  const { values, positionals } = asked;
  const [url, ...others] = positionals;
  if (values.help) {
    console.log(`${usage}\n\n${listRules()}`);
    return 0;
  }
  if (!url || others.length > 0) {
    console.error(`Give one address.\n\n${usage}`);
    return 2;
  }
  try {
    return await check(url, values.json ?? false);
  } catch (error) {
    if (!(error instanceof NotHls)) throw error;
    console.error(error.message);
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
