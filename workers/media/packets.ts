/** What a pass over one stream's packets shows, without decoding. In decoding order; times in seconds. */
export type Packets = {
  /** When each packet is shown, as its container says. Those that an edit list hides are left out. */
  times: Float64Array;
  /** When each is decoded, NaN where its container does not say. */
  decodes: Float64Array;
  bytes: Float64Array;
  /** Which of them are key frames, rising. */
  keys: Float64Array;
  /** The sum of the durations that the container names, 0 where it names none. */
  namedSeconds: number;
  /** The latest time at which a packet ends. */
  endSeconds: number;
  /** Where in the file the last of their bytes is, 0 where its container does not say. */
  endByte: number;
  /** How many packets of the first stream that was read with it come before its own first. */
  follows: number;
  /** How many of its own come after the first one of that stream. */
  later: number;
  /** How many an edit list leaves out. */
  hidden: number;
  /** How many are encrypted. */
  encrypted: number;
  /** Of the first stream that was read: for how long it lacks packets where the file is damaged. */
  missingSeconds: number;
};

export function noPackets(): Packets {
  const none = new Float64Array(0);
  return {
    ...{ times: none, decodes: none, bytes: none, keys: none },
    namedSeconds: 0,
    endByte: 0,
    follows: 0,
    later: 0,
    hidden: 0,
    encrypted: 0,
    missingSeconds: 0,
    endSeconds: Number.NEGATIVE_INFINITY,
  };
}

export type Extent = { firstSeconds: number; endSeconds: number; isDamaged: boolean };

/** A picture may stand still for long; a time stamp may also be wrong by hours. More than this is damage. */
const mostStretch = 3;
export const pauseSeconds = 10;
/** No pause is longer, whatever else bears witness to it: who wrote a wrong time stamp may have counted with it. */
const longestPause = 600;
/** Decoding never goes back in time; what container formats round is less than this. */
const backSeconds = 0.5;
/** What two sources say of one length may differ by this share. */
const tolerance = 0.05;

/**
 * From the first to the end of the last packet. One damaged time stamp must not make hours of still picture, and a
 * clock that begins anew (recordings that were joined) must not hide what comes after: then the stretches between
 * jumps count, one after the other, from the first packet on that has another near it. A long pause is none when
 * `knownSeconds`, from elsewhere, are as long. `packetSeconds` stands in for a last duration that is not named, or
 * too short. Undefined without packets.
 */
export function extentOf(
  packets: Packets,
  packetSeconds: number,
  knownSeconds = 0,
  addedSeconds = Math.max(packets.namedSeconds, packets.times.length * packetSeconds),
): Extent | undefined {
  const { times } = packets;
  const [begin] = times;
  if (begin === undefined) return undefined;
  const firstSeconds = times.reduce((least, time) => Math.min(least, time), begin);
  const lastSeconds = times.reduce((most, time) => Math.max(most, time), begin);
  const endSeconds = Math.max(packets.endSeconds, lastSeconds + packetSeconds);
  const span = endSeconds - firstSeconds;
  const isKnown = Math.abs(span / knownSeconds - 1) < tolerance && onlyPauses(packets);
  const isLikely = isKnown || span <= addedSeconds * mostStretch + pauseSeconds;
  if (isLikely && !beginsAnew(packets)) return { firstSeconds, endSeconds, isDamaged: false };
  const isNear = (time: number, next: number | undefined) =>
    next !== undefined && Math.abs(next - time) <= pauseSeconds;
  const sound = times.find((time, index) => isNear(time, times[index + 1])) ?? begin;
  return {
    firstSeconds: sound,
    endSeconds: sound + sumOf(stretchesIn(packets), addedSeconds / times.length),
    isDamaged: true,
  };
}

/**
 * The picture and the sound, both damaged where one begins so long after the other has ended that they have different
 * clocks, as where one counts from the time of day.
 */
export function onOneClock(
  picture: Extent | undefined,
  sound: Extent | undefined,
): [Extent | undefined, Extent | undefined] {
  if (!picture || !sound || picture.isDamaged || sound.isDamaged) return [picture, sound];
  const gap = Math.max(picture.firstSeconds - sound.endSeconds, sound.firstSeconds - picture.endSeconds);
  const isDamaged = gap > longestPause;
  return [
    { ...picture, isDamaged },
    { ...sound, isDamaged },
  ];
}

/** In the order in which they are shown: behind a pause one may be decoded before those in front of it. */
function onlyPauses({ times }: Packets): boolean {
  return times
    .slice()
    .sort()
    .every((time, index, shown) => time - (shown[index - 1] ?? time) <= longestPause);
}

/** Whether decoding goes back, and goes on from there. */
function beginsAnew({ decodes }: Packets): boolean {
  let latest = Number.NEGATIVE_INFINITY;
  return decodes.some((time, index) => {
    const isBack = time < latest - backSeconds && (decodes[index + 1] ?? latest) < latest - backSeconds;
    if (time > latest) latest = time;
    return isBack;
  });
}

/** Whether a packet is decoded earlier than the one before it. */
function isBack(decodes: Float64Array, index: number): boolean {
  return (decodes[index] ?? 0) < (decodes[index - 1] ?? Number.NEGATIVE_INFINITY) - backSeconds;
}

type Stretch = { index: number; least: number; most: number };

/** What lies between jumps; a single packet that is elsewhere does not interrupt the others. */
function stretchesIn({ times, decodes }: Packets): Stretch[] {
  let [last = 0] = times;
  let stretch = { index: 0, least: last, most: last };
  const stretches = [stretch];
  const isFar = (time: number | undefined) => time !== undefined && Math.abs(time - last) > pauseSeconds;
  for (const [index, time] of times.entries()) {
    if (isFar(time) && index > 0 && !isFar(times[index + 1] ?? time)) continue;
    if (isFar(time) || isBack(decodes, index)) {
      stretch = { index, least: time, most: time };
      stretches.push(stretch);
    }
    stretch.least = Math.min(stretch.least, time);
    stretch.most = Math.max(stretch.most, time);
    last = time;
  }
  return stretches;
}

function sumOf(stretches: Stretch[], packetSeconds: number): number {
  return stretches.reduce((sum, { least, most }) => sum + most - least + packetSeconds, 0);
}

/** The first sound of a recording may come this many packets before its first picture. */
const ahead = 5;

/**
 * By how much later than its time stamps say another stream is due that begins at `beginSeconds`, where the stretches
 * of this one follow each other. 0 in the first of them; with the stretch that it lies in, when it has another clock.
 */
export function laterBy(
  packets: Packets,
  { follows }: Packets,
  beginSeconds: number,
  packetSeconds: number,
): number {
  const stretches = stretchesIn(packets);
  const own = stretches.findLastIndex(({ index }) => index < follows + ahead);
  const [first, stretch] = [stretches[0], stretches[own]];
  if (own <= 0 || !first || !stretch) return 0;
  const isBeside = Math.abs(beginSeconds - stretch.least) <= pauseSeconds;
  return (
    first.least + sumOf(stretches.slice(0, own), packetSeconds) - (isBeside ? stretch.least : beginSeconds)
  );
}

/**
 * A packet of sound may last a second (TTA), and its last one less; containers name no length of it, or a whole one.
 */
const longPacket = 0.1;

/**
 * The same for sound, which has no pauses: its packets are all of one length, whatever the container says. Where the
 * last one of long packets ends is only known by the length of the whole file, `wholeSeconds`.
 */
export function soundExtent(packets: Packets, knownSeconds = 0, wholeSeconds = 0): Extent | undefined {
  const packetSeconds = usualDistance(packets) ?? 0;
  const extent = extentOf(packets, 0, knownSeconds, packets.times.length * packetSeconds);
  if (!extent || extent.isDamaged || packetSeconds < longPacket) return extent;
  const endSeconds = extent.firstSeconds + wholeSeconds;
  return Math.abs(endSeconds - extent.endSeconds) < packetSeconds ? { ...extent, endSeconds } : extent;
}

const usualDistances = new WeakMap<Packets, number | undefined>();

/**
 * The usual distance between packets as they are shown: pauses and single wrong stamps do not count. Where the clock
 * begins anew packets lie between earlier ones, and are not theirs. Sought once for the same packets.
 */
export function usualDistance(packets: Packets): number | undefined {
  if (!usualDistances.has(packets)) usualDistances.set(packets, findUsualDistance(packets));
  return usualDistances.get(packets);
}

function findUsualDistance({ times, decodes }: Packets): number | undefined {
  const distances = new Float64Array(times.length);
  let count = 0;
  let from = 0;
  for (let end = 1; end <= times.length; end += 1) {
    if (end < times.length && !isBack(decodes, end)) continue;
    const shown = times.slice(from, end).sort();
    for (let at = 1; at < shown.length; at += 1, count += 1) {
      distances[count] = (shown[at] ?? 0) - (shown[at - 1] ?? 0);
    }
    from = end;
  }
  const usual = distances.subarray(0, count).sort()[count >> 1];
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

/** What they last together, without pauses. */
export function totalSeconds(packets: Packets): number {
  return packets.times.length * (usualDistance(packets) ?? 0);
}

export function totalBytes({ bytes }: Packets): number {
  return bytes.reduce((sum, size) => sum + size, 0);
}
