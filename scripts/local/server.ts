import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { findOnPath } from './binary.ts';
import { shareCpu } from './cpu-shares.ts';

/** One server of the stack: `kill` cannot wait and cannot fail, `stop` lets it write what it still holds. */
export type LocalServer = { name: string; env: Record<string, string>; kill(): void; stop(): Promise<void> };

type Launch = {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
  /** Of the processors; see `cpuShares`. */
  shares?: number | undefined;
  /** Working directory; also what tells this server from another of its kind. */
  cwd: string;
  logFile: string;
  started(pid: number): void;
  /** Asked again and again until it says yes. */
  isReady(log: string): boolean | Promise<boolean>;
};

export type Launched = { kill(): void; stop(): Promise<void> };

const readyWithin = 30_000;
const stopWithin = 10_000;

/** SIGKILL of the stack leaves no handler to run: the kernel has to end its servers (Linux only). */
export function endWithParent(): string[] {
  const setpriv = process.platform === 'linux' ? findOnPath('setpriv') : undefined;
  return setpriv ? [setpriv, '--pdeathsig', 'SIGKILL', '--'] : [];
}

export async function launch(options: Launch): Promise<Launched> {
  const [command = options.command, ...args] = [...endWithParent(), options.command, ...options.args];
  const log = openSync(options.logFile, 'w');
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    // Its own group: Ctrl-C in a terminal reaches the stack alone, which then stops its servers in order.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.on('error', () => {}); // a program that cannot be started shows as one without a pid
  if (child.pid !== undefined) options.started(child.pid);
  if (child.pid !== undefined && options.shares) await shareCpu(child.pid, options.shares);
  try {
    await waitUntilReady(child, options);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return { kill: () => void child.kill('SIGKILL'), stop: () => stop(child) };
}

async function waitUntilReady(child: ChildProcess, { name, logFile, isReady }: Launch): Promise<void> {
  const deadline = Date.now() + readyWithin;
  while (isAlive(child) && Date.now() < deadline) {
    if (await isReady(readFileSync(logFile, 'utf8'))) return;
    await sleep(20);
  }
  const reason = isAlive(child) ? `was not ready in ${readyWithin / 1000} s` : 'ended at once';
  throw new Error(describeFailure(name, reason, logFile));
}

export function describeFailure(name: string, reason: string, logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-10);
  return `${name} ${reason}. The end of its log:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

async function stop(child: ChildProcess): Promise<void> {
  if (!isAlive(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopWithin);
  await ended;
  clearTimeout(timer);
}

function isAlive(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
