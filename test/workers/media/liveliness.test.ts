import { expect } from 'chai';
import { liveliest, lookAt } from '../../../workers/media/liveliness.ts';

const side = 64 * 64;
const plain = (value: number) => new Uint8Array(side).fill(value);
const gradient = Uint8Array.from({ length: side }, (_, at) => at % 256);

describe('the look of a picture', () => {
  it('is of use when its brightness is spread', () => {
    expect(lookAt(gradient)).to.deep.equal({ isUsable: true, entropy: 6 });
  });

  it('is of no use when it is almost black, almost white or almost of one colour', () => {
    for (const value of [0, 16, 128, 255]) expect(lookAt(plain(value)).isUsable, `${value}`).to.equal(false);
    const noise = (from: number) => Uint8Array.from({ length: side }, (_, at) => from + (at % 16));
    expect(lookAt(noise(4)).isUsable, 'dark noise').to.equal(false);
    expect(lookAt(noise(240)).isUsable, 'bright noise').to.equal(false);
    const title = plain(0).fill(255, 0, side / 20);
    expect(lookAt(title).isUsable, 'a line of text on black').to.equal(false);
  });

  it('is of no use when there is nothing', () => {
    expect(lookAt(new Uint8Array(0))).to.deep.equal({ isUsable: false, entropy: 0 });
  });
});

describe('the liveliest', () => {
  const one = (isUsable: boolean, entropy: number) => ({ look: { isUsable, entropy } });

  it('of several is the usable one with most to see, the earliest of equals', () => {
    const [dark, dull, lively, same] = [one(false, 5), one(true, 2), one(true, 4), one(true, 4)];
    expect(liveliest([dark, dull, lively, same])).to.equal(lively);
  });

  it('is the best of them when none is of use', () => {
    const [black, dark] = [one(false, 0), one(false, 1)];
    expect(liveliest([black, dark])).to.equal(dark);
  });

  it('of none is none', () => expect(liveliest([])).to.equal(undefined));
});
