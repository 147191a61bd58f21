import type { Config } from '../../shared/config.ts';
import type { Db } from '../../shared/db/connect.ts';

export type Tools = { config: Config; db: Db };

/** Does the work and says what was done. @throws Error with a sentence when it cannot be done */
export type Run = (tools: Tools) => Promise<string>;

export type Command = {
  /** A line for each form. */
  usage: string[];
  /** Understands the words before anything is opened. @throws UsageError */
  parse(words: string[]): Run;
};

/** The words were not understood. */
export class UsageError extends Error {}
