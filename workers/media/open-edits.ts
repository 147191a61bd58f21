import { type FileHandle, open } from 'node:fs/promises';
import { bytesAt } from './bytes-at.ts';
import { readHeader } from './mp4-boxes.ts';

/** Of each track its edit list. */
const path = ['moov', 'trak', 'edts', 'elst'];
/** More lie in front of the index, or in it, only where somebody wants them to be read for hours. */
const mostBoxes = 1000;
const mostEdits = 1000;
/** Behind the end of any track, as far as either form of an edit can say. */
const behindAll = [0x7fffffff, 0xffffffffffff] as const;
const empty = -1;

/**
 * Mends what ffmpeg takes wrong in the edit lists of an MP4, in place.
 *
 * An edit that names no length gets one that reaches to the end of any file: it stands for all that follows where there
 * are fragments, and ffmpeg leaves out what of them lies in the index itself. Other writers have taken it up.
 *
 * An edit that is empty, or stands still, becomes one of what is behind the end of its track: the picture before it
 * stays, and there is no sound. ffmpeg knows empty edits in front of all others only, plays the beginning of the track
 * in others, and plays on where the picture should stand.
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
    else if (header.type === type) await mendList(walk.file, body, end);
    start = end;
  }
}

async function mendList(file: FileHandle, body: number, end: number): Promise<void> {
  const head = await bytesAt(file, body, 8);
  if (head.length < 8) return;
  const isWide = head[0] === 1;
  const entryBytes = isWide ? 20 : 12;
  const count = head.readUInt32BE(4);
  if (count > mostEdits || body + 8 + count * entryBytes > end) return;
  const bytes = await bytesAt(file, body + 8, count * entryBytes);
  const edits = Array.from({ length: Math.floor(bytes.length / entryBytes) }, (_, index) =>
    editIn(bytes.subarray(index * entryBytes, (index + 1) * entryBytes)),
  );
  const before = Buffer.from(bytes);
  openLast(edits.at(-1));
  leaveOut(edits);
  if (!bytes.equals(before)) await file.write(bytes, 0, bytes.length, body + 8);
}

type Edit = ReturnType<typeof editIn>;

/** One entry of an edit list, and how to change it. */
function editIn(entry: Buffer) {
  const isWide = entry.length === 20;
  const mediaTime = Number(isWide ? entry.readBigInt64BE(8) : entry.readInt32BE(4));
  return {
    duration: Number(isWide ? entry.readBigUInt64BE(0) : entry.readUInt32BE(0)),
    mediaTime,
    isStill: entry.readInt32BE(entry.length - 4) === 0,
    openEnd: () => entry.fill(0xff, isWide ? 4 : 0, isWide ? 8 : 4),
    begin: (time: number) => (isWide ? entry.writeBigInt64BE(BigInt(time), 8) : entry.writeInt32BE(time, 4)),
    behindAll: behindAll[isWide ? 1 : 0],
  };
}

function openLast(edit: Edit | undefined): void {
  if (edit?.duration === 0 && edit.mediaTime >= 0 && !edit.isStill) edit.openEnd();
}

/** Where every edit stands still, who wrote the list has forgotten the rate. */
function leaveOut(edits: Edit[]): void {
  const first = edits.findIndex(({ mediaTime, isStill }) => mediaTime >= 0 && !isStill);
  if (first < 0) return;
  for (const [index, edit] of edits.entries()) {
    const shows = edit.mediaTime !== empty && (!edit.isStill || edit.mediaTime < 0);
    if (!shows) edit.begin(index < first ? empty : edit.behindAll);
  }
}
