import { type FileHandle, open } from 'node:fs/promises';
import { bytesAt } from './bytes-at.ts';
import { ids, readTracks } from './matroska.ts';
import { type Box, readHeader } from './mp4-boxes.ts';

const matroska = 0x1a45dfa3;
/** More lie beside each other only in files that are damaged or hostile. */
const mostBoxes = 1000;
const mostEntryBytes = 1024 ** 2;
/** The name of no codec; to ffmpeg `none` is one of QuickTime's. */
const nothing = 'hide';

/**
 * Makes the codec of one track unknown, in place, in MP4 and Matroska. Where a decoder refuses what a track says of
 * itself, as ffmpeg 5.1 does with newer kinds of AAC, ffprobe ends without a word about the others.
 * @param index of its stream @returns whether it was found
 */
export async function hideCodec(path: string, index: number): Promise<boolean> {
  const file = await open(path, 'r+');
  try {
    const start = await bytesAt(file, 0, 4);
    const isMatroska = start.length === 4 && start.readUInt32BE(0) === matroska;
    return isMatroska ? await hideInMatroska(file, index) : await hideInMp4(file, index);
  } finally {
    await file.close();
  }
}

async function hideInMatroska(file: FileHandle, index: number): Promise<boolean> {
  const codec = (await readTracks(file))[index]?.fields.get(ids.codec);
  if (!codec) return false;
  // What begins with another letter than its kind of track has, ffmpeg leaves out, and counts the others anew.
  await file.write('x'.repeat(Math.max(0, codec.body.length - 2)), codec.at + 2, 'latin1');
  return true;
}

async function hideInMp4(file: FileHandle, index: number): Promise<boolean> {
  let within = { body: 0, end: (await file.stat()).size };
  for (const [type, place] of [
    ['moov', 0],
    ['trak', index],
    ...['mdia', 'minf', 'stbl', 'stsd'].map((name) => [name, 0] as const),
  ] as const) {
    const box = (await childrenOf(file, within)).filter((child) => child.type === type)[place];
    if (!box) return false;
    within = box;
  }
  // Behind a version and a count lie the entries.
  const [entry] = await childrenOf(file, { body: within.body + 8, end: within.end });
  if (!entry) return false;
  await file.write(nothing, entry.start + 4, 'latin1');
  // This names the codec as well.
  const size = Math.min(entry.end - entry.body, mostEntryBytes);
  const about = (await bytesAt(file, entry.body, size)).indexOf('esds');
  if (about >= 0) await file.write('free', entry.body + about, 'latin1');
  return true;
}

async function childrenOf(file: FileHandle, { body, end }: Pick<Box, 'body' | 'end'>): Promise<Box[]> {
  const boxes: Box[] = [];
  for (let start = body; start < end && boxes.length < mostBoxes; start = boxes.at(-1)?.end ?? end) {
    const header = readHeader(await bytesAt(file, start, 16));
    if (!header || start + header.size > end) break;
    boxes.push({ type: header.type, start, body: start + header.headerBytes, end: start + header.size });
  }
  return boxes;
}
