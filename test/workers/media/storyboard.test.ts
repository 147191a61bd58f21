import { expect } from 'chai';
import { secondsOf } from '../../../workers/media/frame-rate.ts';
import { planSheets } from '../../../workers/media/sheets.ts';
import { planStoryboard } from '../../../workers/media/storyboard.ts';

const wide = { width: 1280, height: 720 };
const ntsc = { numerator: 30_000, denominator: 1001 };
const pal = { numerator: 25, denominator: 1 };

describe('the plan of a storyboard', () => {
  it('shows a picture at the beginning of every second', () => {
    expect(planStoryboard(3.2, 80, pal, wide)).to.deep.equal({
      intervalSeconds: 1,
      width: 160,
      height: 90,
      frames: [0, 25, 50, 75],
    });
  });

  it('keeps whole frames between them, so that their times are exact at any rate', () => {
    const { intervalSeconds, frames } = planStoryboard(secondsOf(450, ntsc), 450, ntsc, wide);
    expect(intervalSeconds).to.equal(1.001);
    frames.forEach((frame, k) => {
      expect(secondsOf(frame, ntsc)).to.be.closeTo(k * intervalSeconds, 1e-9);
    });
  });

  it('has 300 at most, and never a frame that is not there', () => {
    for (const frameCount of [1, 2, 24, 25, 26, 7499, 7500, 7501, 9000, 20_000, 1_080_000]) {
      for (const rate of [pal, ntsc, { numerator: 1, denominator: 1 }]) {
        const plan = planStoryboard(secondsOf(frameCount, rate), frameCount, rate, wide);
        expect(plan.frames.length).to.be.within(1, 300);
        expect(plan.intervalSeconds).to.be.at.least(1);
        expect(plan.frames.at(-1)).to.be.lessThan(frameCount);
        const next = (plan.frames.at(-1) ?? 0) + (plan.frames[1] ?? frameCount);
        expect(next, 'the last one is not lost').to.be.at.least(frameCount);
      }
    }
  });

  it('has pictures of 160 across, even, not larger than the video, and of bearable height', () => {
    const sizeOf = (width: number, height: number) => {
      const plan = planStoryboard(1, 25, pal, { width, height });
      return [plan.width, plan.height];
    };
    expect(sizeOf(1080, 1920)).to.deep.equal([160, 284]);
    expect(sizeOf(640, 480)).to.deep.equal([160, 120]);
    expect(sizeOf(100, 57)).to.deep.equal([100, 58]);
    expect(sizeOf(4000, 10)).to.deep.equal([160, 2]);
    expect(sizeOf(10, 4000)).to.deep.equal([2, 320]);
  });
});

describe('the sprites of a storyboard', () => {
  it('are ten by ten, and the last has no row too many', () => {
    expect(planSheets(215)).to.deep.equal([
      { columns: 10, rows: 10, tiles: 100 },
      { columns: 10, rows: 10, tiles: 100 },
      { columns: 10, rows: 2, tiles: 15 },
    ]);
    expect(planSheets(300)).to.have.length(3);
  });

  it('are one for few tiles, no wider than they need', () => {
    expect(planSheets(1)).to.deep.equal([{ columns: 1, rows: 1, tiles: 1 }]);
    expect(planSheets(7)).to.deep.equal([{ columns: 7, rows: 1, tiles: 7 }]);
    expect(planSheets(11)).to.deep.equal([{ columns: 10, rows: 2, tiles: 11 }]);
  });
});
