import { expect } from 'chai';
import type { FrameSpan } from '../../../shared/contracts/encoding.ts';
import {
  cutsIn,
  fromFirstPicture,
  keyFramesIn,
  planChunks,
  planCuts,
  planGop,
} from '../../../workers/media/chunks.ts';

const gops = [
  { numerator: 8, denominator: 1 },
  { numerator: 24_000, denominator: 1001 },
  { numerator: 25, denominator: 1 },
  { numerator: 60, denominator: 1 },
].map(planGop);
const gop = 50;
const chunksOf = (count: number, slots = 1) => planChunks(count, planCuts(count, gop), gop, slots);

/** Every count near a border of segments, and others up to several hours. */
function* frameCounts(gopFrames: number): Generator<number> {
  for (let count = 1; count <= 7 * gopFrames + 1; count += 1) yield count;
  for (let segments = 4; segments < 5000; segments += Math.ceil(segments / 7)) {
    for (const more of [-1, 0, 1, gopFrames - 1, gopFrames, gopFrames + 1])
      yield segments * 3 * gopFrames + more;
  }
}

type Plan = { chunks: FrameSpan[]; cuts: number[]; count: number; gopFrames: number; slots: number };

function forEveryPlan(check: (plan: Plan) => void): void {
  for (const gopFrames of gops) {
    for (const count of frameCounts(gopFrames)) {
      for (const slots of [1, 4]) {
        const cuts = planCuts(count, gopFrames);
        check({ chunks: planChunks(count, cuts, gopFrames, slots), cuts, count, gopFrames, slots });
      }
    }
  }
}

describe('the groups and cuts', () => {
  it('are groups of 2 s, in whole frames', () => {
    expect(gops).to.deep.equal([16, 48, 50, 120]);
    expect(planGop({ numerator: 1, denominator: 10 })).to.equal(1);
  });

  it('are a first segment of one group, then segments of three', () => {
    expect(planCuts(1, gop)).to.deep.equal([0]);
    expect(planCuts(50, gop)).to.deep.equal([0]);
    expect(planCuts(51, gop)).to.deep.equal([0, 50]);
    expect(planCuts(500, gop)).to.deep.equal([0, 50, 200, 350]);
    expect(planCuts(501, gop)).to.deep.equal([0, 50, 200, 350, 500]);
  });
});

describe('the chunks', () => {
  it('of a short video are its segments', () => {
    expect(chunksOf(400)).to.deep.equal([
      { startFrame: 0, endFrame: 50 },
      { startFrame: 50, endFrame: 200 },
      { startFrame: 200, endFrame: 350 },
      { startFrame: 350, endFrame: 400 },
    ]);
  });

  it('of a picture that stands alone are one', () => {
    expect(chunksOf(1)).to.deep.equal([{ startFrame: 0, endFrame: 1 }]);
  });

  it('take a tail that is too short for the encoder into the one before', () => {
    const tail = (count: number) => chunksOf(count).at(-1);
    expect(tail(200 + 49)).to.deep.equal({ startFrame: 50, endFrame: 249 });
    expect(tail(200 + 50)).to.deep.equal({ startFrame: 200, endFrame: 250 });
    expect(chunksOf(50 + 49)).to.deep.equal([{ startFrame: 0, endFrame: 99 }]);
    forEveryPlan(({ chunks, count, gopFrames }) => {
      const { startFrame, endFrame } = chunks.at(-1) ?? expect.fail(`no chunk of ${count}`);
      if (chunks.length > 1) expect(endFrame - startFrame).to.be.at.least(gopFrames);
    });
  });

  it('cover every frame once, and begin on cuts', () => {
    forEveryPlan(({ chunks, cuts, count }) => {
      const starts = new Set(cuts);
      let next = 0;
      for (const { startFrame, endFrame } of chunks) {
        if (startFrame !== next || endFrame <= startFrame || !starts.has(startFrame)) {
          expect.fail(`${count} frames: ${JSON.stringify(chunks)}`);
        }
        next = endFrame;
      }
      expect(next).to.equal(count);
    });
  });

  it('begin with single segments, so that watching can begin, and are never longer than five and a tail', () => {
    forEveryPlan(({ chunks, cuts, gopFrames, slots }) => {
      const lengths = chunks.map(({ startFrame, endFrame }) => endFrame - startFrame);
      const single = lengths.slice(0, -1).slice(0, slots + 1);
      expect(single).to.deep.equal(
        [gopFrames, ...single.slice(1).map(() => 3 * gopFrames)].slice(0, single.length),
      );
      expect(Math.max(...lengths)).to.be.at.most(15 * gopFrames + gopFrames - 1);
      expect(chunks.length).to.be.at.most(cuts.length);
    });
  });

  it('are longer where there are more than four for each slot', () => {
    const hour = 3600 * 25;
    const longest = (count: number, slots: number) =>
      Math.max(...chunksOf(count, slots).map(({ startFrame, endFrame }) => (endFrame - startFrame) / 150));
    expect([60 * 25, 130 * 25, hour].map((count) => longest(count, 1))).to.deep.equal([3, 5, 5]);
    expect([60 * 25, 130 * 25, hour].map((count) => longest(count, 25))).to.deep.equal([1, 1, 5]);
    forEveryPlan(({ chunks, cuts, slots }) => {
      if (cuts.length <= 20 * slots) expect(chunks.length).to.be.at.most(6 * slots + 1);
    });
  });
});

describe('the last chunks', () => {
  const lengths = (seconds: number, slots: number) =>
    chunksOf(seconds * 25, slots).map(({ startFrame, endFrame }) => (endFrame - startFrame) / 25);

  it('are no longer than a slot’s share of what is left, so that all slots end about together', () => {
    expect(lengths(60, 2)).to.deep.equal([2, 6, 6, 12, 12, 12, 6, 4]);
    expect(lengths(120, 2)).to.deep.equal([2, 6, 6, 18, 18, 18, 18, 18, 12, 4]);
    expect(lengths(300, 4)).to.deep.equal([
      ...[2, 6, 6, 6, 6],
      ...[24, 24, 24, 24, 24, 24, 24, 24, 24, 18, 12, 12, 6, 6, 4],
    ]);
  });

  it('are as long as the others where one slot makes all, or each is one segment', () => {
    expect(lengths(122, 1)).to.deep.equal([2, 6, 30, 30, 30, 24]);
    expect(lengths(44, 8)).to.deep.equal([2, 6, 6, 6, 6, 6, 6, 6]);
  });

  it('begin with a chunk that has a picture, however long the sound goes before it', () => {
    const chunks = chunksOf(40 * gop, 4);
    const [, second, third] = chunks;
    expect(fromFirstPicture(chunks, 0)).to.deep.equal(chunks);
    expect(fromFirstPicture(chunks, (second?.endFrame ?? 0) - 1)).to.deep.equal([
      { ...second, startFrame: 0 },
      ...chunks.slice(2),
    ]);
    expect(fromFirstPicture(chunks, second?.endFrame ?? 0)[0]).to.deep.equal({ ...third, startFrame: 0 });
  });
});

describe('inside a chunk', () => {
  const cuts = [0, 33, 147, 276, 384];
  const span = { startFrame: 33, endFrame: 384 };

  it('its cuts are counted from its first frame', () => {
    expect(cutsIn(cuts, span)).to.deep.equal([0, 114, 243]);
    expect(cutsIn(cuts, { startFrame: 384, endFrame: 420 })).to.deep.equal([0]);
  });

  it('key frames stand on every cut, and evenly between them', () => {
    // 114, 129 and 108 frames in groups of at most 60.
    expect(keyFramesIn(cuts, span, 60)).to.deep.equal([0, 57, 114, 157, 200, 243, 297]);
    expect(keyFramesIn([0, 50, 200], { startFrame: 50, endFrame: 200 }, 50)).to.deep.equal([0, 50, 100]);
    expect(keyFramesIn([0], { startFrame: 0, endFrame: 1 }, 50)).to.deep.equal([0]);
  });
});
