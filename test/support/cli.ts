import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const root = join(import.meta.dirname, '..', '..');

type Ended = { code: number | null; output: string; notes: string };

/** Starts `npm run cli -- ...words`, without npm. `input` is its standard input. */
export function startCli(
  words: string[],
  env: Record<string, string>,
  input?: string | Buffer,
): { child: ChildProcess; ended: Promise<Ended> } {
  const command = ['--import', 'tsx', join(root, 'scripts', 'cli.ts'), ...words];
  const child = spawn(process.execPath, command, { cwd: root, env, stdio: ['pipe', 'pipe', 'pipe'] });
  // Who is killed, or has understood nothing, does not read it.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const all = [once(child, 'exit'), text(child.stdout), text(child.stderr)] as const;
  const ended = Promise.all(all).then(([[code], output, notes]) => ({ code, output, notes }));
  return { child, ended };
}
