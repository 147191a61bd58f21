import { expect } from 'chai';
import { constantRate, framesPerSecond, parseRate, secondsOf } from '../../../workers/media/frame-rate.ts';

const written = (measured: number) => {
  const { numerator, denominator } = constantRate(measured);
  return denominator === 1 ? `${numerator}` : `${numerator}/${denominator}`;
};

describe('the frame rate', () => {
  it('stays what it is when it is a whole or a usual rate', () => {
    const rates = [8, 24, 25, 30, 50, 60, 24_000 / 1001, 30_000 / 1001, 60_000 / 1001, 15_000 / 1001, 12.5];
    expect(rates.map(written)).to.deep.equal([
      ...['8', '24', '25', '30', '50', '60'],
      ...['24000/1001', '30000/1001', '60000/1001', '15000/1001', '25/2'],
    ]);
  });

  it('becomes the nearest of them when it is measured a little off', () => {
    expect([23.98, 29.97, 29.98, 29.99, 24.6, 59.94, 60.4].map(written)).to.deep.equal([
      ...['24000/1001', '30000/1001', '30000/1001', '30', '25', '60000/1001', '60'],
    ]);
  });

  it('is halved until it is at most 60', () => {
    expect([100, 119.88, 120, 144, 240, 1000].map(written)).to.deep.equal([
      ...['50', '60000/1001', '60', '36', '60', '31'],
    ]);
    for (let measured = 0.01; measured < 2000; measured *= 1.01) {
      expect(framesPerSecond(constantRate(measured))).to.be.within(8, 60);
    }
  });

  it('is doubled until it is at least 8, so that an encoder has pictures to reorder', () => {
    expect([7.9, 5, 4, 3, 1, 0.2].map(written)).to.deep.equal(['16', '10', '8', '12', '8', '13']);
  });

  it('turns frames into seconds without rounding on the way', () => {
    expect(secondsOf(30_000, { numerator: 30_000, denominator: 1001 })).to.equal(1001);
    expect(secondsOf(75, { numerator: 25, denominator: 1 })).to.equal(3);
  });

  it('is read from ffprobe’s fractions, and absent when they say nothing', () => {
    expect(parseRate('30000/1001')).to.equal(30_000 / 1001);
    expect(parseRate('25')).to.equal(25);
    for (const nothing of ['0/0', '1/0', '0/1', '-25/1', 'N/A', '', undefined]) {
      expect(parseRate(nothing), nothing).to.equal(undefined);
    }
  });
});
