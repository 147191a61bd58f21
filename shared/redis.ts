import { Redis, type RedisOptions } from 'ioredis';
import { readyKey } from './keys.ts';
import type { Log } from './log.ts';

export type { Redis };

/** BullMQ workers block on their connection, so commands wait out an outage; it is retried every 2 s at most. */
export function workerConnection(url: string, log?: Log): Redis {
  return connect(url, { maxRetriesPerRequest: null }, log);
}

/** For requests: a command fails within about a second when Redis is gone, instead of hanging the caller. */
export function requestConnection(url: string, log?: Log): Redis {
  return connect(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 2000 }, log);
}

function connect(url: string, options: Omit<RedisOptions, 'replyMapping'>, log?: Log): Redis {
  const retryStrategy = (times: number) => Math.min(times * 200, 2000);
  // Who was demoted keeps its connections: only a new one finds who is in charge now.
  const reconnectOnError = ({ message }: Error) => message.startsWith('READONLY');
  const redis = new Redis(url, { retryStrategy, reconnectOnError, ...options });
  let told = '';
  // Every failed attempt to connect comes here, five a second; the commands themselves reject, and those are handled.
  redis.on('error', ({ message, code }: NodeJS.ErrnoException) => {
    const reason = message || code || 'no reason given';
    if (reason !== told) log?.warn({ reason }, 'redis cannot be used');
    told = reason;
  });
  redis.on('ready', () => {
    told = '';
  });
  return redis;
}

const writtenMilliseconds = 10_000;

/** Writes something, as one that is full or a replica answers a ping. @throws when that is not possible */
export async function checkRedis(redis: Redis, prefix: string): Promise<void> {
  await redis.set(readyKey(prefix), '', 'PX', writtenMilliseconds);
}

/** @throws Error when there is no database of the number in the address: ioredis would go on in another one. */
export async function checkDatabase(redis: Redis): Promise<void> {
  await redis.select(redis.options.db ?? 0);
}

/** Resolves when the connection is usable, or after `milliseconds`: a process starts without Redis too. */
export async function settled(redis: Redis, milliseconds: number): Promise<boolean> {
  if (redis.status === 'ready') return true;
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
