import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { MillraceError, toMillraceError } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';
import { type Payload, type QueueName, queues } from '../shared/queues.ts';
import { workerConnection } from '../shared/redis.ts';
import { continueTrace, traceparentOf } from '../shared/trace.ts';
import { unlessSilent } from '../shared/unless-silent.ts';
import type { Tools } from './tools.ts';

export type Step = { tools: Tools; log: Log; signal: AbortSignal };

/**
 * What a queue's jobs do. `gaveUp` runs once when a job has failed for good. Of a quiet one the log has failures only.
 */
export type Handler<Q extends QueueName> = {
  run(payload: Payload<Q>, step: Step): Promise<void>;
  gaveUp?(payload: Payload<Q>, error: MillraceError, tools: Tools): Promise<void>;
  isQuiet?: true;
};

/** Thrown through a handler when another attempt has taken the video over: the job ends without a trace. */
export class Superseded extends Error {
  constructor() {
    super('another attempt has taken over');
    this.name = 'Superseded';
  }
}

/** However a job ended, it is not begun more often: it may be what ends its workers. */
const mostStarts = 10;

/**
 * A server that does not answer is no fault of the job, and costs no attempt: it is put off for 5, 10, 20, 40 s and
 * then a minute each time, six minutes in all.
 */
const putOffMilliseconds = (starts: number): number => Math.min(60, 5 * 2 ** (starts - 1)) * 1000;

/** How long a worker that has put a job off takes no other of its queue: it may be the one that is broken. */
const restMilliseconds = 10_000;

/** When no job has run for so long, or so long after the grace, a worker that has not ended waits for a lost Redis. */
const endMilliseconds = 5000;

export type Served = { stop(graceSeconds: number): Promise<void> };

/** Takes jobs from one queue: parse the payload, run the handler, log, map errors. */
export function serve<Q extends QueueName>(
  tools: Tools,
  queue: Q,
  concurrency: number,
  handler: Handler<Q>,
): Served {
  const { config, log } = tools;
  const connection = workerConnection(config.REDIS_URL);
  let isStopping = false;
  let running = 0;
  let resting: NodeJS.Timeout | undefined;

  // BullMQ passes the abort signal only to a function of three plain parameters.
  async function process(job: Job, token: string | undefined, signal?: AbortSignal): Promise<void> {
    const start = beginJob(tools, queue, job);
    const payload = parsePayload(queue, start);
    const limit = startLimit(queues[queue].timeoutSeconds);
    running += 1;
    try {
      const signals = signal ? [signal, limit.signal] : [limit.signal];
      const traced = { ...tools, traceparent: start.traceparent };
      await handler.run(payload, { tools: traced, log: start.log, signal: AbortSignal.any(signals) });
      start.log[handler.isQuiet ? 'debug' : 'info'](start.end('done'), 'job done');
    } catch (thrown) {
      if (thrown instanceof Superseded) {
        start.log.info(start.end('superseded'), 'job superseded');
        return;
      }
      if (signal?.aborted) throw await leave(start, token, thrown);
      const error = toMillraceError(limit.signal.aborted ? limit.signal.reason : unlessSilent(thrown));
      const isSilence = error.code === 'unavailable' && mayStartAgain(job);
      throw isSilence ? await putOff(start, token, error) : await fail(start, handler, payload, error, tools);
    } finally {
      running -= 1;
      limit.clear();
    }
  }

  /** Of a job that was called off. @returns what to throw */
  async function leave({ job, log, end }: Start, token: string | undefined, thrown: unknown) {
    if (!isStopping) {
      // The lock was lost, so the job is another worker's by now: this one must not judge it.
      log.warn(end('lock lost'), 'job left to another worker');
      return thrown;
    }
    log.info(end('handed back'), 'job handed back to the queue');
    await job.moveToWait(token);
    return new WaitingError();
  }

  /** @returns what to throw */
  async function putOff({ job, log, end }: Start, token: string | undefined, error: MillraceError) {
    log.warn({ ...end('put off'), code: error.code, err: error }, 'job put off');
    await rest();
    await job.moveToDelayed(Date.now() + putOffMilliseconds(job.attemptsStarted), token);
    return new DelayedError();
  }

  async function rest(): Promise<void> {
    clearTimeout(resting);
    resting = setTimeout(() => worker.resume(), restMilliseconds);
    await worker.pause(true);
  }

  const worker = new Worker(queue, process, {
    connection,
    prefix: config.REDIS_PREFIX,
    concurrency,
    lockDuration: 30_000,
    stalledInterval: 15_000,
    // A lost worker is no fault of the job; but one that takes its worker down every time must end.
    maxStalledCount: 5,
    maxStartedAttempts: mostStarts,
  });
  worker.on('error', (error) => log.debug({ queue, err: error }, 'queue connection'));
  worker.on('lockRenewalFailed', (jobIds: string[]) => {
    for (const id of jobIds) worker.cancelJob(id, 'the lock was lost');
  });

  return {
    /** Takes no more jobs; after the grace what still runs is stopped and handed back, at no cost of an attempt. */
    async stop(graceSeconds) {
      clearTimeout(resting);
      const closed = worker.close().then(() => true);
      const timer = setTimeout(() => {
        isStopping = true;
        worker.cancelAllJobs('the worker is stopping');
      }, graceSeconds * 1000);
      const isClosed = await Promise.race([closed, waitedLong(graceSeconds, () => running > 0)]);
      clearTimeout(timer);
      clearTimeout(resting);
      if (!isClosed)
        log.warn({ queue }, 'redis did not answer at the end: other workers take over what still ran');
      connection.disconnect();
    },
  };
}

/** A job that has been begun. `end` measures it, and gives what the log says of its end. */
type Start = {
  job: Job;
  log: Log;
  traceparent: string;
  end(outcome: string): { outcome: string; seconds: number };
};

function beginJob({ log, metrics }: Tools, queue: QueueName, job: Job): Start {
  const trace = continueTrace(job.data?.traceparent);
  const started = performance.now();
  return {
    job,
    log: log.child({ queue, jobId: job.id, traceId: trace.traceId }),
    traceparent: traceparentOf(trace),
    end(outcome) {
      const seconds = (performance.now() - started) / 1000;
      metrics.jobSeconds.observe({ queue, outcome }, seconds);
      return { outcome, seconds: Number(seconds.toFixed(3)) };
    },
  };
}

/** @throws UnrecoverableError */
function parsePayload<Q extends QueueName>(queue: Q, { job, log, end }: Start): Payload<Q> {
  const parsed = queues[queue].payload.safeParse(job.data);
  if (parsed.success) return parsed.data as Payload<Q>;
  const error = new UnrecoverableError(`The payload is not one of ${queue}: ${parsed.error.message}`);
  log.warn({ ...end('failed'), err: error }, 'job failed');
  throw error;
}

/** Aborts with `timed_out`, unless it is cleared before. */
function startLimit(seconds: number): { signal: AbortSignal; clear(): void } {
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new MillraceError('timed_out', `The work took longer than ${seconds} s.`));
  }, seconds * 1000);
  return { signal: limit.signal, clear: () => clearTimeout(timer) };
}

const mayStartAgain = (job: Job): boolean => job.attemptsStarted < mostStarts;

/** Of a job that is at fault. @returns what to throw: another try, or the end. */
async function fail<Q extends QueueName>(
  { job, log, end }: Start,
  handler: Handler<Q>,
  payload: Payload<Q>,
  error: MillraceError,
  tools: Tools,
): Promise<Error> {
  const mayRetry =
    mayStartAgain(job) && error.kind.retryable && job.attemptsMade + 1 < (job.opts.attempts ?? 1);
  log.warn({ ...end(mayRetry ? 'retry' : 'failed'), code: error.code, err: error }, 'job failed');
  if (mayRetry) return error;
  await handler.gaveUp?.(payload, error, tools);
  return new UnrecoverableError(`${error.code}: ${error.message}`);
}

/** Closing BullMQ's worker never ends when its connection is lost, not even once Redis is back (bullmq#4656). */
async function waitedLong(graceSeconds: number, isRunning: () => boolean): Promise<false> {
  const end = performance.now() + graceSeconds * 1000;
  let idleFrom = performance.now();
  while (performance.now() < idleFrom + endMilliseconds) {
    await sleep(250, undefined, { ref: false });
    if (isRunning() && performance.now() < end) idleFrom = performance.now();
  }
  return false;
}
