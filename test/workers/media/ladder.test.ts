import { expect } from 'chai';
import { planLadder } from '../../../workers/media/ladder.ts';

const plenty = 1e9;
const picture = (width: number, height: number, framesPerSecond = 30, bitrate = plenty) => ({
  width,
  height,
  framesPerSecond,
  bitrate,
});
const sizes = (width: number, height: number) =>
  planLadder(picture(width, height)).map((rung) => `${rung.name} ${rung.width}x${rung.height}`);

/** Pictures of many sizes and shapes, upright ones among them. */
function* pictures() {
  for (let short = 2; short <= 4320; short += 1 + Math.floor(short / 30)) {
    for (const aspect of [1, 1.25, 4 / 3, 1.5, 16 / 9, 2.39, 5]) {
      const long = Math.round(short * aspect);
      yield picture(long, short);
      yield picture(short, long, 60, 1_000_000);
    }
  }
}

describe('the ladder', () => {
  it('of Full HD has five rungs below the rates of the profile', () => {
    const rung = (name: string, width: number, height: number, maxBitrate: number, bufferBits: number) => ({
      ...{ name, width, height, crf: 23, maxBitrate, bufferBits },
    });
    expect(planLadder(picture(1920, 1080))).to.deep.equal([
      rung('240p', 426, 240, 399_000, 599_000),
      rung('360p', 640, 360, 900_000, 1_350_000),
      rung('480p', 852, 480, 1_598_000, 2_397_000),
      rung('720p', 1280, 720, 3_500_000, 5_250_000),
      rung('1080p', 1920, 1080, 6_500_000, 9_750_000),
    ]);
  });

  it('goes by the short side, so upright video has the same rungs', () => {
    expect(sizes(2160, 3840)).to.deep.equal([
      ...['240p 240x426', '360p 360x640', '480p 480x852', '720p 720x1280'],
      ...['1080p 1080x1920', '1440p 1440x2560', '2160p 2160x3840'],
    ]);
  });

  it('keeps an odd shape and makes its sides even', () => {
    expect(sizes(1138, 480)).to.deep.equal(['240p 568x240', '360p 852x360', '480p 1138x480']);
    expect(sizes(161, 121)).to.deep.equal(['120p 160x120']);
  });

  it('has a rung of the source’s own size when that is well above the one below', () => {
    expect(sizes(1280, 540)).to.deep.equal(['240p 568x240', '360p 852x360', '480p 1136x480']);
    expect(sizes(1280, 600)).to.deep.equal([
      ...['240p 512x240', '360p 768x360', '480p 1024x480', '600p 1280x600'],
    ]);
    expect(sizes(7680, 4320).at(-1)).to.equal('2160p 3840x2160');
  });

  it('never enlarges, has even sides, and climbs from rung to rung', () => {
    for (const source of pictures()) {
      const rungs = planLadder(source);
      const shown = `${source.width}x${source.height}: ${JSON.stringify(rungs)}`;
      expect(rungs, shown).to.not.be.empty;
      for (const [index, { name, width, height, maxBitrate, bufferBits }] of rungs.entries()) {
        if (width > source.width || height > source.height) expect.fail(shown);
        if (width % 2 !== 0 || height % 2 !== 0 || name !== `${Math.min(width, height)}p`) expect.fail(shown);
        const below = rungs[index - 1] ?? { width: 0, height: 0, maxBitrate: 0 };
        if (width < below.width || height < below.height || width * height <= below.width * below.height) {
          expect.fail(shown);
        }
        if (maxBitrate < below.maxBitrate || maxBitrate <= 0 || bufferBits < maxBitrate) expect.fail(shown);
      }
    }
  });

  it('spends no more than the source does, by size, and more on many frames a second', () => {
    const top = (framesPerSecond: number, bitrate: number) =>
      planLadder(picture(1280, 720, framesPerSecond, bitrate)).map(({ maxBitrate }) => maxBitrate);
    // (240 / 720) ^ 1.5 = 0.192, (360 / 720) ^ 1.5 = 0.354, (480 / 720) ^ 1.5 = 0.544
    expect(top(30, 1_000_000)).to.deep.equal([192_000, 354_000, 544_000, 1_000_000]);
    expect(top(30, 100)).to.deep.equal([80_000, 80_000, 80_000, 80_000]);
    expect(top(60, plenty)).to.deep.equal([559_000, 1_260_000, 2_237_000, 4_900_000]);
  });
});
