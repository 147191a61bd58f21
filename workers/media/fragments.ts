import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Segment } from '../../shared/contracts/encoding.ts';
import { boxesIn, findBox, readHeader } from './mp4-boxes.ts';

/** One movie fragment of one track. Bytes in the file; times in ticks of the track's timescale. */
export type Fragment = {
  offset: number;
  bytes: number;
  /** Where its moof begins, and how many bytes from there to the end of its first sample. */
  moofOffset: number;
  firstSampleBytes: number;
  baseTime: number;
  duration: number;
  samples: number;
};

export type FragmentedFile = {
  initBytes: number;
  initSha256: string;
  timescale: number;
  /** RFC 6381. */
  codecs: string;
  fragments: Fragment[];
};

/**
 * Reads a fragmented MP4 of one track by its box headers; sample data is skipped.
 * @throws Error when the file is not of that form.
 */
export async function readFragmentedFile(path: string): Promise<FragmentedFile> {
  const file = await open(path, 'r');
  try {
    return await walk(file);
  } finally {
    await file.close();
  }
}

async function walk(file: FileHandle): Promise<FragmentedFile> {
  const { size } = await file.stat();
  let init: Init | undefined;
  let initBytes = 0;
  let pending: { offset: number; moofOffset: number; traf: Traf } | undefined;
  let fragmentStart = 0;
  const fragments: Fragment[] = [];
  for (let offset = 0; offset < size; ) {
    const header = readHeader(await read(file, offset, Math.min(16, size - offset)));
    if (!header || offset + header.size > size) throw new Error(`no whole box at byte ${offset} of ${size}`);
    const end = offset + header.size;
    if (header.type === 'moov') {
      init = parseInit(await read(file, offset, header.size));
      initBytes = end;
      fragmentStart = end;
    } else if (header.type === 'moof' && init) {
      const traf = parseMoof(await read(file, offset, header.size), init);
      pending = { offset: fragmentStart, moofOffset: offset, traf };
    } else if (header.type === 'mdat' && pending) {
      const { traf, ...at } = pending;
      const toFirstSample = offset - at.moofOffset + header.headerBytes;
      const firstSampleBytes = toFirstSample + traf.firstSampleSize;
      fragments.push({ ...at, bytes: end - at.offset, firstSampleBytes, ...traf.times });
      pending = undefined;
      fragmentStart = end;
    }
    offset = end;
  }
  if (!init) throw new Error('there is no moov box');
  const initSha256 = createHash('sha256')
    .update(await read(file, 0, initBytes))
    .digest('hex');
  return { initBytes, initSha256, timescale: init.timescale, codecs: init.codecs, fragments };
}

async function read(file: FileHandle, offset: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, offset);
  return buffer.subarray(0, bytesRead);
}

type Init = { timescale: number; codecs: string; defaultDuration: number; defaultSize: number };

function parseInit(moov: Buffer): Init {
  const whole = { body: 8, end: moov.length };
  const mdia = findBox(moov, ['trak', 'mdia'], whole);
  const mdhd = mdia && findBox(moov, ['mdhd'], mdia);
  const stsd = mdia && findBox(moov, ['minf', 'stbl', 'stsd'], mdia);
  const trex = findBox(moov, ['mvex', 'trex'], whole);
  if (!mdhd || !stsd) throw new Error('the moov box has no track');
  const isLong = moov[mdhd.body] === 1;
  return {
    timescale: moov.readUInt32BE(mdhd.body + (isLong ? 20 : 12)),
    codecs: parseCodecs(moov, stsd.body + 8, stsd.end),
    defaultDuration: trex ? moov.readUInt32BE(trex.body + 12) : 0,
    defaultSize: trex ? moov.readUInt32BE(trex.body + 16) : 0,
  };
}

/** RFC 6381 names: avc1 with profile, constraints and level from avcC; mp4a with the object type from esds. */
function parseCodecs(moov: Buffer, from: number, to: number): string {
  const entry = boxesIn(moov, from, to)[0];
  if (entry?.type === 'avc1') {
    const avcC = findBox(moov, ['avcC'], { body: entry.body + 78, end: entry.end });
    if (avcC) return `avc1.${moov.toString('hex', avcC.body + 1, avcC.body + 4)}`;
  }
  if (entry?.type === 'mp4a') {
    const esds = findBox(moov, ['esds'], { body: entry.body + 28, end: entry.end });
    const type = esds && audioObjectType(moov.subarray(esds.body + 4, esds.end));
    if (type) return `mp4a.40.${type}`;
  }
  throw new Error(`the sample entry ${entry?.type} is not one that Millrace writes`);
}

/** Walks ES_Descriptor > DecoderConfigDescriptor > DecoderSpecificInfo (ISO/IEC 14496-1). */
function audioObjectType(descriptors: Buffer): number | undefined {
  const skips: Record<number, number> = { 3: 3, 4: 13 };
  for (let at = 0; at + 1 < descriptors.length; ) {
    const tag = descriptors[at++] ?? 0;
    while (((descriptors[at] ?? 0) & 0x80) !== 0) at += 1;
    at += 1;
    if (tag === 5) return (descriptors[at] ?? 0) >> 3;
    at += skips[tag] ?? descriptors.length;
  }
  return undefined;
}

type Traf = { firstSampleSize: number; times: Pick<Fragment, 'baseTime' | 'duration' | 'samples'> };

function parseMoof(moof: Buffer, init: Init): Traf {
  const traf = findBox(moof, ['traf'], { body: 8, end: moof.length });
  const tfhd = traf && findBox(moof, ['tfhd'], traf);
  const tfdt = traf && findBox(moof, ['tfdt'], traf);
  if (!traf || !tfhd || !tfdt) throw new Error('a fragment has no track');
  const defaults = parseTfhd(moof, tfhd.body, init);
  const baseTime =
    moof[tfdt.body] === 1 ? Number(moof.readBigUInt64BE(tfdt.body + 4)) : moof.readUInt32BE(tfdt.body + 4);
  let firstSampleSize: number | undefined;
  let duration = 0;
  let samples = 0;
  for (const trun of boxesIn(moof, traf.body, traf.end).filter((box) => box.type === 'trun')) {
    const flags = moof.readUIntBE(trun.body + 1, 3);
    const count = moof.readUInt32BE(trun.body + 4);
    const has = (flag: number) => (flags & flag) !== 0;
    const rowBytes = [0x100, 0x200, 0x400, 0x800].filter(has).length * 4;
    let row = trun.body + 8 + (has(0x1) ? 4 : 0) + (has(0x4) ? 4 : 0);
    for (let index = 0; index < count; index += 1, row += rowBytes) {
      duration += has(0x100) ? moof.readUInt32BE(row) : defaults.duration;
      firstSampleSize ??= has(0x200) ? moof.readUInt32BE(row + (has(0x100) ? 4 : 0)) : defaults.size;
    }
    samples += count;
  }
  return { firstSampleSize: firstSampleSize ?? 0, times: { baseTime, duration, samples } };
}

function parseTfhd(moof: Buffer, body: number, init: Init): { duration: number; size: number } {
  const flags = moof.readUIntBE(body + 1, 3);
  let at = body + 8 + ((flags & 0x1) !== 0 ? 8 : 0) + ((flags & 0x2) !== 0 ? 4 : 0);
  let { defaultDuration: duration, defaultSize: size } = init;
  if ((flags & 0x8) !== 0) {
    duration = moof.readUInt32BE(at);
    at += 4;
  }
  if ((flags & 0x10) !== 0) size = moof.readUInt32BE(at);
  return { duration, size };
}

/** A segment and where its bytes lie in the file. */
export type CutSegment = Segment & { offset: number };

/**
 * Joins fragments to segments of `perSegment` each, numbered from `firstNumber`. With `withKeyFrames`, every
 * fragment begins with a key frame and is noted as one.
 */
export function cutSegments(
  file: FragmentedFile,
  options: { firstNumber: number; perSegment: number; withKeyFrames: boolean },
): CutSegment[] {
  const segments: CutSegment[] = [];
  for (let at = 0; at < file.fragments.length; at += options.perSegment) {
    const group = file.fragments.slice(at, at + options.perSegment);
    const offset = group[0]?.offset ?? 0;
    const seconds = (fragment: Fragment) => fragment.duration / file.timescale;
    segments.push({
      n: options.firstNumber + segments.length,
      offset,
      bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
      seconds: group.reduce((sum, fragment) => sum + seconds(fragment), 0),
      keyFrames: options.withKeyFrames
        ? group.map((fragment) => ({
            offset: fragment.moofOffset - offset,
            bytes: fragment.firstSampleBytes,
            seconds: seconds(fragment),
          }))
        : [],
    });
  }
  return segments;
}
