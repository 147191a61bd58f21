import type { Video } from '../shared/db/video-record.ts';
import { MillraceError } from '../shared/errors.ts';
import { type Actor, overseers } from './access/policy.ts';
import { playingGeneration } from './present.ts';

type Watchable = Pick<Video, 'state' | 'generation' | 'activeGeneration' | 'playableAt' | 'takenDown'>;

/**
 * What nobody can watch is neither liked nor commented.
 * @throws MillraceError taken_down, not_playable_yet
 */
export function refuseUnwatchable(video: Watchable): void {
  if (video.takenDown) throw takenDown();
  if (playingGeneration(video) === undefined) {
    throw new MillraceError('not_playable_yet', 'The video cannot be played yet.');
  }
}

/**
 * What was taken down does not play for its owner either, who sees that it is there, and why. Overseers judge it.
 * @throws MillraceError taken_down
 */
export function refuseTakenDown(video: Pick<Video, 'takenDown'>, actor: Actor | undefined): void {
  if (video.takenDown && !actor?.roles.some((role) => overseers.includes(role))) throw takenDown();
}

function takenDown(): MillraceError {
  return new MillraceError('taken_down', 'Moderators have taken the video down.');
}
