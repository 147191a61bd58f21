import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from './system.ts';

const root = join(import.meta.dirname, '..', '..');

/** One of our processes, and everything it has written. */
export type OwnProcess = { url: string; log(): string; stop(): Promise<void>; kill(): Promise<void> };

export const startApiProcess = (env: Record<string, string>) => start('api', env);
export const startWorkerProcess = (env: Record<string, string>) => start('worker', env);

async function start(name: 'api' | 'worker', given: Record<string, string>): Promise<OwnProcess> {
  const env = { ...given, LOG_LEVEL: given.LOG_LEVEL === 'silent' ? 'info' : (given.LOG_LEVEL ?? 'info') };
  const entry = join(root, name === 'api' ? 'api' : 'workers', 'index.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', entry], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  }
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (hasEnded()) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  const stop = () => end('SIGTERM');
  try {
    // Four at once on a busy machine take their time.
    const started = await until(
      `${name} process`,
      async () => {
        if (hasEnded()) throw new Error(`The ${name} ended at once: ${log}`);
        return log.split('\n').find((line) => line.endsWith(`"msg":"${name} started"}`));
      },
      50,
    );
    return { url: JSON.parse(started).url ?? '', log: () => log, stop, kill: () => end('SIGKILL') };
  } catch (error) {
    await stop();
    throw error;
  }
}
