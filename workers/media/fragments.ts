import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Segment } from '../../shared/contracts/encoding.ts';
import { codecName } from './codec-name.ts';
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

export type FragmentReader = {
  /** Reads what has been written since the last time. Undefined until the init segment is whole. */
  readOn(): Promise<FragmentedFile | undefined>;
  /** The same once nothing more comes. @throws Error when the file is not of that form, or ends inside a box. */
  readToEnd(): Promise<FragmentedFile>;
  close(): Promise<void>;
};

/** Reads a fragmented MP4 of one track by its box headers, also while it is being written; sample data is skipped. */
export async function openFragments(path: string): Promise<FragmentReader> {
  const file = await open(path, 'r');
  const fragments: Fragment[] = [];
  let init: Init | undefined;
  let initSha256 = '';
  let initBytes = 0;
  let pending: { offset: number; moofOffset: number; traf: Traf } | undefined;
  let fragmentStart = 0;
  let offset = 0;

  /** False when the rest of the file is no whole box. */
  async function takeBox(size: number): Promise<boolean> {
    const header = readHeader(await read(file, offset, Math.min(16, size - offset)));
    if (!header || offset + header.size > size) return false;
    const end = offset + header.size;
    if (header.type === 'moov') {
      init = parseInit(await read(file, offset, header.size));
      initBytes = end;
      fragmentStart = end;
      initSha256 = createHash('sha256')
        .update(await read(file, 0, initBytes))
        .digest('hex');
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
    return true;
  }

  async function readOn(): Promise<FragmentedFile | undefined> {
    const { size } = await file.stat();
    while (offset < size && (await takeBox(size)));
    return init && { initBytes, initSha256, timescale: init.timescale, codecs: init.codecs, fragments };
  }

  return {
    readOn,
    async readToEnd() {
      const whole = await readOn();
      const { size } = await file.stat();
      if (offset < size) throw new Error(`no whole box at byte ${offset} of ${size}`);
      if (!whole) throw new Error('there is no moov box');
      return whole;
    },
    close: () => file.close(),
  };
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
    codecs: codecName(moov, { from: stsd.body + 8, to: stsd.end }),
    defaultDuration: trex ? moov.readUInt32BE(trex.body + 12) : 0,
    defaultSize: trex ? moov.readUInt32BE(trex.body + 16) : 0,
  };
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
 * Joins fragments to segments, numbered from `firstNumber`. A segment begins at each of `starts`, counted in
 * samples, or with every fragment. With `withKeyFrames`, every fragment begins with a key frame and is noted as one.
 */
export function cutSegments(
  file: FragmentedFile,
  options: { firstNumber: number; starts: number[] | 'every fragment'; withKeyFrames: boolean },
): CutSegment[] {
  const { firstNumber, starts, withKeyFrames } = options;
  const isStart = new Set(starts === 'every fragment' ? [] : starts);
  const groups: Fragment[][] = [];
  let samples = 0;
  for (const fragment of file.fragments) {
    const begins = starts === 'every fragment' || isStart.has(samples);
    if (begins || groups.length === 0) groups.push([]);
    groups.at(-1)?.push(fragment);
    samples += fragment.samples;
  }
  const seconds = (fragment: Fragment) => fragment.duration / file.timescale;
  return groups.map((group, index) => {
    const offset = group[0]?.offset ?? 0;
    return {
      n: firstNumber + index,
      offset,
      bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
      seconds: group.reduce((sum, fragment) => sum + seconds(fragment), 0),
      keyFrames: withKeyFrames
        ? group.map((fragment) => ({
            offset: fragment.moofOffset - offset,
            bytes: fragment.firstSampleBytes,
            seconds: seconds(fragment),
          }))
        : [],
    };
  });
}
