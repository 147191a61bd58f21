import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Stack, startStack } from '../stack.ts';
import { cpuShares } from './cpu-shares.ts';
import { npmCommand } from './npm-command.ts';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';
import { describeFailure, type Launched, launch } from './server.ts';

/** The servers with an api and a worker on them, each a process of its own, as in production. */
export type System = {
  /** Where the api answers. */
  url: string;
  env: Record<string, string>;
  /** The api, then the workers, as they were started. */
  processes: { name: string; pid: number }[];
  /** Data and logs; gone after `stop`. */
  dir: string;
  /** Rejects with the end of a log when the api or the worker ends by itself. */
  watch(signal: AbortSignal): Promise<never>;
  stop(): Promise<void>;
};

export type SystemOptions = {
  note?: (line: string) => void;
  /** Ends the start early. */
  signal?: AbortSignal;
  /** More variables for both. */
  env?: Record<string, string>;
  /** A worker for each, with variables of its own; when not given, one that has none. */
  workers?: Record<string, string>[];
};

type Part = {
  name: string;
  command: string[];
  started: string;
  shares?: number;
  env?: Record<string, string>;
};
type Running = Launched & { name: string; identity: ProcessIdentity; logFile: string };

const root = join(import.meta.dirname, '..', '..');
const api: Part = { name: 'api', command: npmCommand('api'), started: 'api started' };
const worker: Part = {
  ...{ name: 'worker', command: npmCommand('worker'), started: 'worker started' },
  shares: cpuShares.worker,
};
/** As the image of workers sets it, so that what they need is what they need there. */
const ofWorkers = { MALLOC_ARENA_MAX: '2' };

export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const { note = () => {}, signal, workers = [{}] } = options;
  const stack = await startStack({ note });
  const running: Running[] = [];
  const killAll = () => {
    for (const part of running) part.kill();
  };
  // Before the stack's own farewell, which removes the folder that they write to.
  process.prependOnceListener('exit', killAll);
  const stop = async () => {
    await Promise.all(running.map((part) => part.stop()));
    await stack.stop();
    process.off('exit', killAll);
  };
  const env = { ...stack.env, ...settings(stack), ...options.env };
  const start = async (part: Part) => {
    running.push(await launchPart(part, stack.dir, { ...env, ...part.env }, signal));
    note(`${part.name} is ready`);
  };
  const outcomes = await Promise.allSettled([api, ...workers.map(workerPart)].map(start));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed || signal?.aborted) {
    await stop();
    throw failed?.reason ?? signal?.reason;
  }
  const url = readStarted(join(stack.dir, 'api.log'), api)?.url ?? '';
  const processes = running
    .map(({ name, identity }) => ({ name, pid: identity.pid }))
    .sort((a, b) => a.name.localeCompare(b.name));
  return { url, env, processes, dir: stack.dir, watch: (until) => watch(running, until), stop };
}

/** Logs are told apart by the name. */
function workerPart(env: Record<string, string>, index: number): Part {
  return {
    ...worker,
    name: index === 0 ? worker.name : `${worker.name}-${index + 1}`,
    env: { ...ofWorkers, ...env },
  };
}

/** Empty counts as absent: what is set for another api or worker on this machine does not reach these. */
function settings({ dir }: Stack): Record<string, string> {
  return {
    ...{ API_HOST: '', API_PORT: '0', PUBLIC_URL: '', WORKER_HOST: '', WORKER_PORT: '0' },
    ...{ LOG_LEVEL: 'info', REGIONS: '', WORKER_QUEUES: '' },
    // Who measures or fills a system asks more often than people do, all from one address.
    RATE_LIMITS: 'off',
    SECRET_KEY: randomBytes(32).toString('hex'),
    WORK_DIR: join(dir, 'work'),
    // Nobody waits for work whose data go with the stack.
    SHUTDOWN_GRACE_SECONDS: '1',
  };
}

async function launchPart(
  { name, command, started, shares }: Part,
  dir: string,
  env: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<Running> {
  const logFile = join(dir, `${name}.log`);
  let identity: ProcessIdentity | undefined;
  const launched = await launch({
    name: `the ${name}`,
    command: process.execPath,
    args: command,
    env,
    shares,
    cwd: root,
    logFile,
    started: (pid) => {
      identity = identify(pid);
    },
    isReady: () => {
      signal?.throwIfAborted();
      return readStarted(logFile, { name, command, started }) !== undefined;
    },
  });
  return { ...launched, name, logFile, identity: identity ?? { pid: 0, started: '' } };
}

/** The log line, one JSON object, that says that a process serves. */
function readStarted(logFile: string, { started }: Part): { url?: string } | undefined {
  const line = readFileSync(logFile, 'utf8')
    .split('\n')
    .find((text) => text.includes(`"msg":"${started}"`) && text.endsWith('}'));
  return line === undefined ? undefined : JSON.parse(line);
}

async function watch(running: Running[], signal: AbortSignal): Promise<never> {
  for (;;) {
    await sleep(500, undefined, { signal });
    const ended = running.find(({ identity }) => !isRunning(identity));
    if (ended) throw new Error(describeFailure(`The ${ended.name}`, 'ended by itself', ended.logFile));
  }
}
