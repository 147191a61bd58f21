import { readFile, writeFile } from 'node:fs/promises';

/** A pair of bytes of CEA-608, without parity. */
type Pair = [number, number];

const nothing: Pair = [0, 0];
const clear: Pair = [0x14, 0x2c];
const show: Pair = [0x14, 0x2f];
/** Load a text that is not shown yet, empty it, and write in the 15th row. */
const begin: Pair[] = [
  [0x14, 0x20],
  [0x14, 0x2e],
  [0x14, 0x70],
];

/** The start code of a unit, and those of a picture's own. */
const delimiter = Buffer.from([0, 0, 0, 1, 0x09]);
const isPicture = (type: number) => type === 1 || type === 5;

/**
 * Adds closed captions (CEA-608, CC1, pop-on) to raw H.264 that has delimiters and no B-frames: each picture carries
 * two bytes. A text that begins to load at a frame is shown `framesToShow` of it later; an empty one clears the screen.
 */
export async function addClosedCaptions(path: string, texts: Record<number, string>): Promise<void> {
  const pictures = splitPictures(await readFile(path));
  const queue: Pair[] = [];
  const marked = pictures.map((picture, frame) => {
    const text = texts[frame];
    if (text !== undefined) queue.push(...pairsOf(text));
    const at = pictureStart(picture);
    return Buffer.concat([picture.subarray(0, at), unit(queue.shift() ?? nothing), picture.subarray(at)]);
  });
  await writeFile(path, Buffer.concat(marked));
}

/** From the frame where it begins to load; a command comes twice, and counts at its first. */
export const framesToShow = (text: string) => pairsOf(text).length - 2;

function pairsOf(text: string): Pair[] {
  const twice = (pairs: Pair[]) => pairs.flatMap((pair): Pair[] => [pair, pair]);
  if (text === '') return twice([clear]);
  const bytes = [...Buffer.from(text.padEnd(text.length + (text.length % 2), '\0'), 'latin1')];
  const letters = bytes.flatMap((byte, index): Pair[] => (index % 2 ? [] : [[byte, bytes[index + 1] ?? 0]]));
  return [...twice(begin), ...letters, ...twice([show])];
}

function splitPictures(file: Buffer): Buffer[] {
  const starts: number[] = [];
  for (let at = file.indexOf(delimiter); at !== -1; at = file.indexOf(delimiter, at + 1)) starts.push(at);
  return starts.map((start, index) => file.subarray(start, starts[index + 1]));
}

function pictureStart(picture: Buffer): number {
  const code = Buffer.from([0, 0, 1]);
  for (let at = picture.indexOf(code); at !== -1; at = picture.indexOf(code, at + 1)) {
    if (isPicture((picture[at + 3] ?? 0) & 0x1f)) return at;
  }
  throw new Error('There is no picture behind a delimiter.');
}

/** A unit of additional information (SEI) with what ATSC A/53 Part 4 wraps around a pair. */
function unit(pair: Pair): Buffer {
  const captions = [3, 0x41, 0xff, 0xfc, ...pair.map(withParity), 0xff];
  const registered = [0xb5, 0, 0x31, ...Buffer.from('GA94'), ...captions];
  return Buffer.from([0, 0, 0, 1, 6, 4, registered.length, ...escaped(registered), 0x80]);
}

function withParity(byte: number): number {
  const ones = [0, 1, 2, 3, 4, 5, 6].filter((bit) => (byte >> bit) & 1).length;
  return ones % 2 ? byte : byte | 0x80;
}

/** Two zeros and a byte up to 3 would look like the start of a unit. */
function escaped(bytes: number[]): number[] {
  let zeros = 0;
  return bytes.flatMap((byte) => {
    const written = zeros >= 2 && byte <= 3 ? [3, byte] : [byte];
    zeros = byte === 0 ? (written.length === 2 ? 1 : zeros + 1) : 0;
    return written;
  });
}
