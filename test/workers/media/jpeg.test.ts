import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { jpegSize, splitJpegs } from '../../../workers/media/jpeg.ts';
import { clipFolder, ffmpeg } from '../../support/clips.ts';

describe('a stream of JPEGs', () => {
  let stream: Buffer;

  before(async () => {
    const path = join(await clipFolder(), 'stream.mjpeg');
    const source = 'testsrc2=size=162x90:rate=25:duration=2';
    await ffmpeg('-f', 'lavfi', '-i', source, '-c:v', 'mjpeg', '-q:v', '2', '-f', 'mjpeg', path);
    stream = await readFile(path);
  });

  it('is cut into its pictures, and nothing is left between them', () => {
    const pictures = splitJpegs(stream);
    expect(pictures).to.have.length(50);
    expect(Buffer.concat(pictures).equals(stream)).to.equal(true);
    for (const picture of pictures) expect(jpegSize(picture)).to.deep.equal({ width: 162, height: 90 });
  });

  it('that was cut off has one picture less', () => {
    expect(splitJpegs(stream.subarray(0, stream.length - 1))).to.have.length(49);
  });

  it('does not take what stands in a comment for the end of a picture', () => {
    const [picture = Buffer.alloc(0)] = splitJpegs(stream);
    const comment = Buffer.from([0xff, 0xfe, 0x00, 0x06, 0xff, 0xd9, 0xff, 0xd8]);
    const commented = Buffer.concat([picture.subarray(0, 2), comment, picture.subarray(2)]);
    expect(splitJpegs(Buffer.concat([commented, picture]))).to.have.length(2);
    expect(jpegSize(commented)).to.deep.equal({ width: 162, height: 90 });
  });

  it('holds none where there is none', () => {
    expect(splitJpegs(Buffer.alloc(0))).to.deep.equal([]);
    expect(splitJpegs(Buffer.from('no picture at all'))).to.deep.equal([]);
    expect(() => jpegSize(Buffer.from('no picture at all'))).to.throw(RangeError);
  });
});
