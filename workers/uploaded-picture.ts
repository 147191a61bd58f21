import type { Ago } from '../shared/db/connect.ts';
import type { UploadedPicture, UploadedPictures } from '../shared/db/uploaded-pictures.ts';
import type { Found } from '../shared/resume-lone.ts';
import type { Step } from './run.ts';
import type { Tools } from './tools.ts';

const quietSeconds = 60;
/** A ticket that has just run out may still have its bytes on the way. */
const expiryGraceSeconds = 60;
const batch = 200;

export type Failure = NonNullable<UploadedPicture['error']>;

/** Its bytes are not needed any more. */
export async function dropUpload({ upload }: UploadedPicture, { storage }: Tools): Promise<void> {
  if (upload) await storage.remove('raw', upload.key);
}

/** What was shown before stays; the record says why there is no other. */
export async function giveUpPicture(
  store: Pick<UploadedPictures<UploadedPicture>, 'failed'>,
  picture: UploadedPicture | null,
  failure: Failure,
  tools: Tools,
): Promise<void> {
  if (!picture) return;
  await store.failed(picture._id, failure);
  await dropUpload(picture, tools);
}

/**
 * Lost jobs are added again, tickets that were not used end. `before` gives times so many seconds ago, `about` names a
 * picture in the log.
 */
export async function sweepPictures<T extends UploadedPicture>(
  { tools, log }: Step,
  before: Ago,
  store: Pick<UploadedPictures<T>, 'quiet' | 'overdue' | 'failed' | 'heard' | 'expired'>,
  resume: (means: Tools, picture: T) => Promise<Found>,
  about: (picture: T) => object,
): Promise<void> {
  for (const picture of await store.quiet(before(quietSeconds), batch)) {
    const found = await resume(tools, picture);
    if (found === 'failed') {
      const message = 'Working on the picture ended without a result, again and again.';
      await giveUpPicture(store, picture, { code: 'encoding_failed', message }, tools);
    } else await store.heard(picture._id);
    if (found !== 'alive') log.warn({ ...about(picture), found }, 'picture');
  }
  for (const picture of await store.overdue(before(expiryGraceSeconds), batch)) {
    if (await store.expired(picture._id)) await dropUpload(picture, tools);
  }
}
