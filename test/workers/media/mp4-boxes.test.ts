import { expect } from 'chai';
import { boxesIn, findBox, readHeader } from '../../../workers/media/mp4-boxes.ts';

function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + body.length);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
}

function largeHeader(type: string, size: bigint): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(1);
  header.write(type, 4, 'latin1');
  header.writeBigUInt64BE(size, 8);
  return header;
}

const whole = (data: Buffer) => ({ body: 0, end: data.length });

describe('MP4 boxes', () => {
  it('have a header of 8 bytes, or of 16 with a long size', () => {
    expect(readHeader(box('free', Buffer.alloc(4)))).to.deep.equal({
      type: 'free',
      size: 12,
      headerBytes: 8,
    });
    const size = 5 * 1024 ** 3;
    expect(readHeader(largeHeader('mdat', BigInt(size)))).to.deep.equal({
      type: 'mdat',
      size,
      headerBytes: 16,
    });
  });

  it('are none when the header is cut off, open-ended or smaller than itself', () => {
    expect(readHeader(Buffer.alloc(7))).to.equal(undefined);
    expect(readHeader(Buffer.from('\0\0\0\0mdat', 'latin1'))).to.equal(undefined);
    expect(readHeader(Buffer.from('\0\0\0\x07free', 'latin1'))).to.equal(undefined);
    expect(readHeader(largeHeader('mdat', 20n).subarray(0, 12))).to.equal(undefined);
    expect(readHeader(largeHeader('mdat', 15n))).to.equal(undefined);
  });

  it('are listed with where they lie', () => {
    const data = Buffer.concat([box('ftyp', Buffer.alloc(4)), largeHeader('free', 16n), box('moov')]);
    expect(boxesIn(data, 0, data.length)).to.deep.equal([
      { type: 'ftyp', start: 0, body: 8, end: 12 },
      { type: 'free', start: 12, body: 28, end: 28 },
      { type: 'moov', start: 28, body: 36, end: 36 },
    ]);
  });

  it('end with the last that is whole', () => {
    const data = Buffer.concat([box('ftyp'), box('moov', Buffer.alloc(8)).subarray(0, 12)]);
    expect(boxesIn(data, 0, data.length).map(({ type }) => type)).to.deep.equal(['ftyp']);
  });

  it('are found by their path', () => {
    const data = Buffer.concat([
      box('free'),
      box('moov', box('mvhd'), box('trak', box('tkhd'), box('mdia'))),
    ]);
    const mdia = findBox(data, ['moov', 'trak', 'mdia'], whole(data));
    expect(mdia).to.deep.equal({ type: 'mdia', start: data.length - 8, body: data.length, end: data.length });
    expect(findBox(data, ['moov', 'mdia'], whole(data))).to.equal(undefined);
    expect(findBox(data, ['trak'], whole(data))).to.equal(undefined);
  });
});
