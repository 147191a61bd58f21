import type { Video } from '../shared/db/video-record.ts';
import { MillraceError } from '../shared/errors.ts';
import { type Actor, overseers } from './access/policy.ts';
import { playingGeneration } from './present.ts';
import { type Asking, refuseElsewhere } from './refuse-elsewhere.ts';

type Watchable = Parameters<typeof playingGeneration>[0] & Pick<Video, 'takenDown'>;

/**
 * What nobody can watch is neither liked nor commented, and has no views.
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
function refuseTakenDown(video: Pick<Video, 'takenDown'>, actor: Actor | undefined): void {
  if (video.takenDown && !actor?.roles.some((role) => overseers.includes(role))) throw takenDown();
}

/**
 * Who may see a video may play it, but for what was taken down, and for who is elsewhere.
 * @throws MillraceError taken_down, not_in_region
 */
export function refusePlaying<V extends Video>(video: V, asking: Asking): V {
  refuseTakenDown(video, asking.caller);
  return refuseElsewhere(video, asking);
}

/** Whether `refusePlaying` lets somebody play. */
export function mayPlay(video: Video, asking: Asking): boolean {
  try {
    refusePlaying(video, asking);
    return true;
  } catch (error) {
    if (error instanceof MillraceError) return false;
    throw error;
  }
}

function takenDown(): MillraceError {
  return new MillraceError('taken_down', 'Moderators have taken the video down.');
}
