import type { SegmentFacts } from '../../workers/media/hls-rules.ts';
import { boxesIn, findBox, readHeader } from '../../workers/media/mp4-boxes.ts';
import type { Track } from './init-segment.ts';
import type { Remote } from './remote.ts';

/** Of one track in one fragment: ticks, and bytes from the segment's start. */
type Run = { baseTime: number; duration: number; shown: number; isKeyFrame: boolean; firstSample: number };

const isNotSync = 0x10000;

/**
 * Walks the boxes of a segment; of its media only the beginning of the first sample is fetched.
 * @throws Error when that is no fragmented MP4 of one of these tracks.
 */
export async function readSegment(remote: Remote, tracks: Track[]): Promise<SegmentFacts> {
  const track = tracks.find(({ isPicture }) => isPicture) ?? tracks[0];
  if (!track) throw new Error('no init segment tells what it holds');
  const moofs: number[] = [];
  const runs: Run[] = [];
  for (let offset = 0; offset < remote.bytes; ) {
    const header = readHeader(await remote.read(offset, 16));
    if (!header || offset + header.size > remote.bytes) throw new Error(`no whole box is at byte ${offset}`);
    if (header.type === 'moof') {
      moofs.push(offset);
      const run = readMoof(await remote.read(offset, header.size), offset, track);
      if (run) runs.push(run);
    }
    offset += header.size;
  }
  const [first] = runs;
  const last = runs.at(-1);
  if (!first || !last) throw new Error('no fragment of its track is in it');
  const beginsWithKeyFrame = first.isKeyFrame && (await isRandomAccess(remote, first.firstSample, track));
  return {
    bytes: remote.bytes,
    times: {
      start: first.baseTime / track.timescale,
      seconds: (last.baseTime + last.duration - first.baseTime) / track.timescale,
      shown: (first.shown - track.editTicks) / track.timescale,
    },
    ...(track.isPicture ? { beginsWithKeyFrame } : {}),
    moofs,
  };
}

function readMoof(moof: Buffer, offset: number, track: Track): Run | undefined {
  const whole = readHeader(moof);
  const traf = boxesIn(moof, whole?.headerBytes ?? 8, moof.length).find((box) => {
    const tfhd = box.type === 'traf' && findBox(moof, ['tfhd'], box);
    return tfhd && moof.readUInt32BE(tfhd.body + 4) === track.id;
  });
  const tfhd = traf && findBox(moof, ['tfhd'], traf);
  if (!traf || !tfhd) return undefined;
  const tfdt = findBox(moof, ['tfdt'], traf);
  if (!tfdt) throw new Error(`the fragment at byte ${offset} has no decode time`);
  const baseTime =
    moof[tfdt.body] === 1 ? Number(moof.readBigUInt64BE(tfdt.body + 4)) : moof.readUInt32BE(tfdt.body + 4);
  const defaults = readTfhd(moof, tfhd.body, track);
  const run: Run = {
    baseTime,
    duration: 0,
    shown: baseTime,
    isKeyFrame: true,
    firstSample: offset + moof.length + 8,
  };
  let isFirst = true;
  for (const trun of boxesIn(moof, traf.body, traf.end).filter(({ type }) => type === 'trun')) {
    const flags = moof.readUIntBE(trun.body + 1, 3);
    const has = (flag: number) => (flags & flag) !== 0;
    let at = trun.body + 8;
    const dataOffset = has(0x1) ? moof.readInt32BE(at) : undefined;
    if (has(0x1)) at += 4;
    const firstFlags = has(0x4) ? moof.readUInt32BE(at) : undefined;
    if (has(0x4)) at += 4;
    const columns = [0x100, 0x200, 0x400, 0x800].filter(has);
    const count = moof.readUInt32BE(trun.body + 4);
    for (let index = 0; index < count; index += 1) {
      const cell = (flag: number) => at + columns.indexOf(flag) * 4;
      if (isFirst) {
        const sampleFlags = firstFlags ?? (has(0x400) ? moof.readUInt32BE(cell(0x400)) : defaults.flags);
        run.isKeyFrame = (sampleFlags & isNotSync) === 0;
        // Signed in version 1; in version 0 nobody needs the half that would be negative.
        if (has(0x800)) run.shown += moof.readInt32BE(cell(0x800));
        if (dataOffset !== undefined && !defaults.hasBase) run.firstSample = offset + dataOffset;
        isFirst = false;
      }
      run.duration += has(0x100) ? moof.readUInt32BE(cell(0x100)) : defaults.duration;
      at += columns.length * 4;
    }
  }
  return run;
}

function readTfhd(moof: Buffer, body: number, { defaults }: Track) {
  const flags = moof.readUIntBE(body + 1, 3);
  const has = (flag: number) => (flags & flag) !== 0;
  let at = body + 8 + (has(0x1) ? 8 : 0) + (has(0x2) ? 4 : 0);
  const duration = has(0x8) ? moof.readUInt32BE(at) : defaults.duration;
  at += (has(0x8) ? 4 : 0) + (has(0x10) ? 4 : 0);
  return { duration, flags: has(0x20) ? moof.readUInt32BE(at) : defaults.flags, hasBase: has(0x1) };
}

/** The first slice tells: an IDR in H.264, a random access picture in HEVC. Others are taken by their flags. */
async function isRandomAccess(remote: Remote, sample: number, track: Track): Promise<boolean> {
  const isAvc = track.codec.startsWith('avc');
  for (let at = sample, unit = 0; track.nalLengthBytes > 0 && unit < 32; unit += 1) {
    const head = await remote.read(at, track.nalLengthBytes + 1);
    if (head.length <= track.nalLengthBytes) return true;
    const type = head[track.nalLengthBytes] ?? 0;
    const kind = isAvc ? type & 0x1f : (type >> 1) & 0x3f;
    const isSlice = isAvc ? kind >= 1 && kind <= 5 : kind < 32;
    if (isSlice) return isAvc ? kind === 5 : kind >= 16 && kind <= 21;
    at += track.nalLengthBytes + head.readUIntBE(0, track.nalLengthBytes);
  }
  return true;
}
