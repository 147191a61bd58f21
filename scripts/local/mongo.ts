import { type EventEmitter, once } from 'node:events';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MongoInstance } from 'mongodb-memory-server';
import { findBinary } from './binary.ts';
import { cpuShares, shareCpu } from './cpu-shares.ts';
import type { StackFolder } from './folder.ts';
import { onFreePort } from './port.ts';
import { becomePrimary, replicaSet } from './replica-set.ts';
import { describeFailure, endWithParent, type LocalServer } from './server.ts';

export async function startMongo(folder: StackFolder, given?: number): Promise<LocalServer> {
  // The library would run the binary once more, only to say that it is not the version it would have fetched.
  process.env.MONGOMS_SYSTEM_BINARY_VERSION_CHECK ??= 'false';
  const systemBinary = wrapBinary(findBinary('mongod', 'MONGOD_PATH'), folder.path);
  const dbPath = join(folder.path, 'mongo');
  mkdirSync(dbPath, { recursive: true });
  return onFreePort(given, (port) => startInstance(folder, { systemBinary, dbPath, port }));
}

async function startInstance(folder: StackFolder, options: InstanceOptions): Promise<LocalServer> {
  const logFile = join(folder.path, 'mongo.log');
  const instance = createInstance(options);
  logOutput(instance, logFile);
  (instance as EventEmitter).prependListener('instanceError', () => abandon(instance));
  const host = `127.0.0.1:${options.port}`;
  try {
    await instance.start();
    const pid = instance.mongodProcess?.pid;
    if (pid) folder.record(pid);
    if (pid) await shareCpu(pid, cpuShares.mongo);
    await becomePrimary(host);
  } catch (error) {
    await end(instance);
    throw new Error(describeFailure('mongod', `did not start (${(error as Error).message})`, logFile));
  }
  return {
    name: 'mongod',
    env: { MONGO_URL: `mongodb://${host}/millrace?replicaSet=${replicaSet}` },
    kill: () => void instance.mongodProcess?.kill('SIGKILL'),
    stop: () => (instance.mongodProcess?.killed ? end(instance) : instance.stop().then(() => {})),
  };
}

/**
 * When a start fails the library asks the server on the port to shut down. If it failed because the port is taken, that
 * is another server, maybe another stack's.
 */
function abandon(instance: MongoInstance): void {
  instance.isReplSet = false;
  instance.mongodProcess?.kill('SIGKILL');
}

/** The library reads mongod's output to know its state, so mongod cannot write the file itself. */
function logOutput(events: EventEmitter, logFile: string): void {
  writeFileSync(logFile, '');
  const append = (lines: string) => appendFileSync(logFile, `${lines}\n`);
  events.on('instanceSTDOUT', append).on('instanceSTDERR', append);
}

type InstanceOptions = { systemBinary: string; dbPath: string; port: number };

function createInstance({ systemBinary, dbPath, port }: InstanceOptions): MongoInstance {
  const args = [
    ['--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '128'],
    // No socket file in /tmp, and no diagnostic data written every second.
    ['--nounixsocket', '--setParameter', 'diagnosticDataCollectionEnabled=false', '--quiet'],
  ].flat();
  return new MongoInstance({
    binary: { systemBinary },
    instance: {
      ip: '127.0.0.1',
      port,
      dbPath,
      replSet: replicaSet,
      storageEngine: 'wiredTiger',
      launchTimeout: 30_000,
      args,
    },
    // Its own group, as every server of the stack: see server.ts.
    spawn: { detached: true },
  });
}

/** Asking a killed server to shut down would wait five seconds for an answer: wait for its end instead. */
async function end(instance: MongoInstance): Promise<void> {
  const child = instance.mongodProcess;
  if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  await instance.stop();
}

/** The library starts the binary itself, with a helper that ends it up to two seconds after us: too late for us. */
function wrapBinary(mongod: string, folder: string): string {
  const prefix = endWithParent();
  if (prefix.length === 0) return mongod;
  const path = join(folder, 'mongod');
  const words = [...prefix, mongod].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  writeFileSync(path, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
  return path;
}
