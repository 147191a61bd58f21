import type { User } from '../../shared/db/users.ts';
import type { Video } from '../../shared/db/videos.ts';
import { MillraceError } from '../../shared/errors.ts';

/** Pure rules of who may see what. What one may not see does not exist: 404. */

function owns(caller: User | undefined, thing: { ownerId: string }): boolean {
  return caller?._id === thing.ownerId;
}

function oversees(caller: User | undefined): boolean {
  return caller?.roles.some((role) => role === 'admin' || role === 'moderator') ?? false;
}

/** Private videos are their owner's; those that nobody can watch yet are too, unless one has the address. */
export function maySee(caller: User | undefined, video: Video): boolean {
  if (video.state === 'deleted') return false;
  return (
    owns(caller, video) || oversees(caller) || (video.visibility !== 'private' && video.state !== 'draft')
  );
}

/** @throws MillraceError not_found */
export function visible(caller: User | undefined, video: Video | null): Video {
  if (video && maySee(caller, video)) return video;
  throw new MillraceError('not_found', 'There is no such video.');
}

/**
 * A video that the caller may change: its owner's, and anyone's for moderators and administrators.
 * @throws MillraceError not_found, or forbidden when one may only see it.
 */
export function editable(caller: User, found: Video | null): Video {
  const video = visible(caller, found);
  if (owns(caller, video) || oversees(caller)) return video;
  throw new MillraceError('forbidden', 'Only its owner, moderators and administrators may change a video.');
}

/** @throws MillraceError not_found */
export function ownedBy<T extends { ownerId: string }>(caller: User, thing: T | null): T {
  if (thing && owns(caller, thing)) return thing;
  throw new MillraceError('not_found', 'There is no such upload.');
}
