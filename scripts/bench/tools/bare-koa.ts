import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type BareKoa = { url: string; stop(): void };

/** The least that Koa can do for a reply, as a process of its own: the same bytes, as JSON. */
export async function startBareKoa(folder: string, name: string, bytes: string): Promise<BareKoa> {
  const reply = join(folder, `${name}.json`);
  await writeFile(reply, bytes);
  const entry = join(import.meta.dirname, '..', 'sides', 'bare-koa.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', entry, reply], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { url: String(line).trim(), stop: () => void child.stdin.end() };
}
