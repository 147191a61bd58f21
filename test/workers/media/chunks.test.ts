import { expect } from 'chai';
import type { FrameSpan } from '../../../shared/contracts/encoding.ts';
import { planChunks, planGrid } from '../../../workers/media/chunks.ts';

const grids = [
  { numerator: 1, denominator: 1 },
  { numerator: 24_000, denominator: 1001 },
  { numerator: 25, denominator: 1 },
  { numerator: 60, denominator: 1 },
].map(planGrid);
const grid = planGrid({ numerator: 25, denominator: 1 });

/** Every count near a border of segments, and others up to several hours. */
function* frameCounts({ gopFrames, segmentFrames }: typeof grid): Generator<number> {
  for (let count = 1; count <= 3 * segmentFrames + 1; count += 1) yield count;
  for (let segments = 4; segments < 5000; segments += Math.ceil(segments / 7)) {
    for (const more of [-1, 0, 1, gopFrames - 1, gopFrames, gopFrames + 1])
      yield segments * segmentFrames + more;
  }
}

function forEveryPlan(check: (chunks: FrameSpan[], count: number, plan: typeof grid) => void): void {
  for (const plan of grids)
    for (const count of frameCounts(plan)) check(planChunks(count, plan), count, plan);
}

describe('the grid', () => {
  it('has key frames every 2 s and segments of three such groups, in whole frames', () => {
    expect(grids).to.deep.equal([
      { gopFrames: 2, segmentFrames: 6 },
      { gopFrames: 48, segmentFrames: 144 },
      { gopFrames: 50, segmentFrames: 150 },
      { gopFrames: 120, segmentFrames: 360 },
    ]);
  });
});

describe('the chunks', () => {
  it('of a short video are its segments', () => {
    expect(planChunks(375, grid)).to.deep.equal([
      { startFrame: 0, endFrame: 150 },
      { startFrame: 150, endFrame: 300 },
      { startFrame: 300, endFrame: 375 },
    ]);
  });

  it('of a picture that stands alone are one', () => {
    expect(planChunks(1, grid)).to.deep.equal([{ startFrame: 0, endFrame: 1 }]);
  });

  it('take a tail that is too short for the encoder into the one before', () => {
    const tail = (count: number) => planChunks(count, grid).at(-1);
    expect(tail(300 + 49)).to.deep.equal({ startFrame: 150, endFrame: 349 });
    expect(tail(300 + 50)).to.deep.equal({ startFrame: 300, endFrame: 350 });
    expect(planChunks(150 + 49, grid)).to.deep.equal([{ startFrame: 0, endFrame: 199 }]);
    forEveryPlan((chunks, count, { gopFrames }) => {
      const { startFrame, endFrame } = chunks.at(-1) ?? expect.fail(`no chunk of ${count}`);
      if (chunks.length > 1) expect(endFrame - startFrame).to.be.at.least(gopFrames);
    });
  });

  it('cover every frame once, and begin on borders of segments', () => {
    forEveryPlan((chunks, count, { segmentFrames }) => {
      let next = 0;
      for (const { startFrame, endFrame } of chunks) {
        if (startFrame !== next || endFrame <= startFrame || startFrame % segmentFrames !== 0) {
          expect.fail(`${count} frames: ${JSON.stringify(chunks)}`);
        }
        next = endFrame;
      }
      expect(next).to.equal(count);
    });
  });

  it('begin with one segment, so that watching can begin, and are never longer than five and a tail', () => {
    forEveryPlan((chunks, count, { gopFrames, segmentFrames }) => {
      const [first, ...others] = chunks.map(({ startFrame, endFrame }) => endFrame - startFrame);
      if (count >= segmentFrames) expect(first).to.be.within(segmentFrames, segmentFrames + gopFrames - 1);
      for (const length of others) expect(length).to.be.at.most(5 * segmentFrames + gopFrames - 1);
    });
  });

  it('are at most 25 for a video of twelve minutes', () => {
    expect(planChunks(12 * 60 * 25, grid)).to.have.length(25);
    forEveryPlan((chunks, count, { segmentFrames }) => {
      if (count <= 120 * segmentFrames) expect(chunks.length).to.be.at.most(25);
    });
  });
});
