import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from './system.ts';

const root = join(import.meta.dirname, '..', '..');

export type ApiProcess = { url: string; log(): string; stop(): Promise<void> };

/** An api in a process of its own, on a free port, and everything it has written. */
export async function startApiProcess(env: Record<string, string>): Promise<ApiProcess> {
  const words = ['--import', 'tsx', join(root, 'api', 'index.ts')];
  const child: ChildProcess = spawn(process.execPath, words, {
    cwd: root,
    env: { ...env, LOG_LEVEL: env.LOG_LEVEL === 'silent' ? 'info' : (env.LOG_LEVEL ?? 'info') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  }
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  try {
    const url = await until('api process', async () => {
      if (child.exitCode !== null) throw new Error(`The api ended at once: ${log}`);
      return /"url":"([^"]+)"[^\n]*"api started"/.exec(log)?.[1];
    });
    return { url, log: () => log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
