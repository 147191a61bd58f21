import type { Context } from './context.ts';
import type { NewJob } from './queue.ts';

export type Found = 'alive' | 'resumed' | 'failed';

/** Looks after a job that no other waits for, and of which nothing has been heard; one that was lost is added again. */
export async function resumeLone({ queues }: Pick<Context, 'queues'>, job: NewJob): Promise<Found> {
  const state = await queues.state(job.queue, job.id);
  if (state === 'failed') return 'failed';
  if (state !== 'unknown' && state !== 'completed') return 'alive';
  await queues.remove(job.queue, job.id);
  await queues.add(job);
  return 'resumed';
}
