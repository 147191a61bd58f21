import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../shared/config.ts';
import { createContext } from '../shared/context.ts';
import type { Log } from '../shared/log.ts';
import { type QueueName, queueNames } from '../shared/queues.ts';
import { handlers } from './handlers.ts';
import { serveHealth } from './health.ts';
import { type Handler, type Served, serve } from './run.ts';
import { openTools, type Tools } from './tools.ts';

export type RunningWorker = { port: number; log: Log; stop(): Promise<void> };

/** Connects, answers probes, takes jobs from the configured queues, and keeps the scheduled ones scheduled. */
export async function startWorker(config: Config): Promise<RunningWorker> {
  const tools = await openTools(await createContext(config, 'worker'));
  let health: Server | undefined;
  const close = async () => {
    health?.close();
    health?.closeAllConnections();
    await tools.close();
  };
  try {
    health = await serveHealth(tools);
    const { port } = health.address() as AddressInfo;
    const stopScheduling = await keepScheduled(tools);
    // Last: a worker that cannot start must not take a job with it.
    const served: Served[] = [];
    for (const queue of queueNames) {
      const concurrency = config.WORKER_QUEUES[queue];
      if (concurrency) served.push(serveOne(tools, queue, concurrency));
    }
    tools.log.info({ port, queues: config.WORKER_QUEUES }, 'worker started');
    return {
      port,
      log: tools.log,
      async stop() {
        stopScheduling();
        await Promise.all(served.map((one) => one.stop(config.SHUTDOWN_GRACE_SECONDS)));
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The table's rows have different payload types; one row goes with its own queue. */
function serveOne<Q extends QueueName>(tools: Tools, queue: Q, concurrency: number): Served {
  return serve(tools, queue, concurrency, handlers[queue] as Handler<Q>);
}

const scheduleAgainSeconds = 10;
/** A change is found about so much later. */
const searchEverySeconds = 1;

/** Makes the schedules of the queues served here, and makes them again when Redis has lost them. */
async function keepScheduled({ config, queues, log }: Tools): Promise<() => void> {
  const schedule = async () => {
    if (config.WORKER_QUEUES.trending) await queues.schedule('trending', config.TRENDING_EVERY_SECONDS);
    if (config.WORKER_QUEUES.search) await queues.schedule('search', searchEverySeconds);
    if (config.WORKER_QUEUES.sweep) await queues.schedule('sweep', config.SWEEP_EVERY_SECONDS);
  };
  await schedule();
  const timer = setInterval(() => {
    schedule().catch((error) => log.warn({ err: error }, 'not scheduled'));
  }, scheduleAgainSeconds * 1000);
  return () => clearInterval(timer);
}
