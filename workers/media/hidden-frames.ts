import { type ProbedStream, type ProbeTool, scanPackets } from './ffprobe.ts';
import { noPackets, type Packets } from './packets.ts';

/**
 * How many packets of a picture an edit list hides. ffmpeg tells of those that it must decode for what is shown; of all
 * others only a second look knows, without the edit list. It is taken where packets that the index names are missing.
 */
export async function countHidden(
  probe: ProbeTool,
  file: string,
  { index, nb_frames = 0 }: ProbedStream,
  { times, hidden }: Packets,
  formatName: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  const isWhole = nb_frames <= times.length + hidden + 1;
  if (isWhole || !/\bmov\b/.test(formatName ?? '')) return hidden;
  const scan = { streamIndexes: [index], formatName, ignoresEdits: true };
  const [all = noPackets()] = await scanPackets(probe, file, scan, signal);
  return Math.max(hidden, all.times.length - times.length);
}
