import { expect } from 'chai';
import { planStoryboard } from '../../../workers/media/storyboard.ts';

const rate = { numerator: 30_000, denominator: 1001 };
const wide = { width: 1920, height: 1080 };

describe('the storyboard', () => {
  it('has a tile a second, at most 160 pixels long, on the nearest frame', () => {
    expect(planStoryboard(100, rate, wide)).to.deep.equal({
      ...{ intervalSeconds: 1, width: 160, height: 90, frames: [0, 30, 60, 90] },
    });
  });

  it('loses no last tile, and has none past the end', () => {
    const tiles = (frames: number) => planStoryboard(frames, { numerator: 25, denominator: 1 }, wide).frames;
    expect(tiles(1)).to.deep.equal([0]);
    expect(tiles(25)).to.deep.equal([0]);
    expect(tiles(26)).to.deep.equal([0, 25]);
  });

  it('is upright and even, as the picture is shown', () => {
    const sizeOf = (width: number, height: number) => {
      const { width: across, height: down } = planStoryboard(25, rate, { width, height });
      return `${across}x${down}`;
    };
    expect(sizeOf(1080, 1920)).to.equal('90x160');
    expect(sizeOf(640, 480)).to.equal('160x120');
    expect(sizeOf(1000, 3)).to.equal('160x2');
  });

  it('has 300 tiles at most, whole seconds apart', () => {
    for (const seconds of [299, 300, 301, 600, 3600, 20_000]) {
      const { intervalSeconds, frames } = planStoryboard(seconds * 30, rate, wide);
      expect(frames.length).to.be.within(150, 301);
      expect(intervalSeconds).to.equal(Math.ceil((seconds * 1.001) / 300));
      expect(frames.at(-1)).to.be.below(seconds * 30);
      expect(frames.at(-1)).to.be.at.least(seconds * 30 - 30 * intervalSeconds);
    }
  });
});
