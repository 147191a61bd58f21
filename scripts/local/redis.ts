import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findBinary } from './binary.ts';
import type { StackFolder } from './folder.ts';
import { onFreePort } from './port.ts';
import { type LocalServer, launch } from './server.ts';

export async function startRedis(folder: StackFolder, given?: number): Promise<LocalServer> {
  const command = findBinary('redis-server', 'REDIS_SERVER_PATH');
  const cwd = join(folder.path, 'redis');
  mkdirSync(cwd, { recursive: true });
  return onFreePort(given, async (port) => {
    const server = await launch({
      name: 'redis-server',
      command,
      args: redisArgs(port, cwd),
      cwd,
      logFile: join(folder.path, 'redis.log'),
      started: folder.record,
      isReady: (log) => log.includes('Ready to accept connections'),
    });
    return { name: 'redis-server', env: { REDIS_URL: `redis://127.0.0.1:${port}` }, ...server };
  });
}

/** The settings a production Redis needs here too: evicting a key would lose a job. */
function redisArgs(port: number, dir: string): string[] {
  return [
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir],
    ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
    ['--maxmemory-policy', 'noeviction'],
  ].flat();
}
