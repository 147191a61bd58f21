import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Expectation, parseExpectations } from './expectations.ts';

export const usage = `Usage: npm run corpus -- FOLDER [--json] [--only NAME...]

  FOLDER   holds files and a table expected.tsv of what each must come to
  --json   print the outcome as the last line on standard output
  --only   these files alone`;

export type Corpus = {
  folder: string;
  json: boolean;
  expectations: Expectation[];
  /** Files that the table does not name. */
  strangers: string[];
};

const tableName = 'expected.tsv';

/** @throws Error with a sentence when the words are wrong or the table cannot be read. */
export function readArguments(words: string[], from: string): Corpus {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
  });
  const [given, ...more] = positionals;
  if (!given) throw new Error('Which folder?');
  if (more.length > 0 && !values.only) throw new Error('One folder at a time.');
  const folder = resolve(from, given);
  const all = readTable(folder, given);
  if (all.length === 0) throw new Error(`${tableName} names no file.`);
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^(\.|README)/.test(entry.name) && entry.name !== tableName)
    .map(({ name }) => name);
  // `--only` takes one name; those after it arrive as positionals.
  const only = values.only && [...values.only, ...more];
  const unknown = only?.filter((name) => !all.some(({ file }) => file === name)) ?? [];
  if (unknown.length > 0) throw new Error(`${tableName} does not name ${unknown.join(', ')}.`);
  return {
    folder,
    json: values.json,
    expectations: all.filter(({ file }) => !only || only.includes(file)),
    strangers: names.filter((name) => !all.some(({ file }) => file === name)).sort(),
  };
}

function readTable(folder: string, given: string): Expectation[] {
  let text: string;
  try {
    text = readFileSync(join(folder, tableName), 'utf8');
  } catch {
    throw new Error(`There is no ${tableName} to be read in ${given}.`);
  }
  try {
    return parseExpectations(text);
  } catch (error) {
    throw new Error(`${tableName} cannot be understood:\n${(error as Error).message}`);
  }
}
