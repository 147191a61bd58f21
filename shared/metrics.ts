import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { QueueCounts } from './queue.ts';
import { type QueueName, queueNames } from './queue-names.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** Whoever collects figures waits for some seconds only. */
const patienceMilliseconds = 2000;

/**
 * Asked when somebody collects: how many seconds ago trending was computed, how many jobs there are, what is paused.
 */
export type Asked = {
  trendingAge: () => Promise<number | undefined>;
  queueCounts: () => Promise<QueueCounts[]>;
  pausedQueues: () => Promise<QueueName[]>;
};

/** One registry a process, so that several can live in one test run. */
export function createMetrics({ trendingAge, queueCounts, pausedQueues }: Asked) {
  const registry = new Registry();
  // The lag of the event loop is sampled by a timer; every 10 ms, as it would, wakes an idle process a hundred times.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });
  return {
    registry,
    requestSeconds: new Histogram({
      name: 'millrace_http_request_seconds',
      help: 'Time to answer a request',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers: [registry],
    }),
    passwordHashSeconds: new Histogram({
      name: 'millrace_password_hash_seconds',
      help: 'Time to hash a password, or to compare one with a hash',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
      registers: [registry],
    }),
    jobSeconds: new Histogram({
      name: 'millrace_job_seconds',
      help: 'Time that a job ran, by queue and outcome',
      labelNames: ['queue', 'outcome'],
      buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
      registers: [registry],
    }),
    trendingAge: new Gauge({
      name: 'millrace_trending_run_age_seconds',
      help: 'Time since trending was computed, of whichever worker did; +Inf before the first time',
      registers: [registry],
      async collect() {
        const age = await inTime(trendingAge);
        // Without an answer it stays what it was.
        if (age !== null) this.set(age ?? Number.POSITIVE_INFINITY);
      },
    }),
    queueJobs: new Gauge({
      name: 'millrace_queue_jobs',
      help: 'Jobs that wait for a worker (waiting), run (active), or wait for their time (delayed), by queue, of all processes',
      labelNames: ['queue', 'state'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const { queue, ...counts } of (await inTime(queueCounts)) ?? []) {
          for (const [state, jobs] of Object.entries(counts)) this.set({ queue, state }, jobs);
        }
      },
    }),
    queuePaused: new Gauge({
      name: 'millrace_queue_paused',
      help: '1 for a queue that somebody has paused in the dashboard: no worker takes its jobs; else 0',
      labelNames: ['queue'],
      registers: [registry],
      async collect() {
        this.reset();
        const paused = await inTime(pausedQueues);
        for (const queue of paused ? queueNames : []) this.set({ queue }, paused?.includes(queue) ? 1 : 0);
      },
    }),
    videoMoves: new Counter({
      name: 'millrace_video_moves_total',
      help: 'Moves of videos into a state',
      labelNames: ['state'],
      registers: [registry],
    }),
  };
}

/** Null where there is no answer, or none in time: the other figures must not wait for a server to come back. */
async function inTime<T>(ask: () => Promise<T>): Promise<T | null> {
  const late = sleep(patienceMilliseconds, null, { ref: false });
  return Promise.race([ask().catch(() => null), late]);
}
