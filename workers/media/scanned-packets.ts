import { noPackets, type Packets } from './packets.ts';

/** A stream's packets while they are read, by their lines of ffprobe. */
export function scannedPackets() {
  const facts = noPackets();
  const [times, decodes, bytes, keys] = [numberList(), numberList(), numberList(), numberList()];
  return {
    facts,

    count: (): number => times.count(),

    /** The fields of its line behind the number of its stream. */
    add([pts, dts, duration, size, position, flags = '', ...sideData]: string[]): void {
      if (sideData.includes('Encryption info')) facts.encrypted += 1;
      facts.endByte = Math.max(facts.endByte, (Number(position) || 0) + (Number(size) || 0));
      if (flags.includes('D')) {
        facts.hidden += 1;
        return;
      }
      // AVI and MPEG program streams do not say of every packet when it is shown.
      const shown = Number(pts);
      const time = Number.isFinite(shown) ? shown : Number(dts);
      if (!Number.isFinite(time)) return;
      const seconds = Number(duration) || 0;
      if (flags.includes('K')) keys.push(times.count());
      times.push(time);
      decodes.push(Number(dts));
      bytes.push(Number(size) || 0);
      facts.namedSeconds += seconds;
      facts.endSeconds = Math.max(facts.endSeconds, time + seconds);
    },

    packets: (): Packets => ({
      ...facts,
      ...{ times: times.all(), decodes: decodes.all(), bytes: bytes.all(), keys: keys.all() },
    }),
  };
}

/**
 * Numbers that come one by one, 8 bytes each and none of them on the heap, which has an end: the packets of half a day
 * are millions.
 */
function numberList() {
  let values = new Float64Array(1024);
  let count = 0;
  return {
    count: () => count,
    push(value: number): void {
      if (count === values.length) {
        const larger = new Float64Array(Math.ceil(1.5 * count));
        larger.set(values);
        values = larger;
      }
      values[count] = value;
      count += 1;
    },
    all: (): Float64Array => values.subarray(0, count),
  };
}

/** In containers that hold packets in the order of their time. */
const isInOrder = /^(?:matroska|mpegts|flv|asf)/;
/** Less than a second is not missed, and what comes more seldom than that is not missing. */
const missedSeconds = 1;
const mostUsual = 5;
/** A pause has no bytes but those of the container. */
const leastBytesPerSecond = 4096;

/** For how long a stream has no packets where there are bytes that belong to no packet of any stream. */
export function missingTime(formatName = '') {
  let seconds = 0;
  let end = 0;
  let hole = { bytes: 0, end: 0 };
  let latest = Number.NaN;
  let usual = Number.POSITIVE_INFINITY;
  return {
    seconds: () => seconds,

    /** The fields of any line behind the number of its stream, in the order of the file. */
    add([pts, , , size, position]: string[], isOwn: boolean): void {
      const [start, time] = [Number(position), Number(pts)];
      if (!isInOrder.test(formatName) || !Number.isFinite(start + time)) return;
      if (end > 0 && start - end > hole.bytes) hole = { bytes: start - end, end: start };
      end = Math.max(end, start + (Number(size) || 0));
      if (!isOwn) return;
      const gap = time - latest;
      const isLong = gap >= Math.max(missedSeconds, usual * mostUsual);
      if (isLong && hole.bytes >= gap * leastBytesPerSecond) seconds += gap;
      else if (gap > 0) usual = gap;
      // What a transport stream has of a picture in front of a hole comes behind it.
      if (start >= hole.end) hole = { bytes: 0, end: 0 };
      if (!(gap <= 0)) latest = time;
    },
  };
}
