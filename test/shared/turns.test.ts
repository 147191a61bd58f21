import { expect } from 'chai';
import { takeTurns } from '../../shared/turns.ts';

const full = () => new Error('full');

/** Work that ends when it is told to. */
function held() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { ended, end: () => end() };
}

describe('takeTurns', () => {
  it('runs so many at once, lets so many wait in their order, and refuses the rest', async () => {
    const turn = takeTurns(2, 2, full);
    const begun: number[] = [];
    const pieces = [held(), held(), held(), held()];
    const runs = pieces.map(({ ended }, n) =>
      turn(async () => {
        begun.push(n);
        await ended;
        return n;
      }),
    );
    const refused = await turn(async () => 4).catch((error: Error) => error.message);
    expect(refused).to.equal('full');
    expect(begun).to.deep.equal([0, 1]);
    pieces[1]?.end();
    await runs[1];
    expect(begun).to.deep.equal([0, 1, 2]);
    for (const { end } of pieces) end();
    expect(await Promise.all(runs)).to.deep.equal([0, 1, 2, 3]);
    expect(begun).to.deep.equal([0, 1, 2, 3]);
  });

  it('gives the place of one that fails to the next', async () => {
    const turn = takeTurns(1, 1, full);
    const failing = turn(async () => {
      throw new Error('broken');
    });
    const next = turn(async () => 'next');
    expect(await failing.catch((error: Error) => error.message)).to.equal('broken');
    expect(await next).to.equal('next');
    expect(await turn(async () => 'later')).to.equal('later');
  });
});
