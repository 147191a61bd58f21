import type { User } from '../../shared/db/users.ts';
import type { Video } from '../../shared/db/videos.ts';
import { MillraceError } from '../../shared/errors.ts';

/** Pure rules of who may see and change what. What one may not see does not exist: 404. */

function owns(caller: User | undefined, thing: { ownerId: string }): boolean {
  return caller?._id === thing.ownerId;
}

function oversees(caller: User | undefined): boolean {
  return caller?.roles.some((role) => role === 'admin' || role === 'moderator') ?? false;
}

type Seen = Pick<Video, 'ownerId' | 'state' | 'visibility'>;

/** Private videos are their owner's; those that nobody can watch yet are too, unless one has the address. */
export function maySee(caller: User | undefined, video: Seen): boolean {
  if (video.state === 'deleted') return false;
  return (
    owns(caller, video) || oversees(caller) || (video.visibility !== 'private' && video.state !== 'draft')
  );
}

/** @throws MillraceError not_found */
export function visible<V extends Seen>(caller: User | undefined, video: V | null): V {
  if (video && maySee(caller, video)) return video;
  throw new MillraceError('not_found', 'There is no such video.');
}

/** For its owner, moderators and administrators. @throws MillraceError not_found, forbidden */
export function changeable<V extends Seen>(caller: User, video: V | null): V {
  const seen = visible(caller, video);
  if (owns(caller, seen) || oversees(caller)) return seen;
  throw new MillraceError('forbidden', 'This video is somebody else’s.');
}

/** @throws MillraceError not_found */
export function ownedBy<T extends { ownerId: string }>(caller: User, thing: T | null): T {
  if (thing && owns(caller, thing)) return thing;
  throw new MillraceError('not_found', 'There is no such upload.');
}
