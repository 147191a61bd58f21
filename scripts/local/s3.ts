import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBinary } from './binary.ts';
import type { StackFolder } from './folder.ts';
import { onFreePort } from './port.ts';
import { type LocalServer, launch } from './server.ts';

const region = 'us-east-1';
const accessKey = 'millrace';
const secretKey = 'millrace-development';

export async function startS3(folder: StackFolder, given?: number): Promise<LocalServer> {
  const command = findBinary('versitygw', 'VERSITYGW_PATH');
  const start = (port: number) => startGateway(folder, command, port);
  const { port, ...server } = await onFreePort(given, start);
  const env = {
    S3_ENDPOINT: `http://127.0.0.1:${port}`,
    S3_REGION: region,
    S3_ACCESS_KEY_ID: accessKey,
    S3_SECRET_ACCESS_KEY: secretKey,
  };
  return { name: 'versitygw', env, ...server };
}

/**
 * The gateway keeps an object's metadata in extended attributes of its file. Where the file system has none (some
 * network and container volumes) it says so and ends; then it is started again with a folder of files for them.
 */
async function startGateway(folder: StackFolder, command: string, port: number) {
  const metadata = join(folder.path, 'object-metadata');
  const logFile = join(folder.path, 's3.log');
  const run = async (options: string[]) => ({
    port,
    ...(await launchGateway(folder, command, port, options)),
  });
  if (existsSync(metadata)) return run(['--sidecar', metadata]);
  try {
    return await run([]);
  } catch (error) {
    if (!readFileSync(logFile, 'utf8').includes('xattrs are not supported')) throw error;
    mkdirSync(metadata);
    return run(['--sidecar', metadata]);
  }
}

function launchGateway(folder: StackFolder, command: string, port: number, options: string[]) {
  const cwd = join(folder.path, 's3');
  mkdirSync(cwd, { recursive: true });
  // It prints "listening" before it binds; only ours answers on a path that nobody else can know.
  const health = `/ready-${randomUUID()}`;
  const global = ['--port', `127.0.0.1:${port}`, '--region', region, '--health', health];
  return launch({
    name: 'versitygw',
    command,
    args: [...global, '--keep-alive', '--quiet', '--cors-allow-origin', '*', 'posix', ...options, cwd],
    // By the environment, since command lines are there for all to read.
    env: { ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey, GOMEMLIMIT: '256MiB' },
    cwd,
    logFile: join(folder.path, 's3.log'),
    started: folder.record,
    isReady: () => answers(`http://127.0.0.1:${port}${health}`),
  });
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}
