import type { Context } from './context.ts';
import type { NewPersonPicture } from './db/person-pictures.ts';
import { personPictureJobId } from './keys.ts';
import type { Traced } from './pipeline.ts';
import type { NewJob } from './queue.ts';
import { type Found, resumeLone } from './resume-lone.ts';

/** Adds the job that makes the picture of a person from an upload. */
export async function beginPersonPicture(
  { queues, traceparent }: Pick<Context, 'queues'> & Traced,
  picture: NewPersonPicture,
): Promise<void> {
  await queues.add(jobOf(picture), traceparent);
}

/** Looks after the job of a picture of which nothing has been heard; one that was lost is added again. */
export function resumePersonPicture(
  means: Pick<Context, 'queues'>,
  picture: NewPersonPicture,
): Promise<Found> {
  return resumeLone(means, jobOf(picture));
}

function jobOf({ _id }: NewPersonPicture): NewJob<'images'> {
  return { queue: 'images', id: personPictureJobId(_id), payload: { personPicture: _id } };
}
