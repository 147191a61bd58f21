import type { Context } from './context.ts';
import type { Poster } from './db/posters.ts';
import { jobId } from './keys.ts';
import type { Traced } from './pipeline.ts';
import type { NewJob } from './queue.ts';
import { type Found, resumeLone } from './resume-lone.ts';

/** Adds the job that makes a chosen version of a poster; its id is that of the version. */
export async function beginPoster(
  { queues, traceparent }: Pick<Context, 'queues'> & Traced,
  poster: Poster,
): Promise<void> {
  await queues.add(posterJob(poster), traceparent);
}

/** Looks after the job of a version of which nothing has been heard; one that was lost is added again. */
export function resumePoster(means: Pick<Context, 'queues'>, poster: Poster): Promise<Found> {
  return resumeLone(means, posterJob(poster));
}

function posterJob({ videoId, generation, version }: Poster): NewJob<'images'> {
  if (version === null) throw new RangeError('a ticket whose bytes have not come is no version yet');
  return {
    queue: 'images',
    id: jobId('images', videoId, generation, version),
    payload: { videoId, generation, poster: version },
  };
}
