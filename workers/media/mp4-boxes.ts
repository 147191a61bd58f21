/** Reading ISO BMFF (ISO/IEC 14496-12) boxes from a buffer. Offsets are in bytes from the buffer's start. */

export type Box = { type: string; start: number; body: number; end: number };

/** The boxes that lie directly in [from, to). A box that runs past `to` ends the list. */
export function boxesIn(data: Buffer, from: number, to: number): Box[] {
  const boxes: Box[] = [];
  for (let start = from; start + 8 <= to; ) {
    const header = readHeader(data.subarray(start, Math.min(start + 16, to)));
    if (!header || start + header.size > to) break;
    boxes.push({ type: header.type, start, body: start + header.headerBytes, end: start + header.size });
    start += header.size;
  }
  return boxes;
}

/** Follows a path of box types down; the first of each. */
export function findBox(
  data: Buffer,
  path: string[],
  within: { body: number; end: number },
): Box | undefined {
  const [type, ...rest] = path;
  const found = boxesIn(data, within.body, within.end).find((box) => box.type === type);
  return found && rest.length > 0 ? findBox(data, rest, found) : found;
}

export type BoxHeader = { type: string; size: number; headerBytes: number };

/** Undefined when the bytes are no box header, or one of unbounded size. */
export function readHeader(bytes: Buffer): BoxHeader | undefined {
  if (bytes.length < 8) return undefined;
  const type = bytes.toString('latin1', 4, 8);
  const short = bytes.readUInt32BE(0);
  if (short === 1) {
    if (bytes.length < 16) return undefined;
    const long = Number(bytes.readBigUInt64BE(8));
    return long < 16 ? undefined : { type, size: long, headerBytes: 16 };
  }
  return short < 8 ? undefined : { type, size: short, headerBytes: 8 };
}
