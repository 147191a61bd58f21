import { MillraceError } from '../shared/errors.ts';
import type { ApiContext } from './context.ts';

/**
 * The entity tag of what was sent with a ticket.
 * @throws MillraceError upload_incomplete, upload_mismatch when it is not as long as was announced
 */
export async function arrivedEtag(
  { key, bytes }: { key: string; bytes: number },
  { storage }: Pick<ApiContext, 'storage'>,
): Promise<string> {
  const object = await storage.head('raw', key);
  if (!object)
    throw new MillraceError('upload_incomplete', 'The bytes are not in the store yet. Send them first.');
  if (object.bytes !== bytes) {
    throw new MillraceError(
      'upload_mismatch',
      `The store holds ${object.bytes} bytes; ${bytes} were announced.`,
    );
  }
  return object.etag;
}

export function uploadClosed(): MillraceError {
  return new MillraceError('upload_closed', 'The upload has ended; ask for a new one.');
}
