import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npmCommand } from '../../local/npm-command.ts';

/** A Koa app that is a process of its own. */
type BareKoa = { url: string; stop(): void };

/** The least that Koa can do for a reply: the same bytes, as JSON. */
export async function startBareKoa(folder: string, name: string, bytes: string): Promise<BareKoa> {
  const reply = join(folder, `${name}.json`);
  await writeFile(reply, bytes);
  return start('bare-koa.ts', reply);
}

/** The least that Koa can do to count something once. */
export const startBareSetNx = (redisUrl: string): Promise<BareKoa> => start('bare-set-nx.ts', redisUrl);

/** With the heap of an api. */
async function start(side: string, argument: string): Promise<BareKoa> {
  const heap = npmCommand('api').filter((word) => word.startsWith('--max-'));
  const entry = join(import.meta.dirname, '..', 'sides', side);
  const child = spawn(process.execPath, [...heap, '--import', 'tsx', entry, argument], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { url: String(line).trim(), stop: () => void child.stdin.end() };
}
