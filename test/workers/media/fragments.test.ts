import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import {
  cutSegments,
  type Fragment,
  type FragmentedFile,
  openFragments,
} from '../../../workers/media/fragments.ts';
import { boxesIn } from '../../../workers/media/mp4-boxes.ts';
import { h264, moving } from '../../support/media.ts';
import { readFragmentedFile } from '../../support/read-fragments.ts';

const run = promisify(execFile);

describe('reading a fragmented file', () => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  let whole: FragmentedFile;
  let bytes: Buffer;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-fragments-'));
    const movflags = '+cmaf+delay_moov+default_base_moof+skip_trailer+frag_keyframe';
    const words = [...moving('25', 4), ...h264(20), '-movflags', movflags, path('clip.mp4')];
    await run('ffmpeg', ['-nostdin', '-v', 'error', ...words]);
    whole = await readFragmentedFile(path('clip.mp4'));
    bytes = readFileSync(path('clip.mp4'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('finds its init segment, and every fragment with what it holds', () => {
    expect(whole.fragments.map(({ samples }) => samples)).to.deep.equal([20, 20, 20, 20, 20]);
    const ticks = (frames: number) => (frames * whole.timescale) / 25;
    expect(whole.fragments.map(({ baseTime, duration }) => [baseTime, duration])).to.deep.equal(
      [0, 20, 40, 60, 80].map((frame) => [ticks(frame), ticks(20)]),
    );
    let at = whole.initBytes;
    for (const { offset, bytes: size, moofOffset, firstSampleBytes } of whole.fragments) {
      expect(offset).to.equal(at);
      expect(bytes.toString('latin1', moofOffset + 4, moofOffset + 8)).to.equal('moof');
      expect(firstSampleBytes).to.be.within(100, size);
      at += size;
    }
    expect(at).to.equal(bytes.length);
    expect(whole.initSha256).to.match(/^[0-9a-f]{64}$/);
    expect(whole.codecs).to.match(/^avc1\.[0-9a-f]{6}$/);
  });

  it('goes by the defaults of fragment and file, and by each frame’s own figures before them', async () => {
    const box = (type: string, ...content: Buffer[]) => {
      const body = Buffer.concat(content);
      return Buffer.concat([words(8 + body.length), Buffer.from(type, 'latin1'), body]);
    };
    const words = (...values: number[]) => {
      const buffer = Buffer.alloc(4 * values.length);
      for (const [n, value] of values.entries()) buffer.writeUInt32BE(value, 4 * n);
      return buffer;
    };
    const moof = (...boxes: Buffer[]) => box('moof', box('mfhd', words(0, 1)), box('traf', ...boxes));
    const init = Buffer.from(bytes.subarray(0, whole.initBytes));
    words(40, 400).copy(init, init.indexOf('trex') + 16);
    const own = moof(
      box('tfhd', words(0x1b, 1, 0, 0, 1, 50, 500)),
      box('tfdt', words(0, 7)),
      ...[2, 1].map((count) => box('trun', words(0x1, count, 0))),
    );
    const long = Buffer.concat([words(1), Buffer.from('mdat'), words(0, 16 + 1500), Buffer.alloc(1500)]);
    const each = moof(
      box('tfhd', words(0, 1)),
      box('tfdt', words(0x01000000, 1, 0)),
      box('trun', words(0xf01, 2, 0, 60, 600, 0, 0, 61, 10, 0, 0)),
    );
    const files = moof(box('tfhd', words(0, 1)), box('tfdt', words(0, 9)), box('trun', words(0, 3)));
    const data = box('mdat', Buffer.alloc(1200));
    const pieces = [own, long, each, data, files, data];
    writeFileSync(path('by-hand.mp4'), Buffer.concat([init, ...pieces]));
    const { fragments } = await readFragmentedFile(path('by-hand.mp4'));
    const [second, third] = [own.length + long.length, own.length + long.length + each.length + data.length];
    const at = (offset: number, size: number) => ({
      ...{ offset: init.length + offset, moofOffset: init.length + offset, bytes: size },
    });
    expect(fragments).to.deep.equal([
      { ...at(0, second), firstSampleBytes: own.length + 16 + 500, baseTime: 7, duration: 150, samples: 3 },
      {
        ...at(second, third - second),
        ...{ firstSampleBytes: each.length + 8 + 600, baseTime: 2 ** 32, duration: 121, samples: 2 },
      },
      {
        ...at(third, files.length + data.length),
        ...{ firstSampleBytes: files.length + 8 + 400, baseTime: 9, duration: 120, samples: 3 },
      },
    ]);
  });

  describe('while it grows', () => {
    /** Reads after every piece; what is found must be what the whole file holds so far. */
    async function readGrowing(name: string, ends: number[]): Promise<number[]> {
      writeFileSync(path(name), '');
      const reader = await openFragments(path(name));
      const counts: number[] = [];
      try {
        let from = 0;
        for (const end of [...ends, bytes.length]) {
          appendFileSync(path(name), bytes.subarray(from, end));
          from = end;
          const found = await reader.readOn();
          if (end < whole.initBytes) expect(found, `${end} bytes`).to.equal(undefined);
          else expect({ ...found, fragments: [] }).to.deep.equal({ ...whole, fragments: [] });
          const due = whole.fragments.filter(({ offset, bytes: size }) => offset + size <= end);
          expect(found?.fragments ?? [], `${end} bytes`).to.deep.equal(due);
          counts.push(due.length);
        }
        expect(await reader.readToEnd()).to.deep.equal(whole);
      } finally {
        await reader.close();
      }
      return counts;
    }

    it('finds each fragment as soon as it is whole, not a byte before', async () => {
      const ends = whole.fragments.flatMap(({ offset, bytes: size }) => [offset + size - 1, offset + size]);
      expect(await readGrowing('exact.mp4', ends.slice(0, -1))).to.deep.equal([0, 1, 1, 2, 2, 3, 3, 4, 4, 5]);
    });

    it('takes pieces that end inside headers and boxes', async () => {
      const borders = boxesIn(bytes, 0, bytes.length).flatMap(({ start, body, end }) => [
        ...[start + 1, start + 4, body, body + 1, Math.floor((body + end) / 2)],
      ]);
      const ends = [...new Set(borders)].sort((a, b) => a - b).filter((end) => end < bytes.length);
      const counts = await readGrowing('inside.mp4', ends);
      expect(counts).to.include.members([0, 1, 2, 3, 4, 5]);
    });

    it('takes it byte by byte', async () => {
      const last = whole.fragments.at(-1) ?? expect.fail('no fragment');
      const around = [
        whole.initBytes,
        whole.fragments[0]?.moofOffset ?? 0,
        last.moofOffset,
        bytes.length - 9,
      ];
      const ends = around.flatMap((middle) => Array.from({ length: 18 }, (_, n) => middle - 9 + n));
      await readGrowing(
        'bytes.mp4',
        [...new Set(ends)].sort((a, b) => a - b),
      );
    });

    it('fails at the end when it stops inside a box', async () => {
      writeFileSync(path('stopped.mp4'), bytes.subarray(0, bytes.length - 10));
      const reader = await openFragments(path('stopped.mp4'));
      try {
        expect((await reader.readOn())?.fragments).to.deep.equal(whole.fragments.slice(0, -1));
        const failure = await reader.readToEnd().catch((error: Error) => error.message);
        expect(failure).to.match(/^no whole box at byte \d+ of \d+$/);
      } finally {
        await reader.close();
      }
    });
  });

  const failure = (name: string, content: Buffer | string) => {
    writeFileSync(path(name), content);
    return readFragmentedFile(path(name)).then(
      () => 'none',
      (error: Error) => error.message,
    );
  };

  it('fails on what is none', async () => {
    expect(await failure('words', 'These are only words.')).to.equal('no whole box at byte 0 of 21');
    expect(await failure('empty', '')).to.equal('there is no moov box');
    expect(await failure('free', Buffer.from('\0\0\0\x08free', 'latin1'))).to.equal('there is no moov box');
    expect(await failure('moov', Buffer.from('\0\0\0\x08moov', 'latin1'))).to.equal(
      'the moov box has no track',
    );
    expect(await failure('noise', Buffer.concat([Buffer.from('ff', 'hex'), randomBytes(200)]))).to.match(
      /^no whole box at byte 0/,
    );
  });
});

describe('the segments of a fragmented file', () => {
  const fragment = (n: number, samples: number): Fragment => ({
    ...{ offset: 1000 + n * 500, bytes: 500, moofOffset: 1000 + n * 500 + 24, firstSampleBytes: 200 },
    ...{ baseTime: 0, duration: samples * 50, samples },
  });
  const file: FragmentedFile = {
    ...{ initBytes: 1000, initSha256: '', timescale: 1000, codecs: '' },
    fragments: [10, 20, 30, 5].map((samples, n) => fragment(n, samples)),
  };

  it('begin at the frames that are named', () => {
    const key = (offset: number, seconds: number) => ({ offset, bytes: 200, seconds });
    expect(cutSegments(file, { firstNumber: 7, starts: [0, 30], withKeyFrames: true })).to.deep.equal([
      { n: 7, offset: 1000, bytes: 1000, seconds: 1.5, keyFrames: [key(24, 0.5), key(524, 1)] },
      { n: 8, offset: 2000, bytes: 1000, seconds: 1.75, keyFrames: [key(24, 1.5), key(524, 0.25)] },
    ]);
  });

  it('are the fragments themselves when none are named', () => {
    const cut = cutSegments(file, { firstNumber: 1, starts: 'every fragment', withKeyFrames: false });
    expect(
      cut.map(({ n, offset, bytes, seconds, keyFrames }) => [n, offset, bytes, seconds, keyFrames]),
    ).to.deep.equal([
      [1, 1000, 500, 0.5, []],
      [2, 1500, 500, 1, []],
      [3, 2000, 500, 1.5, []],
      [4, 2500, 500, 0.25, []],
    ]);
  });

  it('are fewer than named where no fragment begins at a start', () => {
    expect(cutSegments(file, { firstNumber: 1, starts: [0, 29, 60], withKeyFrames: true })).to.have.length(2);
  });

  it('are none of a file without fragments', () => {
    const empty = { ...file, fragments: [] };
    expect(cutSegments(empty, { firstNumber: 1, starts: [0], withKeyFrames: true })).to.deep.equal([]);
  });
});
