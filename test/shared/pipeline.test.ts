import { expect } from 'chai';
import { encodePriority } from '../../shared/pipeline.ts';

/** The largest priority that BullMQ takes. */
const lastPriority = 2 ** 21;

describe('the priority of a chunk', () => {
  it('puts the first chunk of every video before all others', () => {
    expect(encodePriority(0, 0)).to.equal(encodePriority(0, 5000));
    expect(encodePriority(0, 5000)).to.be.lessThan(encodePriority(1, 0));
  });

  it('lets an owner with more recent uploads wait', () => {
    expect(encodePriority(500, 0)).to.be.lessThan(encodePriority(1, 1));
    expect(encodePriority(500, 7)).to.be.lessThan(encodePriority(1, 8));
  });

  it('keeps the chunks of a video in order', () => {
    const priorities = [0, 1, 2, 3, 999].map((chunk) => encodePriority(chunk, 3));
    expect(priorities).to.deep.equal([1, 3003, 3004, 3005, 4001]);
  });

  it('is one that BullMQ takes, whatever comes', () => {
    expect(encodePriority(0, 0)).to.be.at.least(1);
    expect(encodePriority(1e6, 1e6)).to.be.at.most(lastPriority);
  });
});
