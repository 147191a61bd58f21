import type { Context } from './context.ts';
import type { Poster } from './db/posters.ts';
import { jobId } from './keys.ts';
import type { Traced } from './pipeline.ts';
import type { NewJob } from './queue.ts';

/** Adds the job that makes a chosen version of a poster; its id is that of the version. */
export async function beginPoster(
  { queues, traceparent }: Pick<Context, 'queues'> & Traced,
  poster: Poster,
): Promise<void> {
  await queues.add(posterJob(poster), traceparent);
}

/** Looks after the job of a version of which nothing has been heard; one that was lost is added again. */
export async function resumePoster(
  { queues }: Pick<Context, 'queues'>,
  poster: Poster,
): Promise<'alive' | 'resumed' | 'failed'> {
  const job = posterJob(poster);
  const state = await queues.state(job.queue, job.id);
  if (state === 'failed') return 'failed';
  if (state !== 'unknown' && state !== 'completed') return 'alive';
  await queues.remove(job.queue, job.id);
  await queues.add(job);
  return 'resumed';
}

function posterJob({ videoId, generation, version }: Poster): NewJob<'images'> {
  if (version === null) throw new RangeError('a ticket whose bytes have not come is no version yet');
  return {
    queue: 'images',
    id: jobId('images', videoId, generation, version),
    payload: { videoId, generation, poster: version },
  };
}
