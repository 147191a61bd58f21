/** What a pass over one stream's packets shows, without decoding. In decoding order; times in seconds. */
export type Packets = {
  /** When each packet is shown, as its container says. Those that an edit list hides are left out. */
  times: number[];
  bytes: number[];
  /** Which of them are key frames, rising. */
  keys: number[];
  /** The sum of the durations that the container names, 0 where it names none. */
  namedSeconds: number;
  /** The latest time at which a packet ends. */
  endSeconds: number;
  /** How many an edit list leaves out. */
  hidden: number;
  /** How many are encrypted. */
  encrypted: number;
};

export function noPackets(): Packets {
  const none = { times: [], bytes: [], keys: [], namedSeconds: 0, hidden: 0, encrypted: 0 };
  return { ...none, endSeconds: Number.NEGATIVE_INFINITY };
}

export type Extent = { firstSeconds: number; endSeconds: number; isDamaged: boolean };

/** A picture may stand still for long; a time stamp may also be wrong by hours. More than this is damage. */
const mostStretch = 3;
const pauseSeconds = 10;

/**
 * From the first to the end of the last packet. One damaged time stamp must not make hours of still picture: when
 * the packets span far more than `addedSeconds`, what their durations add up to, that counts, from the first packet
 * on that has another near it. `packetSeconds` stands in for a last duration that is not named, or too short.
 * Undefined without packets.
 */
export function extentOf(
  packets: Packets,
  packetSeconds: number,
  addedSeconds = Math.max(packets.namedSeconds, packets.times.length * packetSeconds),
): Extent | undefined {
  const { times } = packets;
  const [begin] = times;
  if (begin === undefined) return undefined;
  const firstSeconds = times.reduce((least, time) => Math.min(least, time), begin);
  const lastSeconds = times.reduce((most, time) => Math.max(most, time), begin);
  const endSeconds = Math.max(packets.endSeconds, lastSeconds + packetSeconds);
  if (endSeconds - firstSeconds <= addedSeconds * mostStretch + pauseSeconds) {
    return { firstSeconds, endSeconds, isDamaged: false };
  }
  const isNear = (time: number, next: number | undefined) =>
    next !== undefined && Math.abs(next - time) <= pauseSeconds;
  const sound = times.find((time, index) => isNear(time, times[index + 1])) ?? begin;
  return { firstSeconds: sound, endSeconds: sound + addedSeconds, isDamaged: true };
}

/** The same for sound, which has no pauses: its packets are all of one length, whatever the container says. */
export function soundExtent(packets: Packets): Extent | undefined {
  return extentOf(packets, 0, packets.times.length * (usualDistance(packets) ?? 0));
}

/** The usual distance between packets as they are shown: pauses and single wrong stamps do not count. */
export function usualDistance({ times }: Packets): number | undefined {
  const shown = Float64Array.from(times).sort();
  const distances = shown.subarray(1).map((time, index) => time - (shown[index] ?? 0));
  const usual = distances.sort()[distances.length >> 1];
  return usual && usual > 0 ? usual : undefined;
}

/** Sources of key frames alone would otherwise fill the plan. */
const keySpacing = 0.5;

/** When key frames are shown, rising, at least half a second apart: where decoding can begin. */
export function keySeconds({ times, keys }: Packets): number[] {
  const spaced: number[] = [];
  for (const key of keys) {
    const time = times[key] ?? 0;
    if (time >= (spaced.at(-1) ?? Number.NEGATIVE_INFINITY) + keySpacing) spaced.push(time);
  }
  return spaced;
}

export function totalBytes({ bytes }: Packets): number {
  return bytes.reduce((sum, size) => sum + size, 0);
}
