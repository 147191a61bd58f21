import type { AudioTrack } from '../../shared/contracts/encoding.ts';
import { leastFilled } from './ffmpeg-args.ts';
import { type Packets, usualDistance } from './packets.ts';

/** A shorter hole leaves the sound where it may be: within 10 ms of its place. Seconds. */
const leastHole = 0.005;
/** So many packets come evenly after it, or times are of a clock that is not exact and say nothing. */
const evenly = 16;
const tolerance = 0.002;

/**
 * The tracks of the default sound begin behind its first packet where that stands alone, a hole before all others: a
 * fragmented MP4 whose picture has B-frames may have its sound later by those, and its first packet not
 * (`empty_moov` of ffmpeg). The hole is too short to be filled as one, and all sound would come too early by it.
 */
export function skipLonelySound(tracks: AudioTrack[], packets: Packets | undefined): AudioTrack[] {
  const begins = packets && beginBehindHole(packets);
  if (begins === undefined) return tracks;
  const [first] = tracks;
  return tracks.map((track) => (track.streamIndex === first?.streamIndex ? { ...track, begins } : track));
}

function beginBehindHole(packets: Packets): number | undefined {
  const usual = usualDistance(packets) ?? 0;
  const [first = 0, begins = 0, ...others] = packets.times.slice(0, evenly + 2);
  const hole = begins - first - usual;
  if (others.length < evenly || hole < leastHole || hole > leastFilled) return undefined;
  const isEven = others.every((time, index) => Math.abs(time - begins - (index + 1) * usual) < tolerance);
  return isEven ? begins : undefined;
}
