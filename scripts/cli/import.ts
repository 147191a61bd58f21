import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { importedRow } from '../../shared/contracts/imports.ts';
import type { Db } from '../../shared/db/connect.ts';
import type { User } from '../../shared/db/users.ts';
import { importEntries, mostAtOnce } from '../../shared/import-entries.ts';
import type { Entry } from '../../shared/import-plan.ts';
import { unlessSilent } from '../../shared/unless-silent.ts';
import { byOperator } from './by-operator.ts';
import { type Command, type Outcome, type Run, type Tools, UsageError } from './command.ts';
import { findAccount } from './find-account.ts';
import { readLines } from './import-lines.ts';
import { type Figures, reportProgress, summaryOf } from './import-progress.ts';
import { mostLineBytes, readRow } from './import-row.ts';

type Options = { file: string; owner: string | undefined; asJson: boolean };

/** Brings the metadata of another catalogue, a row a line. */
export const importCommand: Command = {
  usage: [
    'import FILE.ndjson [--owner EMAIL|USER_ID] [--json]',
    '                               brings the entries of another catalogue; FILE may be - for standard input',
  ],

  parse(words) {
    const { file, owner, asJson } = optionsOf(words);
    if (file === undefined) throw new UsageError('import needs a file.');
    return bring({ file, owner, asJson });
  },
};

function optionsOf(words: string[]): Omit<Options, 'file'> & { file: string | undefined } {
  const options = {
    file: undefined as string | undefined,
    owner: undefined as string | undefined,
    asJson: false,
  };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--json') options.asJson = true;
    else if (word === '--owner') {
      at += 1;
      options.owner = words[at];
      if (!options.owner) throw new UsageError('--owner needs an e-mail address or the id of an account.');
    } else if (options.file === undefined && (word === '-' || !word.startsWith('-'))) options.file = word;
    else throw new UsageError(`"import ${words.join(' ')}" is not known.`);
  }
  return options;
}

function bring({ file, owner, asJson }: Options): Run {
  return async ({ db, config }: Tools): Promise<Outcome> => {
    const interrupt = untilInterrupted();
    const { source, bytes } = await open(file);
    const user = owner === undefined ? await systemAccount(db) : await findAccount(owner, db);
    if (user.status !== 'active') throw new Error(`The account ${user._id} is ${user.status}.`);
    const schema = importedRow(config.NODE_ENV !== 'production');
    const figures: Figures = { rows: 0, broken: 0, added: 0, changed: 0, same: 0, deleted: 0, bytesRead: 0 };
    const stopReporting = reportProgress(figures, bytes);
    try {
      await bringRows(counted(addAbortSignal(interrupt, source), figures), figures);
    } catch (error) {
      throw interrupt.aborted ? new Error(`${interrupt.reason} has ended it: ${summaryOf(figures)}`) : error;
    } finally {
      stopReporting();
      await note(figures, user, db);
    }
    return {
      said: asJson ? JSON.stringify(figures) : summaryOf(figures),
      status: figures.broken > 0 ? 1 : 0,
    };

    async function bringRows(chunks: AsyncIterable<Buffer>, figures: Figures): Promise<void> {
      // Of several rows of one id the last is what counts.
      let batch = new Map<string, Entry>();
      let regions = 0;
      const flush = async () => {
        if (batch.size === 0) return;
        const done = await importEntries(db, [...batch.values()], { user, isGiven: owner !== undefined });
        for (const name of ['added', 'changed', 'same', 'deleted'] as const) figures[name] += done[name];
        batch = new Map();
        regions = 0;
      };
      for await (const { number, bytes } of readLines(chunks, mostLineBytes)) {
        interrupt.throwIfAborted();
        try {
          const entry = readRow(bytes, schema, new Date());
          if (!entry) continue;
          await refuseUnknownCategory(entry.category, db);
          batch.set(entry.outside.id, entry);
          regions += Object.keys(entry.outside.views).length;
        } catch (error) {
          // Not the row's fault.
          if (unlessSilent(error) !== error) throw error;
          figures.broken += 1;
          console.error(`line ${number}: ${(error as Error).message}`);
        }
        figures.rows += 1;
        if (batch.size >= mostAtOnce.entries || regions >= mostAtOnce.regions) await flush();
      }
      await flush();
    }
  };
}

/**
 * Aborts at the first signal, so that what was brought until then is noted in the audit log. Ctrl-C comes twice where
 * npm is between, so the ones of the next second are the same; a later one ends the process at once.
 */
function untilInterrupted(): AbortSignal {
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      interrupt.abort(name);
      setTimeout(() => process.off(name, passOver), 1000).unref();
      process.on(name, passOver);
    });
  }
  return interrupt.signal;
}

function passOver(): void {}

/** @throws Error when there is no such file */
async function open(file: string): Promise<{ source: Readable; bytes: number | undefined }> {
  if (file === '-') return { source: process.stdin, bytes: undefined };
  const found = await stat(file).catch(() => undefined);
  if (!found || found.isDirectory()) throw new Error(`There is no file ${file}.`);
  const source = createReadStream(file, { highWaterMark: 256 * 1024 });
  return { source, bytes: found.isFile() ? found.size : undefined };
}

async function* counted(source: AsyncIterable<Buffer>, figures: Figures): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    figures.bytesRead += chunk.length;
    yield chunk;
  }
}

/** One entry of the audit log for all, also where it ended early; none where nothing has changed. */
async function note({ added, changed }: Figures, { _id }: User, db: Db): Promise<void> {
  if (added + changed === 0) return;
  const changes = { added: String(added), changed: String(changed) };
  await db.audit.add(
    byOperator({ command: 'import', action: 'video.change', target: {}, ownerId: _id, changes }),
  );
}

/** @throws Error when there is no such category */
async function refuseUnknownCategory(id: string | null, db: Db): Promise<void> {
  if (id !== null && !(await db.categories.exists(id)))
    throw new Error(`category: there is no category ${id}`);
}

/** Whose imported entries are, unless somebody is named. No provider has this issuer: nobody signs in to it. */
function systemAccount(db: Db): Promise<User> {
  const nobody = { email: null, emailVerified: false, roles: ['viewer' as const] };
  return db.users.signedIn({ issuer: 'import', subject: 'import', displayName: 'Imported', ...nobody });
}
