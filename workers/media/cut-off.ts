import { type FileHandle, open } from 'node:fs/promises';
import type { PlanWarning } from '../../shared/contracts/encoding.ts';
import { bytesAt } from './bytes-at.ts';
import { missingEnd } from './completeness.ts';
import { readHeader } from './mp4-boxes.ts';

/** No page of Ogg is longer, and no header of ASF names its size behind as much. */
const lookedAt = 64 * 1024;

/** ASF has an index behind its packets. */
const mostBehind = 0.05;
/** A transport stream tells where a pack of sound begins; that may hold many packets. */
const mostOfPack = 64 * 1024;

/**
 * Whether a file was cut off, or goes on behind what can be read of it, where ffmpeg takes either for the end without a
 * word. ASF names its size in bytes, unless it is of a broadcast; every page of Ogg names its own, and so does the
 * index of an MP4. Behind an FLV, ASF or MP4 another one may have been added, and a transport stream may go on with a
 * program that it tells of only there. `endByte` is where the last packet of picture or sound ends.
 */
export async function findCutOff(
  path: string,
  formatName: string | undefined,
  endByte: number,
): Promise<PlanWarning[]> {
  const isMp4 = /\bmov\b/.test(formatName ?? '');
  if (!isMp4 && !/^(asf|flv|ogg|mpegts)$/.test(formatName ?? '')) return [];
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const due = await namedSize(file, formatName, size);
    if (due > size) return [missingEnd(`the file holds ${size} of the ${due} bytes that it names`)];
    const pack = formatName === 'mpegts' ? mostOfPack : 0;
    if (formatName === 'ogg' || endByte === 0 || endByte + pack >= size * (1 - mostBehind)) return [];
    if (isMp4 && !(await holdsAnother(file, size))) return [];
    return [missingEnd(`nothing can be found behind byte ${endByte} of ${size}`)];
  } finally {
    await file.close();
  }
}

/** 0 where none is named, as in any FLV or transport stream. */
async function namedSize(file: FileHandle, formatName: string | undefined, size: number): Promise<number> {
  if (formatName === 'ogg') return endOfLastPage(file, size);
  if (formatName === 'asf') return sizeInAsf(file);
  return /\bmov\b/.test(formatName ?? '') ? Math.max(0, ...(await endsOfIndexes(file, size))) : 0;
}

/** Whether an MP4 has a second index, of which ffmpeg knows nothing. What else lies behind is no picture. */
async function holdsAnother(file: FileHandle, size: number): Promise<boolean> {
  return (await endsOfIndexes(file, size)).length > 1;
}

/** Whether a file is an MP4 that was cut off in its index. */
export async function endsInIndex(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return (await endsOfIndexes(file, size)).some((end) => end > size);
  } finally {
    await file.close();
  }
}

/** Of an MP4, and no more than two. */
async function endsOfIndexes(file: FileHandle, size: number): Promise<number[]> {
  const ends: number[] = [];
  for (let offset = 0; offset < size && ends.length < 2; ) {
    const box = readHeader(await bytesAt(file, offset, 16));
    if (!box) break;
    offset += box.size;
    if (box.type === 'moov') ends.push(offset);
  }
  return ends;
}

const fileProperties = Buffer.from('a1dcab8c47a9cf118ee400c00c205365', 'hex');

async function sizeInAsf(file: FileHandle): Promise<number> {
  const head = await bytesAt(file, 0, lookedAt);
  const at = head.indexOf(fileProperties);
  if (at < 0 || at + 92 > head.length) return 0;
  const isBroadcast = (head.readUInt32LE(at + 88) & 1) === 1;
  return isBroadcast ? 0 : Number(head.readBigUInt64LE(at + 40));
}

/** A gigabyte each, as they are written. */
const mostParts = 1000;

/** Whether an AVI lacks some of its end. It may be of several parts, each of which names its size. */
export async function isCutAvi(path: string, formatName: string | undefined): Promise<boolean> {
  if (formatName !== 'avi') return false;
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    for (let [offset, part] = [0, 0]; offset < size && part < mostParts; part += 1) {
      const head = await bytesAt(file, offset, 8);
      if (head.length < 8 || head.toString('latin1', 0, 4) !== 'RIFF') return false;
      // Some count this header, too.
      const length = head.readUInt32LE(4);
      if (offset + length > size) return true;
      offset += 8 + length + (length % 2);
    }
    return false;
  } finally {
    await file.close();
  }
}

async function endOfLastPage(file: FileHandle, size: number): Promise<number> {
  const from = Math.max(0, size - lookedAt);
  const tail = await bytesAt(file, from, lookedAt);
  const at = tail.lastIndexOf('OggS');
  if (at < 0) return 0;
  const lengths = 27 + (tail[at + 26] ?? 0);
  const content = tail.subarray(at + 27, at + lengths).reduce((sum, length) => sum + length, 0);
  return from + at + lengths + content;
}
