import type { PlanWarning } from '../../shared/contracts/encoding.ts';
import type { ProbedStream, ProbeReport } from './ffprobe.ts';
import { type Packets, totalSeconds } from './packets.ts';

/** So many packets of two pictures may lie among each other where one follows the other; fewer are none to speak of. */
const overlap = 25;

/** The other pictures of a transport stream: a recording may go on with tracks of other numbers. */
export function otherPictures({ streams, format }: ProbeReport, { index }: ProbedStream): number[] {
  if (format.format_name !== 'mpegts') return [];
  return streams
    .filter((stream) => stream.codec_type === 'video' && stream.index !== index)
    .map((stream) => stream.index);
}

/** Of a picture one track is shown: what another one has before its beginning or after its end is missing. */
export function leftOutPictures({ times }: Packets, others: Packets[]): PlanWarning[] {
  return others.flatMap((other) => {
    const count = other.times.length;
    // The last packet of a track is only known to be whole at the end of the file.
    const isBefore = other.later < count / 5;
    if (count < overlap || !(isBefore || other.follows > times.length - overlap)) return [];
    const what = `${totalSeconds(other).toFixed(1)} s ${isBefore ? 'before' : 'after'} what is shown were left out`;
    return { code: 'picture_left_out', message: `The picture changes its track midway: ${what}.` };
  });
}
