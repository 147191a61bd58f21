import { decodedTimes, type ProbedStream, type ProbeTool } from './ffprobe.ts';
import { parseRate } from './frame-rate.ts';
import type { Packets } from './packets.ts';

/** As many packets are decoded: enough to tell, and soon done. */
const mostPackets = 40;
/** A damaged beginning may lack some pictures; of nothing but fields there are half as many. */
const pairedShare = 0.9;
/** What two sources say of one rate may differ by this share. */
const tolerance = 0.05;

/**
 * The pictures a second of H.264 whose fields are packets of their own, as in MP4 a broadcast is after remuxing (PAFF):
 * its packets, and what ffprobe makes of them, count fields. Whole pictures at twice the rate that are marked as
 * interlaced look the same there; only a decoder tells, which makes one picture of two fields. Undefined where packets
 * are pictures.
 */
export async function wholeRate(
  probe: ProbeTool,
  file: string,
  { index, codec_name, avg_frame_rate, r_frame_rate }: ProbedStream,
  { times }: Packets,
  formatName: string | undefined,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (codec_name !== 'h264' || !/\bmov\b/.test(formatName ?? '')) return undefined;
  const packets = Math.min(mostPackets, times.length);
  const shown = await decodedTimes(probe, file, { index, packets }, signal);
  const distances = shown.slice(1).map((time, at) => time - (shown[at] ?? 0));
  const distance = distances.sort((a, b) => a - b)[distances.length >> 1] ?? 0;
  if (shown.length > packets * pairedShare || distance <= 0) return undefined;
  const named = [avg_frame_rate, r_frame_rate].map((rate) => parseRate(rate) ?? 0);
  const known = [...named, ...named.map((rate) => rate / 2)];
  const rate = known.find((one) => Math.abs(one * distance - 1) < tolerance) ?? 1 / distance;
  // Two fields are a picture, and no more are.
  return rate * (2 + tolerance) < (named[0] ?? 0) ? undefined : rate;
}
