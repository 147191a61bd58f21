import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mongoose';
import { type RunningApi, startApi } from '../../api/start.ts';
import { type Client, createClient } from '../../scripts/client.ts';
import { signIn } from '../../scripts/sign-in.ts';
import { type Stack, startStack } from '../../scripts/stack.ts';
import { type Config, readConfig } from '../../shared/config.ts';
import type { Context } from '../../shared/context.ts';
import { newId } from '../../shared/ids.ts';
import type { QueueName } from '../../shared/queue-names.ts';
import { type RunningWorker, startWorker } from '../../workers/start.ts';
import { forgetReplies, watchReplies } from './reply-watch.ts';

let stack: Promise<Stack> | undefined;

/** The real servers that all test files share; each system on them has names of its own. */
export function sharedStack(): Promise<Stack> {
  stack ??= startStack();
  return stack;
}

export async function stopStack(): Promise<void> {
  const running = stack;
  stack = undefined;
  await (await running)?.stop();
}

export type System = {
  env: Record<string, string>;
  config: Config;
  url: string;
  port: number;
  context: Context;
  /** Nobody signed in. */
  anonymous: Client;
  /** Signed in as one of the provider's accounts. */
  client(login: 'demo' | 'viewer' | 'admin'): Promise<Client>;
  cookie(login: 'demo' | 'viewer' | 'admin'): Promise<string>;
  startWorker(): Promise<RunningWorker>;
  stop(): Promise<void>;
};

/** A database, queues and buckets of its own, an api, and as many workers as are started. */
export async function startSystem(overrides: Record<string, string> = {}): Promise<System> {
  const { env: servers } = await sharedStack();
  const name = `test-${newId().slice(0, 10)}`;
  const workDir = await mkdtemp(join(tmpdir(), 'millrace-work-'));
  const mongo = new URL(servers.MONGO_URL ?? '');
  mongo.pathname = `/${name}`;
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    NODE_ENV: 'test',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    SECRET_KEY: 'a secret key for tests, long enough',
    ...servers,
    MONGO_URL: mongo.href,
    REDIS_PREFIX: name,
    S3_BUCKET_RAW: `${name}-raw`,
    S3_BUCKET_PROCESSED: `${name}-processed`,
    S3_BUCKET_THUMBNAILS: `${name}-thumbnails`,
    API_PORT: '0',
    WORKER_PORT: '0',
    WORK_DIR: workDir,
    // Tests ask often, all from one address.
    RATE_LIMITS: 'off',
    TRENDING_EVERY_SECONDS: '1',
    // In tests one view is a trend, and a region has nothing but its own.
    TRENDING_MINIMUM_VIEWS: '1',
    TRENDING_FILL_TO: '0',
    SWEEP_EVERY_SECONDS: '1',
    SHUTDOWN_GRACE_SECONDS: '1',
    ...overrides,
  };
  const config = readConfig(env);
  const api: RunningApi = await startApi(config);
  watchReplies(api.port);
  const workers: RunningWorker[] = [];
  const cookies = new Map<string, Promise<string>>();
  const cookie = (login: string) => {
    const known = cookies.get(login) ?? signIn(api.url, { login, password: login });
    cookies.set(login, known);
    return known;
  };
  return {
    env,
    config,
    url: api.url,
    port: api.port,
    context: api.context,
    anonymous: createClient(api.url),
    cookie,
    client: async (login) => createClient(api.url, await cookie(login)),
    async startWorker() {
      const worker = await startWorker(config);
      workers.push(worker);
      return worker;
    },
    async stop() {
      for (const worker of workers) await worker.stop();
      await api.stop();
      // The next one to listen there may be a worker.
      forgetReplies(api.port);
      const left = await readdir(workDir);
      await rm(workDir, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`A worker left ${left.join(', ')} in its work folder.`);
    },
  };
}

/** Asks until `probe` gives something. @throws Error naming `what` after `seconds`. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  seconds = 20,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`No ${what} within ${seconds} s.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** How often a job was tried, once it has ended, which is a moment after its video has. */
export async function attemptsOf({ context }: System, queue: QueueName, id: string): Promise<number> {
  const { queues } = context;
  await until(`end of ${id}`, async () => ['completed', 'failed'].includes(await queues.state(queue, id)));
  return (await queues.job(queue, id))?.attemptsMade ?? 0;
}

/** As if time had passed: moves one date of a record into the past. */
export async function backdate(
  { config }: System,
  collection: string,
  id: string,
  field: string,
  seconds: number,
): Promise<void> {
  const connection = await createConnection(config.MONGO_URL).asPromise();
  try {
    const at = new Date(Date.now() - seconds * 1000);
    const { matchedCount } = await connection
      .collection<{ _id: string }>(collection)
      .updateOne({ _id: id }, { $set: { [field]: at } });
    if (matchedCount !== 1) throw new Error(`There is no ${id} in ${collection}.`);
  } finally {
    await connection.close();
  }
}
