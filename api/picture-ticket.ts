import type { PictureUpload } from '../shared/db/uploaded-pictures.ts';
import { newId } from '../shared/ids.ts';
import type { PresignedPut } from '../shared/storage.ts';
import type { ApiContext } from './context.ts';

/**
 * What is to be kept of a ticket for a picture, and where its bytes go. `keyOf` gives the place of an id in the raw
 * bucket.
 */
export async function newPictureTicket(
  { size, type }: { size: number; type: string },
  keyOf: (id: string) => string,
  { storage, config }: Pick<ApiContext, 'storage' | 'config'>,
): Promise<{ _id: string; upload: PictureUpload; put: PresignedPut }> {
  const _id = newId();
  const key = keyOf(_id);
  const seconds = config.UPLOAD_TTL_SECONDS;
  const expiresAt = new Date(Date.now() + seconds * 1000);
  const put = await storage.presignPut('raw', key, size, type, seconds);
  return { _id, upload: { key, bytes: size, contentType: type, etag: null, expiresAt }, put };
}

/** The ticket as its holder sees it, but for the name of its id. */
export function presentPut({ url, headers }: PresignedPut, { expiresAt }: PictureUpload) {
  return { method: 'PUT' as const, url, headers, expiresAt: expiresAt.toISOString() };
}
