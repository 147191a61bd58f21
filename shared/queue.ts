import { FlowProducer, type JobsOptions, Queue } from 'bullmq';
import { jobOptions, type Payload, type QueueName, queueNames, queues } from './queues.ts';
import type { Redis } from './redis.ts';

/** A job to add: the queue names its payload. */
export type NewJob<Q extends QueueName = QueueName> = {
  [K in Q]: { queue: K; id: string; payload: Payload<K>; priority?: number };
}[Q];

type ScheduledQueue = 'trending' | 'search' | 'sweep';
export type QueueCounts = { queue: QueueName } & Record<'waiting' | 'active' | 'delayed', number>;
type JobState = Awaited<ReturnType<Queue['getJobState']>>;
export type Queues = ReturnType<typeof createQueues>;

const scheduledQueues = new Set<QueueName>(['trending', 'search', 'sweep'] satisfies ScheduledQueue[]);

/** The producing side of the queues, on one connection. */
export function createQueues(connection: Redis, prefix: string) {
  const options = { connection, prefix };
  const byName = Object.fromEntries(queueNames.map((name) => [name, new Queue(name, options)])) as Record<
    QueueName,
    Queue
  >;
  const flows = new FlowProducer(options);
  // BullMQ repeats the connection's errors here; the calls themselves reject.
  flows.on('error', () => {});
  for (const queue of Object.values(byName)) queue.on('error', () => {});

  /** BullMQ waits for a connection that has never been there, also where commands are to fail at once. */
  function refuseWithoutRedis(): void {
    if (connection.options.enableOfflineQueue === false && connection.status !== 'ready') {
      throw new Error('Redis does not answer.');
    }
  }

  /** BullMQ has a job whose time has come among the delayed ones until a worker looks: it waits like others. */
  async function countsOf(queue: QueueName): Promise<QueueCounts> {
    refuseWithoutRedis();
    const asked = byName[queue];
    const [counts, overdue] = await Promise.all([
      asked.getJobCounts('waiting', 'prioritized', 'active', 'delayed'),
      asked.getDelayedCount(Date.now()),
    ]);
    const { waiting = 0, prioritized = 0, active = 0, delayed = 0 } = counts;
    return {
      queue,
      waiting: waiting + prioritized + overdue,
      active,
      delayed: Math.max(0, delayed - overdue),
    };
  }

  return {
    /** For the dashboard. */
    all: Object.values(byName),

    /**
     * Adds a job. One whose id is still in the queue, in whatever state, is not added again. `traceparent` is the work
     * that it comes from.
     */
    async add({ queue, id, payload, priority }: NewJob, traceparent?: string): Promise<void> {
      refuseWithoutRedis();
      await byName[queue].add(queue, dataOf(queue, payload, traceparent), {
        ...jobOptions(queue),
        jobId: id,
        ...(priority === undefined ? {} : { priority }),
      });
    },

    /** Adds children and the parent that runs once all of them have ended, however they ended. */
    async addFlow(parent: NewJob, children: NewJob[], traceparent?: string): Promise<void> {
      refuseWithoutRedis();
      const node = ({ queue, id, payload, priority }: NewJob, extra: JobsOptions) => ({
        name: queue,
        queueName: queue,
        data: dataOf(queue, payload, traceparent),
        opts: { ...jobOptions(queue), jobId: id, ...(priority === undefined ? {} : { priority }), ...extra },
      });
      await flows.add({
        ...node(parent, {}),
        children: children.map((child) => node(child, { ignoreDependencyOnFailure: true })),
      });
    },

    /**
     * Runs a queue's job every `seconds`, from one scheduler however many processes say so and how often. Say it
     * again and again: an emptied Redis has forgotten it.
     */
    async schedule(queue: ScheduledQueue, seconds: number): Promise<void> {
      const known = await byName[queue].getJobScheduler(queue);
      if (known?.every === seconds * 1000) return;
      await byName[queue].upsertJobScheduler(
        queue,
        { every: seconds * 1000 },
        { name: queue, data: {}, opts: { removeOnComplete: { count: 20 }, removeOnFail: { count: 100 } } },
      );
    },

    /**
     * How many jobs wait for a worker, run, or wait for a time to come (another attempt, the next run of a schedule).
     */
    counts: (): Promise<QueueCounts[]> => Promise.all(queueNames.map(countsOf)),

    /** The queues from which no worker takes jobs until somebody resumes them, as the dashboard can. */
    async paused(): Promise<QueueName[]> {
      refuseWithoutRedis();
      const answers = await Promise.all(queueNames.map((name) => byName[name].isPaused()));
      return queueNames.filter((_, index) => answers[index]);
    },

    /** How many processes take jobs from a queue, as far as Redis knows. */
    workers: (queue: QueueName): Promise<number> => byName[queue].getWorkersCount(),

    /**
     * The queues that no worker serves while jobs wait for one. Those with a schedule always need one: their workers
     * make it.
     */
    async unserved(): Promise<QueueName[]> {
      const waits = await Promise.all(
        queueNames.map(async (name) => {
          const isWanted = scheduledQueues.has(name) || (await countsOf(name)).waiting > 0;
          return isWanted && (await byName[name].getWorkersCount()) === 0;
        }),
      );
      return queueNames.filter((_, index) => waits[index]);
    },

    state: (queue: QueueName, id: string): Promise<JobState> => byName[queue].getJobState(id),

    /** What the queue still knows of a job. */
    async job(
      queue: QueueName,
      id: string,
    ): Promise<{ attemptsMade: number; failedReason: string } | undefined> {
      const job = await byName[queue].getJob(id);
      return job && { attemptsMade: job.attemptsMade, failedReason: job.failedReason ?? '' };
    },

    /** Removes a job that no worker holds. False when one does. */
    async remove(queue: QueueName, id: string): Promise<boolean> {
      refuseWithoutRedis();
      const job = await byName[queue].getJob(id);
      if (!job) return true;
      return job.remove({ removeChildren: false }).then(
        () => true,
        () => false,
      );
    },

    /** Removes those of the given jobs that no worker holds, in order, many at once. */
    async removeAll(jobs: NewJob[]): Promise<void> {
      for (let at = 0; at < jobs.length; at += 50) {
        await Promise.all(jobs.slice(at, at + 50).map(({ queue, id }) => this.remove(queue, id)));
      }
    },

    async close(): Promise<void> {
      await Promise.all([flows.close(), ...Object.values(byName).map((queue) => queue.close())]);
    },
  };
}

function dataOf(queue: QueueName, payload: unknown, traceparent: string | undefined): object {
  return { ...queues[queue].payload.parse(payload), ...(traceparent && { traceparent }) };
}
