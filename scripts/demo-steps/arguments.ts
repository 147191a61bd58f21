import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const usage = `Usage: scripts/demo [--once] [--json] [FILE...]

  FILE...   video files to ingest; without, a clip of 20 seconds is made
  --once    end when all are done: 0 if all are ready and ranked, else 1
  --json    print the outcome as the last line on standard output`;

export type DemoOptions = { files: DemoFile[]; once: boolean; json: boolean; help: boolean };

/** A file as the person named it, and where it is. */
export type DemoFile = { file: string; path: string };

/** @throws Error with a sentence when the words are wrong or a file cannot be read. */
export function readArguments(words: string[], from: string): DemoOptions {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { once: flag, json: flag, help: { ...flag, short: 'h' } },
  });
  return { ...values, files: positionals.map((file) => findFile(file, from)) };
}

function findFile(file: string, from: string): DemoFile {
  const path = resolve(from, file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new Error(`There is no file ${file}.`);
  if (!found.isFile()) throw new Error(`${file} is not a file.`);
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new Error(`${file} cannot be read.`);
  }
  return { file, path };
}
