import { type FileHandle, open } from 'node:fs/promises';
import type { PlanWarning } from '../../shared/contracts/encoding.ts';
import { missingEnd } from './completeness.ts';
import type { ProbedStream } from './ffprobe.ts';
import { type BoxHeader, readHeader } from './mp4-boxes.ts';

const headerBytes = 16;
const blockBytes = 1024 ** 2;
/** What a fragment is made of. */
const ofFragments = ['moof', 'mdat'];

/**
 * A fragmented MP4 names no length. Where the chain of its boxes is broken ffmpeg takes that for the end, without a
 * word: whether the last fragment is whole, and whether others come behind, is to be seen in the file alone.
 */
export async function findLostFragments(
  path: string,
  { nb_frames }: ProbedStream,
  formatName: string | undefined,
): Promise<PlanWarning[]> {
  if (nb_frames || !/\bmov\b/.test(formatName ?? '')) return [];
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const { end, tooLong } = await endOfBoxes(file, size);
    if (end >= size) return [];
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

/** Where the first box begins that is no whole one, and what it says to be; the size of the file when all are whole. */
async function endOfBoxes(file: FileHandle, size: number): Promise<{ end: number; tooLong?: BoxHeader }> {
  const block = Buffer.alloc(64 * 1024);
  let [from, held] = [0, 0];
  let offset = 0;
  while (offset < size) {
    if (offset < from || offset + headerBytes > from + held) {
      from = offset;
      held = (await file.read(block, 0, block.length, from)).bytesRead;
    }
    const bytes = block.subarray(offset - from, Math.min(offset - from + headerBytes, held));
    const header = readHeader(bytes);
    // The last box may be of any length, and say so.
    if (!header && bytes.toString('latin1', 0, 8) === '\0\0\0\0mdat') break;
    if (!header) return { end: offset };
    if (offset + header.size > size) return { end: offset, tooLong: header };
    offset += header.size;
  }
  return { end: size };
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
