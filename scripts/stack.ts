import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startIdentityProvider } from './identity-provider.ts';
import { readGivenServer, readPort, type ServerKey, serverKeys } from './local/environment.ts';
import { openFolder, type StackFolder } from './local/folder.ts';
import { startMongo } from './local/mongo.ts';
import { startRedis } from './local/redis.ts';
import { startS3 } from './local/s3.ts';
import type { LocalServer } from './local/server.ts';

/** Real servers for development and tests, all on 127.0.0.1. */
export type Stack = { env: Record<string, string>; dir: string; stop(): Promise<void> };

type StackOptions = {
  /** Keeps the data here across runs; without it they live in a fresh folder that goes with the stack. */
  dir?: string;
  /** Gets one line per server. */
  note?: (line: string) => void;
  /** Free ones where not given. */
  ports?: Partial<Record<ServerKey, number>>;
};

type Start = (folder: StackFolder, port?: number) => Promise<LocalServer>;

const starts: Record<ServerKey, Start> = {
  mongo: startMongo,
  redis: startRedis,
  s3: startS3,
  oidc: startIdentity,
};

/** Starts the servers whose address the environment does not give, side by side, and waits until all answer. */
export async function startStack({ dir, note = () => {}, ports = {} }: StackOptions = {}): Promise<Stack> {
  const folder = openFolder(dir);
  const servers: LocalServer[] = [];
  const killAll = () => {
    for (const server of servers) server.kill();
  };
  // The process may also end without stop(), as a test runner does: then there is no time for goodbyes.
  const leave = () => {
    killAll();
    folder.close();
  };
  process.once('exit', leave);
  const stop = async () => {
    if (folder.fresh) killAll(); // nobody will read these data again
    await Promise.all(servers.map((server) => server.stop()));
    folder.close();
    process.off('exit', leave);
  };
  const began = performance.now();
  const provide = async (key: ServerKey): Promise<Record<string, string>> => {
    const given = readGivenServer(key);
    if (given) return given;
    const server = await starts[key](folder, ports[key] ?? readPort(key));
    servers.push(server);
    note(`${server.name} is ready (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    return server.env;
  };
  // Settled, not merely all: when one fails the others must be known before they can be stopped.
  const outcomes = await Promise.allSettled(serverKeys.map(provide));
  const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
  if (failures.length > 0) {
    await stop();
    throw new Error(failures.map(({ reason }) => reason.message).join('\n'));
  }
  const found = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : {}));
  return { env: Object.assign({}, ...found), dir: folder.path, stop };
}

async function startIdentity(_folder: StackFolder, port?: number): Promise<LocalServer> {
  const provider = await startIdentityProvider(port);
  const env = {
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: provider.clientSecret,
  };
  return { name: 'identity provider', env, kill() {}, stop: provider.stop };
}

const usage = `Usage: scripts/stack [--dir FOLDER]

Starts MongoDB, Redis, S3 and an identity provider on this machine, prints their addresses as NAME=VALUE, and stops them
on Ctrl-C. What MONGO_URL, REDIS_URL, S3_ENDPOINT or OIDC_ISSUER names already is not started. Ports are free ones, or those
that STACK_MONGO_PORT, STACK_REDIS_PORT, STACK_S3_PORT and STACK_OIDC_PORT name.

  --dir FOLDER   keeps the data there for the next time; without, they go when it stops`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { dir: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return console.log(usage);
  // scripts/stack changes to the repository; a relative path is meant from where the person stands.
  const dir = values.dir && resolve(process.env.INIT_CWD ?? '.', values.dir);
  const signal = new Promise((received) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, received);
  });
  const stack = await startStack({ ...(dir && { dir }), note: (line) => console.error(line) });
  const lines = Object.entries({ ...stack.env, STACK_READY: '1' }).map(([name, value]) => `${name}=${value}`);
  process.stdout.write(`${lines.join('\n')}\n`);
  console.error(`Data and logs: ${stack.dir}. Ctrl-C stops the servers.`);
  // A promise alone keeps no process alive.
  const wake = setInterval(() => {}, 60_000);
  await signal;
  clearInterval(wake);
  await stack.stop();
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  await main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
