import type { EncodingPlan, FrameRate } from '../../shared/contracts/encoding.ts';
import { secondsOf } from './frame-rate.ts';
import { type Extent, pauseSeconds } from './packets.ts';

/**
 * Sound that lasts this much longer than the picture is more than the padding of its last frame (AAC of 24 kHz: 43 ms).
 */
const soundOverhang = 0.05;
/** Each of many recordings that were joined has such padding. */
const joinedOverhang = 1;

/**
 * Where the output begins in the source, and how many frames it has. Sound that begins earlier than the picture
 * or ends later is kept: the first or the last picture then stands still, by whole frames.
 */
export function planTimeline(
  found: Extent | undefined,
  picture: Extent,
  rate: FrameRate,
): Pick<EncodingPlan, 'originSeconds' | 'frameCount' | 'durationSeconds'> {
  const frameSeconds = secondsOf(1, rate);
  const sound = found?.isDamaged ? rebuiltSound(found, picture) : found;
  const early = Math.max(0, picture.firstSeconds - (sound?.firstSeconds ?? picture.firstSeconds));
  const originSeconds = picture.firstSeconds - Math.floor(early / frameSeconds + 0.001) * frameSeconds;
  const frames = Math.round((picture.endSeconds - originSeconds) / frameSeconds);
  const soundEnd = sound?.endSeconds ?? originSeconds;
  const isLonger = soundEnd > picture.endSeconds + soundOverhang;
  const soundFrames = isLonger ? Math.floor((soundEnd - originSeconds) / frameSeconds) : 0;
  const frameCount = Math.max(1, frames, soundFrames);
  return {
    originSeconds,
    frameCount,
    durationSeconds: Math.max(secondsOf(frameCount, rate), soundEnd - originSeconds),
  };
}

/** Where sound lies whose times are counted anew, as `soundClock` does it: only when it outlasts the picture by far. */
function rebuiltSound({ firstSeconds, endSeconds }: Extent, picture: Extent): Extent | undefined {
  const isNear = Math.abs(firstSeconds - picture.firstSeconds) < pauseSeconds;
  const later = isNear ? 0 : picture.firstSeconds - firstSeconds;
  const end = endSeconds + later;
  if (end <= picture.endSeconds + joinedOverhang) return undefined;
  return { firstSeconds: picture.firstSeconds, endSeconds: end, isDamaged: true };
}
