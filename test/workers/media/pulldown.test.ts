import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { noPackets } from '../../../workers/media/packets.ts';
import { planEncoding } from '../../../workers/media/plan.ts';
import { pulldownDistance } from '../../../workers/media/pulldown.ts';
import { lookAt, moving, smallProfile, useMedia } from '../../support/media.ts';

const options = { maxSeconds: 3600, profile: smallProfile, slots: 1, copyRefused: false };
/** Which field of four pictures comes first, and whether it is shown once more. */
const cadence = [0x82, 0x00, 0x02, 0x80];

/**
 * MPEG-2 of whole pictures at 23.976 a second as it is on a DVD: marked as 29.97, with fields that are to be repeated.
 */
function markRepeats(stream: Buffer): Buffer {
  let [begin, count, shown] = [0, 0, 0];
  for (let at = stream.indexOf('\0\0\x01'); at >= 0; at = stream.indexOf('\0\0\x01', at + 3)) {
    const [code, extension] = [stream[at + 3] ?? 0, (stream[at + 4] ?? 0) >> 4];
    const change = (place: number, keep: number, set: number) => {
      stream[at + place] = ((stream[at + place] ?? 0) & keep) | set;
    };
    if (code === 0xb3) change(7, 0xf0, 4);
    if (code === 0xb8) begin = count;
    if (code === 0x00) {
      shown = begin + (stream.readUInt16BE(at + 4) >> 6);
      count += 1;
    }
    // Not a progressive sequence, in which a repeat is one of the whole picture.
    if (code === 0xb5 && extension === 1) change(5, 0xf7, 0);
    if (code === 0xb5 && extension === 8) change(7, 0x7d, cadence[shown % 4] ?? 0);
  }
  return stream;
}

describe('film with fields that are repeated', () => {
  const media = useMedia();
  const at = (times: number[]) => ({ ...noPackets(), times: Float64Array.from(times) });
  const inTurn = (count: number, ...distances: number[]) => {
    let time = 0;
    return Array.from({ length: count }, (_, n) => {
      time += distances[n % distances.length] ?? 0;
      return time;
    });
  };

  it('keeps every picture, from a DVD and from Matroska made of it', async () => {
    const film = await media.make(
      'film.m2v',
      ...moving('24000/1001', 6),
      ...['-c:v', 'mpeg2video', '-bf', '2'],
    );
    await writeFile(film, markRepeats(await readFile(film)));
    const dvd = await media.make('film.vob', '-fflags', '+genpts', '-i', film, '-c', 'copy');
    const matroska = await media.make('film.mkv', '-fflags', '+genpts', '-i', dvd, '-c', 'copy');
    for (const source of [dvd, matroska]) {
      const { rate, frameCount } = planEncoding(await lookAt(source), options);
      expect(rate, source).to.deep.equal({ numerator: 24_000, denominator: 1001 });
      expect(frameCount, source).to.be.within(143, 146);
    }
  });

  it('is told by the lengths of its pictures, whatever is missing among them', () => {
    const film = inTurn(200, 0.05, 1 / 30);
    expect(pulldownDistance(at(film))).to.be.closeTo(1 / 24, 1e-6);
    expect(pulldownDistance(at(film.filter((_, n) => n % 15 > 0)))).to.be.closeTo(1 / 24, 1e-6);
  });

  it('is neither television, also where a fifth of film is that, nor what comes at any time', () => {
    const film = inTurn(160, 0.05, 1 / 30);
    const television = inTurn(40, 1 / 30).map((time) => time + (film.at(-1) ?? 0));
    expect(pulldownDistance(at([...film, ...television]))).to.equal(undefined);
    for (const distances of [[0.04], [0.033, 0.034], [0.04, 0.04, 0.08], [0.05, 1 / 30, 0.1, 0.02]]) {
      expect(pulldownDistance(at(inTurn(200, ...distances))), distances.join()).to.equal(undefined);
    }
    expect(pulldownDistance(at([0, 0.05, 0.083]))).to.equal(undefined);
  });
});
