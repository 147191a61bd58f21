import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where `scripts/setup` puts what no package manager gave it. */
export function cacheFolder(): string {
  const { MILLRACE_CACHE, XDG_CACHE_HOME } = process.env;
  return MILLRACE_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'millrace');
}

export function findOnPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/** Looks in the environment, then PATH, then the cache: what a person chose wins over what we fetched. */
export function findBinary(name: string, variable: string): string {
  const chosen = process.env[variable];
  if (chosen) {
    if (isProgram(chosen)) return chosen;
    throw new Error(`${variable} names ${chosen}, which is not a program that can be run`);
  }
  const cached = join(cacheFolder(), 'bin', name);
  const found = findOnPath(name) ?? (isProgram(cached) ? cached : undefined);
  if (!found) throw new Error(`${name} is missing: run scripts/setup, or set ${variable}`);
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
