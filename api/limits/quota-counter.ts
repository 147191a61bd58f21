import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../../shared/ids.ts';
import { limitKeys } from '../../shared/keys.ts';
import type { Log } from '../../shared/log.ts';
import type { Quota } from '../../shared/rate-limits.ts';
import type { Redis } from '../../shared/redis.ts';

/** What Redis handed out of an account's window: so many requests are ours to spend until `endsAt`. */
export type Grant = { given: number; left: number; endsAt: number };

/** Why an account is limited by each process alone: Redis does not answer, or holds too many accounts already. */
export type Alone = 'unanswered' | 'crowded';

export type QuotaCounter = {
  answers(): boolean;
  take(id: string, quota: Quota, wanted: number, share: number): Promise<Grant | Alone>;
  giveBack(id: string, unspent: number, endsAt: number): Promise<void>;
  /**
   * Asks the other processes, and never this one, for what they hold of an account, and gives them time to return it.
   */
  recall(id: string): Promise<void>;
  onRecall(listener: (id: string) => void): void;
  close(): void;
};

/**
 * A window begins with an account's first request and ends by itself, so what is kept is bounded by who called in the
 * last window, and by ARGV[5]: addresses are chosen by those who call. A share of 0 hands out no more than is wanted.
 */
const takeScript = `
  local used = redis.call('GET', KEYS[1])
  if not used then
    local accounts = redis.call('INCR', KEYS[2])
    if accounts == 1 then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
    if accounts > tonumber(ARGV[5]) then return {-1, 0, 0} end
    redis.call('SET', KEYS[1], 0, 'PX', ARGV[2])
  end
  local left = math.max(0, ARGV[1] - (used or 0))
  local lease = 0
  if tonumber(ARGV[4]) > 0 then lease = math.min(5000, math.floor(left / ARGV[4])) end
  local given = math.min(left, math.max(tonumber(ARGV[3]), lease))
  redis.call('INCRBY', KEYS[1], given)
  return {given, left - given, redis.call('PTTL', KEYS[1])}`;

/** Only into the window that it was taken from: that has less time to go than any later one. */
const giveBackScript = `
  local left = redis.call('PTTL', KEYS[1])
  if left > 0 and left < ARGV[2] + 500 then redis.call('DECRBY', KEYS[1], ARGV[1]) end`;

const answerWithin = 500;
const askAgainAfter = 250;
const recallTakes = 25;
/** Anybody can have many addresses; they shall not fill Redis, which holds the queues. */
const usualMostAccounts = 200_000;

type Scripted = Redis & {
  takeQuota(...words: (string | number)[]): Promise<[number, number, number]>;
  giveBackQuota(...words: (string | number)[]): Promise<null>;
};

/** The one count of who has called how often, in Redis. While that is silent nobody waits for it. */
export function createQuotaCounter(
  connection: Redis,
  prefix: string,
  log: Log,
  mostAccounts = usualMostAccounts,
): QuotaCounter {
  connection.defineCommand('takeQuota', { numberOfKeys: 2, lua: takeScript });
  connection.defineCommand('giveBackQuota', { numberOfKeys: 1, lua: giveBackScript });
  const redis = connection as Scripted;
  const keys = limitKeys(prefix);
  // Of a fixed length, and no address or name can be read in it.
  const keyOf = (id: string) =>
    keys.account(createHash('sha256').update(id).digest('base64url').slice(0, 22));

  const self = newId();
  let answers = true;
  let timer: NodeJS.Timeout | undefined;

  async function ask<T>(command: () => Promise<T>): Promise<T | undefined> {
    if (!answers) return undefined;
    try {
      if (redis.status !== 'ready') throw new Error('not connected');
      return await inTime(command());
    } catch (error) {
      if (answers) {
        answers = false;
        log.warn({ err: error }, 'redis does not answer: rate limits are counted by each process alone');
        askAgain();
      }
      return undefined;
    }
  }

  function askAgain(): void {
    timer = setTimeout(async () => {
      try {
        await inTime(redis.ping());
        answers = true;
        log.info('redis answers again: rate limits are shared');
      } catch {
        if (timer) askAgain();
      }
    }, askAgainAfter).unref();
  }

  // A connection that listens can do nothing else.
  const listening = connection.duplicate({
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    commandTimeout: undefined,
  });
  listening.on('error', () => {});
  listening.subscribe(keys.recall).catch(() => {});

  return {
    answers: () => answers,
    async take(id, { requests, seconds }, wanted, share) {
      const askedAt = performance.now();
      const words = [requests, seconds * 1000, wanted, share, mostAccounts];
      const reply = await ask(() => redis.takeQuota(keyOf(id), keys.accounts(seconds), ...words));
      if (!reply) return 'unanswered';
      const [given, left, milliseconds] = reply;
      // Counted from the question on: so a lease never outlives the window in Redis.
      return given < 0 ? 'crowded' : { given, left, endsAt: askedAt + milliseconds };
    },
    async giveBack(id, unspent, endsAt) {
      await ask(() => redis.giveBackQuota(keyOf(id), unspent, Math.round(endsAt - performance.now())));
    },
    async recall(id) {
      const listeners = await ask(() => redis.publish(keys.recall, `${self} ${id}`));
      if (listeners && listeners > 1) await sleep(recallTakes);
    },
    onRecall(listener) {
      listening.on('message', (_channel, message: string) => {
        const [from = ''] = message.split(' ', 1);
        if (from !== self) listener(message.slice(from.length + 1));
      });
    },
    close() {
      clearTimeout(timer);
      timer = undefined;
      listening.disconnect();
    },
  };
}

/** @throws Error when it takes too long. A busy process first reads what has arrived meanwhile. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => setImmediate(() => reject(new Error(`no answer within ${answerWithin} ms`))),
      answerWithin,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
