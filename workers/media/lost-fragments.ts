import { type FileHandle, open } from 'node:fs/promises';
import type { PlanWarning } from '../../shared/contracts/encoding.ts';
import { missingEnd } from './completeness.ts';
import type { ProbedStream } from './ffprobe.ts';
import { type BoxHeader, readHeader } from './mp4-boxes.ts';
import type { Packets } from './packets.ts';

const headerBytes = 16;
const blockBytes = 1024 ** 2;
/** What a fragment is made of. */
const ofFragments = ['moof', 'mdat'];

/**
 * A fragmented MP4 names no length, and of its frames none or those alone that lie in front of all fragments. Where the
 * chain of its boxes is broken ffmpeg takes that for the end, without a word: whether the last fragment is whole, and
 * whether others come behind, is to be seen in the file alone.
 */
export async function findLostFragments(
  path: string,
  { nb_frames = 0 }: ProbedStream,
  { times }: Pick<Packets, 'times'>,
  formatName: string | undefined,
): Promise<PlanWarning[]> {
  if (nb_frames >= times.length || !/\bmov\b/.test(formatName ?? '')) return [];
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const { end, tooLong, indexed } = await endOfBoxes(file, size);
    if (end >= size) {
      const held = `the file holds ${size} of the ${indexed} bytes that its index names`;
      return indexed > size ? [missingEnd(held)] : [];
    }
    const cut = tooLong && ofFragments.includes(tooLong.type) ? tooLong : undefined;
    if (await holdsFragment(file, end + (cut ? headerBytes : 0))) {
      return [missingEnd(`what follows byte ${end} of ${size} is damaged, and nothing behind can be found`)];
    }
    return cut
      ? [missingEnd(`of the last ${cut.size} bytes that it names the file holds ${size - end}`)]
      : [];
  } finally {
    await file.close();
  }
}

/**
 * Where the first box begins that is no whole one, and what it says to be; the size of the file when all are whole. Up
 * to then, where the fragments end that an index in front of them names.
 */
async function endOfBoxes(
  file: FileHandle,
  size: number,
): Promise<{ end: number; tooLong?: BoxHeader; indexed: number }> {
  const block = Buffer.alloc(64 * 1024);
  let [from, held] = [0, 0];
  let offset = 0;
  let indexed = 0;
  while (offset < size) {
    if (offset < from || offset + headerBytes > from + held) {
      from = offset;
      held = (await file.read(block, 0, block.length, from)).bytesRead;
    }
    const bytes = block.subarray(offset - from, Math.min(offset - from + headerBytes, held));
    const header = readHeader(bytes);
    // The last box may be of any length, and say so.
    if (!header && bytes.toString('latin1', 0, 8) === '\0\0\0\0mdat') break;
    if (!header) return { end: offset, indexed };
    if (offset + header.size > size) return { end: offset, tooLong: header, indexed };
    if (header.type === 'sidx' && header.size < blockBytes) {
      indexed = Math.max(indexed, await endOfIndexed(file, offset, header.size));
    }
    offset += header.size;
  }
  return { end: size, indexed };
}

/** Where what a segment index (sidx) names ends: it begins behind the index, and each part follows the one before. */
async function endOfIndexed(file: FileHandle, start: number, size: number): Promise<number> {
  const { buffer } = await file.read(Buffer.alloc(size), 0, size, start);
  const isWide = buffer[8] === 1;
  const parts = isWide ? 40 : 32;
  if (size < parts) return 0;
  let end = start + size + (isWide ? Number(buffer.readBigUInt64BE(28)) : buffer.readUInt32BE(24));
  // The first bit of a size tells what the part is.
  for (let at = parts; at + 12 <= size; at += 12) end += buffer.readUInt32BE(at) & 0x7fffffff;
  return end;
}

/** Whether a movie fragment begins somewhere behind `from`: a moof box, which holds an mfhd box first. */
async function holdsFragment(file: FileHandle, from: number): Promise<boolean> {
  const block = Buffer.alloc(blockBytes);
  for (let offset = from; ; offset += blockBytes - headerBytes) {
    const { bytesRead } = await file.read(block, 0, blockBytes, offset);
    const read = block.subarray(0, bytesRead);
    for (let at = read.indexOf('mfhd'); at >= 0; at = read.indexOf('mfhd', at + 1)) {
      if (read.toString('latin1', Math.max(0, at - 8), Math.max(0, at - 4)) === 'moof') return true;
    }
    if (bytesRead < blockBytes) return false;
  }
}
