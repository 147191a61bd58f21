import type { Config } from '../../shared/config.ts';
import type { Db } from '../../shared/db/connect.ts';

export type Tools = { config: Config; db: Db };

/** What was done; status 1: not all of it. */
export type Outcome = { said: string; status: 0 | 1 };

/** Does the work and says what was done. @throws Error with a sentence when it cannot be done */
export type Run = (tools: Tools) => Promise<string | Outcome>;

export type Command = {
  /** A line for each form. */
  usage: string[];
  /** Understands the words before anything is opened. @throws UsageError */
  parse(words: string[]): Run;
};

/** The words were not understood. */
export class UsageError extends Error {}
