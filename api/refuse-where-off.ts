import type { Video } from '../shared/db/video-record.ts';
import { MillraceError } from '../shared/errors.ts';

/** @throws MillraceError comments_off */
export function refuseWhereOff({ commentsOff }: Pick<Video, 'commentsOff'>): void {
  if (commentsOff) throw new MillraceError('comments_off', 'Nobody can comment this video any more.');
}
