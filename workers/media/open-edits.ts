import { type FileHandle, open } from 'node:fs/promises';
import { readHeader } from './mp4-boxes.ts';

/** Of each track the last entry of its edit list. */
const path = ['moov', 'trak', 'edts', 'elst'];
/** More lie in front of the index, or in it, only where somebody wants them to be read for hours. */
const mostBoxes = 1000;

/**
 * Gives an edit that names no length one that reaches to the end of any file, in place: it stands for all that follows
 * where an MP4 has fragments, and ffmpeg leaves out what of them lies in the index itself. Other writers have taken it up.
 */
export async function openEdits(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await follow({ file: handle, left: mostBoxes }, 0, (await handle.stat()).size, path);
  } finally {
    await handle.close();
  }
}

type Walk = { file: FileHandle; left: number };

async function follow(walk: Walk, from: number, to: number, [type, ...rest]: string[]): Promise<void> {
  for (let start = from; start < to && walk.left > 0; walk.left -= 1) {
    const header = readHeader(await bytesAt(walk.file, start, 16));
    if (!header || start + header.size > to) return;
    const body = start + header.headerBytes;
    const end = start + header.size;
    if (header.type === type && rest.length > 0) await follow(walk, body, end, rest);
    else if (header.type === type) await openLast(walk.file, body, end);
    start = end;
  }
}

async function openLast(file: FileHandle, body: number, end: number): Promise<void> {
  const head = await bytesAt(file, body, 8);
  if (head.length < 8) return;
  const wide = head[0] === 1;
  const entryBytes = wide ? 20 : 12;
  const last = body + 8 + (head.readUInt32BE(4) - 1) * entryBytes;
  if (last < body + 8 || last + entryBytes > end) return;
  const entry = await bytesAt(file, last, entryBytes);
  const [duration, mediaTime] = wide
    ? [entry.readBigUInt64BE(0), entry.readBigInt64BE(8)]
    : [entry.readUInt32BE(0), entry.readInt32BE(4)];
  const isStill = entry.readInt16BE(entryBytes - 4) === 0;
  if (Number(duration) !== 0 || mediaTime < 0 || isStill) return;
  await file.write(Buffer.alloc(4, 0xff), 0, 4, wide ? last + 4 : last);
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
