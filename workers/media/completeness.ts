import type { PlanWarning } from '../../shared/contracts/encoding.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { ProbedStream, ProbeReport } from './ffprobe.ts';
import { parseRate } from './frame-rate.ts';
import type { Extent, Packets } from './packets.ts';

/** An index that promises this much more than the file holds: the file was cut off. */
const toleratedLoss = 0.05;
/** A length that is named may be rounded, or that of a track that nobody reads. */
const toleratedSeconds = 1;

/**
 * Whether the index of a file promises more frames than it holds. ffmpeg leaves out those that are damaged beyond
 * recognition: where the last ones are there, nothing was cut off. Of AVI it says no length that could tell, but its
 * size does (`isCut`).
 * @throws MillraceError truncated
 */
export function checkFrames(
  video: ProbedStream,
  packets: Packets,
  formatName: string,
  isCut: boolean,
): PlanWarning[] {
  const { nb_frames = 0 } = video;
  const present = countPresent(video, packets, formatName);
  if (nb_frames <= present + 1) return [];
  const held = `${present} of the ${nb_frames} frames that it names`;
  const isAvi = formatName === 'avi';
  if (isAvi ? !isCut : reachesEnd(video, packets, 1 - present / nb_frames)) {
    return [damagedPicture(`The file holds ${held}; where others are damaged, the one before stands still.`)];
  }
  if (!isAvi && nb_frames * (1 - toleratedLoss) > present + 1) {
    throw new MillraceError('truncated', `The file holds ${held}.`);
  }
  return [missingEnd(`the file holds ${held}`)];
}

/** Whether less is missing at the end than such a share of the frames would take: they are missing elsewhere. */
function reachesEnd({ start_time = 0, duration }: ProbedStream, packets: Packets, share: number): boolean {
  return duration !== undefined && duration - (packets.endSeconds - start_time) < (duration * share) / 2;
}

/** AVI also counts frames that only repeat the one before and have no packet: there time tells how many there were. */
function countPresent({ avg_frame_rate }: ProbedStream, packets: Packets, formatName: string): number {
  const count = packets.times.length + packets.hidden;
  const rate = formatName === 'avi' && count > 0 ? parseRate(avg_frame_rate) : undefined;
  return rate === undefined ? count : Math.max(count, Math.round(packets.endSeconds * rate));
}

/** Whether the file cannot be read somewhere before its end. */
export function checkHoles({ missingSeconds }: Packets): PlanWarning[] {
  if (missingSeconds === 0) return [];
  const lost = `${missingSeconds.toFixed(1)} s of the file cannot be read`;
  return [damagedPicture(`${lost}; the picture before them stands still there, and it may be silent.`)];
}

/** Containers that name a length when they are written, beside what can be seen in them. */
const namesLength = /\b(matroska|flv|asf|ogg|mxf)\b/;

/** Whether a file that has no index of its frames lasts as long as it says. */
export function checkLength(
  { format, streams }: ProbeReport,
  extents: (Extent | undefined)[],
): PlanWarning[] {
  const { format_name = '', start_time = 0, duration = 0 } = format;
  // A text may be shown after the end of everything else.
  const isCounted = streams.every(({ codec_type }) => codec_type === 'video' || codec_type === 'audio');
  if (!namesLength.test(format_name) || !isCounted) return [];
  const end = Math.max(...extents.map((extent) => extent?.endSeconds ?? start_time));
  const present = end - start_time;
  // Some name the time of the end in its place.
  if (duration * (1 - toleratedLoss) <= Math.max(present, end) + toleratedSeconds) return [];
  return [missingEnd(`the file holds ${present.toFixed(1)} s of the ${duration.toFixed(1)} s that it names`)];
}

/** For what cannot be decoded, and is filled with a picture that can. */
export function damagedPicture(message: string): PlanWarning {
  return { code: 'damaged_picture', message };
}

/** For what is shown up to where it cannot be read on. */
export function missingEnd(why: string): PlanWarning {
  return { code: 'truncated_end', message: `The end is missing: ${why}.` };
}
