import type { Video } from '../shared/db/video-record.ts';
import { MillraceError } from '../shared/errors.ts';

/** What needs a file of ours cannot be done to what plays outside. @throws MillraceError plays_outside */
export function refuseOutside({ outside }: Pick<Video, 'outside'>): void {
  if (!outside) return;
  throw new MillraceError('plays_outside', 'The video was imported: there is no file of it here to work on.');
}
