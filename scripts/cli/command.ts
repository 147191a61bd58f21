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

/** What to throw of words that are no form of a command, or only the beginning of one. */
export function misfit(words: string[], usage: string[]): UsageError {
  const said = words.join(' ');
  const forms = usage.filter((form) => form.startsWith(`${said} `)).map((form) => form.split('  ')[0]);
  return new UsageError(`"${said}" is not ${forms.length > 0 ? `complete: ${forms.join(', ')}` : 'known'}.`);
}
