import { type FileHandle, open } from 'node:fs/promises';
import type { PlanWarning } from '../../shared/contracts/encoding.ts';
import { missingEnd } from './completeness.ts';
import type { ProbedStream } from './ffprobe.ts';
import { readHeader } from './mp4-boxes.ts';

const headerBytes = 16;
const blockBytes = 1024 ** 2;

/**
 * A fragmented MP4 names no length. Where the chain of its boxes is broken ffmpeg takes that for the end, without a
 * word: whether fragments come behind is to be seen in the file alone.
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
    const broken = await endOfBoxes(file, size);
    if (broken >= size || !(await holdsFragment(file, broken))) return [];
    return [missingEnd(`what follows byte ${broken} of ${size} is damaged, and nothing behind can be found`)];
  } finally {
    await file.close();
  }
}

/** Where the first box begins that is no whole one; the size of the file when all are. */
async function endOfBoxes(file: FileHandle, size: number): Promise<number> {
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
    if (!header && bytes.toString('latin1', 0, 8) === '\0\0\0\0mdat') return size;
    if (!header || offset + header.size > size) return offset;
    offset += header.size;
  }
  return size;
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
