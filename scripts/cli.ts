import { readConfig } from '../shared/config.ts';
import { connectDb } from '../shared/db/connect.ts';
import { explainServer } from '../shared/explain-server.ts';
import { admin } from './cli/admin.ts';
import { type Command, UsageError } from './cli/command.ts';
import { importCommand } from './cli/import.ts';
import { keys } from './cli/keys.ts';
import { search } from './cli/search.ts';

/**
 * What an operator does by hand, with the environment of the api. Runs in its image too, so it sees no other script.
 */
const commands: Record<string, Command> = { admin, keys, search, import: importCommand };

function usage(): string {
  const lines = Object.values(commands).flatMap((command) => command.usage);
  return ['Usage: npm run cli -- COMMAND', ...lines.map((line) => `  ${line}`)].join('\n');
}

/** @returns the exit status: 0, 1 when it could not be done, or not all of it, 2 when it was not understood */
async function main([name = '', ...words]: string[]): Promise<number> {
  if (name === 'help' || [name, ...words].some((word) => word === '--help' || word === '-h')) {
    console.log(usage());
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    console.error(usage());
    return 2;
  }
  try {
    const run = command.parse(words);
    const config = readConfig();
    const db = await connectDb(config.MONGO_URL).catch(explainServer('MongoDB (MONGO_URL)'));
    try {
      const done = await run({ config, db });
      const { said, status } = typeof done === 'string' ? { said: done, status: 0 } : done;
      console.log(said);
      return status;
    } finally {
      await db.close();
    }
  } catch (error) {
    console.error((error as Error).message);
    if (!(error instanceof UsageError)) return 1;
    console.error(usage());
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
