import { expect } from 'chai';
import { ownProgram } from '../../../workers/media/programs.ts';
import { picture, reportOf, sound } from '../../support/streams.ts';

describe('the program of a picture', () => {
  const streams = [sound(0), picture(1), sound(2), picture(3), sound(4), sound(5)];
  const program = (...indexes: number[]) => ({ streams: indexes.map((index) => ({ index })) });
  const kept = (programs: { streams: { index: number }[] }[] | undefined) =>
    ownProgram({ ...reportOf(...streams), programs }, picture(1)).streams.map(({ index }) => index);

  it('has no sound and no picture of another one, and what is in none', () => {
    expect(kept([program(0), program(1, 2), program(3, 4)])).to.deep.equal([1, 2, 5]);
  });

  it('has what it shares with another one', () => {
    expect(kept([program(1, 2, 4), program(3, 4)])).to.deep.equal([0, 1, 2, 4, 5]);
  });

  it('is the whole file where there are none, or the picture is in none', () => {
    const all = [0, 1, 2, 3, 4, 5];
    expect(kept(undefined)).to.deep.equal(all);
    expect(kept([])).to.deep.equal(all);
    expect(kept([program(3, 4)])).to.deep.equal(all);
  });
});
