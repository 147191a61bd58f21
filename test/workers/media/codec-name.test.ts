import { expect } from 'chai';
import { codecName } from '../../../workers/media/codec-name.ts';

function box(type: string, ...content: (Buffer | number[])[]): Buffer {
  const body = Buffer.concat(content.map((part) => Buffer.from(part)));
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + body.length);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
}
const nothing = (bytes: number) => Buffer.alloc(bytes);
const nameOf = (entry: Buffer) => codecName(entry, { from: 0, to: entry.length });

/** A picture's sample entry: 78 bytes of sizes and the like, then its boxes. */
const picture = (type: string, ...boxes: Buffer[]) => box(type, nothing(78), ...boxes);
const hevc = (bytes: number[]) => nameOf(picture('hvc1', box('hvcC', [1, ...bytes])));
const av1 = (bytes: number[]) => nameOf(picture('av01', box('av1C', [0x81, ...bytes, 0])));

describe('the name of a codec', () => {
  it('of H.264 holds profile, constraints and level', () => {
    const entry = picture('avc1', box('pasp', nothing(8)), box('avcC', [1, 0x64, 0x00, 0x1f, 0xff]));
    expect(nameOf(entry)).to.equal('avc1.64001f');
  });

  it('of HEVC is as annex E of ISO/IEC 14496-15 says', () => {
    // Main, level 3.1, progressive and frames only: the example of the standard.
    expect(hevc([0x01, 0x60, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 93])).to.equal('hvc1.1.6.L93.B0');
    // Main 10, high tier, level 5.1, with two bytes of constraints.
    expect(hevc([0x22, 0x20, 0, 0, 0, 0x90, 0x08, 0, 0, 0, 0, 153])).to.equal('hvc1.2.4.H153.90.8');
    // A profile space, no constraints; a zero between constraints stays.
    expect(hevc([0x41, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30])).to.equal('hvc1.A1.6.L30');
    expect(hevc([0x01, 0x60, 0, 0, 0, 0xb0, 0, 0x01, 0, 0, 0, 30])).to.equal('hvc1.1.6.L30.B0.0.1');
    expect(hevc([0x04, 0x08, 0, 0, 1, 0x9e, 0, 0, 0, 0, 0, 30])).to.equal('hvc1.4.80000010.L30.9E');
  });

  it('of AV1 holds profile, level with tier, and depth', () => {
    expect(av1([0x00, 0x0c])).to.equal('av01.0.00M.08');
    expect(av1([0x0d, 0x4c])).to.equal('av01.0.13M.10');
    expect(av1([0x4f, 0xec])).to.equal('av01.2.15H.12');
  });

  it('of AAC holds the object type, wherever its descriptors lie', () => {
    const descriptor = (tag: number, content: number[], long = false) => [
      ...[tag, ...(long ? [0x80, 0x80, 0x80] : []), content.length],
      ...content,
    ];
    for (const long of [false, true]) {
      for (const [first, name] of [
        [0x12, 'mp4a.40.2'],
        [0x2b, 'mp4a.40.5'],
      ] as const) {
        const config = descriptor(4, [...nothing(13), ...descriptor(5, [first, 0x10], long)], long);
        const esds = box('esds', nothing(4), descriptor(3, [...nothing(3), ...config], long));
        expect(nameOf(box('mp4a', nothing(28), esds))).to.equal(name);
      }
    }
  });

  it('is none for entries that Millrace does not write, or that lack their configuration', () => {
    const message = (type: string) => `the sample entry ${type} is not one that Millrace writes`;
    for (const type of ['vp09', 'avc1', 'hvc1', 'av01', 'hev1']) {
      expect(() => nameOf(picture(type)), type).to.throw(message(type));
    }
    expect(() => nameOf(box('mp4a', nothing(28)))).to.throw(message('mp4a'));
    expect(() => nameOf(nothing(0))).to.throw(message('undefined'));
  });
});
