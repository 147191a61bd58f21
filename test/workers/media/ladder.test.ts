import { expect } from 'chai';
import type { CopyRefusal } from '../../../shared/contracts/encoding.ts';
import {
  builtInProfiles,
  type EncodingProfile,
  encodingProfile,
} from '../../../shared/contracts/encoding-profile.ts';
import { type CopyOffer, type Picture, planLadder } from '../../../workers/media/ladder.ts';
import { profileNamed } from '../../support/media.ts';

const plenty = 1e9;
const profile: Pick<EncodingProfile, 'crf' | 'steps'> = { ...profileNamed('default'), crf: 23 };
const picture = (width: number, height: number, framesPerSecond = 30, bitrate = plenty): Picture => ({
  width,
  height,
  framesPerSecond,
  bitrate,
});
const ladder = (of: Picture, copy: CopyOffer | CopyRefusal = 'codec') => planLadder(of, profile, copy);
const sizes = (width: number, height: number) =>
  ladder(picture(width, height)).rungs.map((rung) => `${rung.name} ${rung.width}x${rung.height}`);
const actions = (of: Picture, copy?: CopyOffer | CopyRefusal) =>
  ladder(of, copy).candidates.map(({ name, action, reason, notCopied }) => [name, action, reason, notCopied]);

/** Pictures of many sizes and shapes, upright ones among them, and such that are a pixel off a step. */
function* pictures() {
  for (const { shortSide } of profile.steps) {
    for (const off of [-1, 0, 1]) yield picture(2 * shortSide, shortSide + off);
  }
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
    const rungs = [
      rung('240p', 426, 240, 400_000, 600_000),
      rung('360p', 640, 360, 900_000, 1_350_000),
      rung('480p', 852, 480, 1_600_000, 2_400_000),
      rung('720p', 1280, 720, 3_500_000, 5_250_000),
      rung('1080p', 1920, 1080, 6_500_000, 9_750_000),
    ];
    const encoded = rungs.map(({ name, width, height, maxBitrate }) => ({
      ...{ name, width, height, maxBitrate, action: 'encode', reason: 'fits' },
      notCopied: name === '1080p' ? 'codec' : null,
    }));
    const larger = { action: 'skip', reason: 'larger_than_source', notCopied: null };
    expect(ladder(picture(1920, 1080))).to.deep.equal({
      rungs,
      copied: null,
      candidates: [
        ...encoded,
        { name: '1440p', width: 2560, height: 1440, maxBitrate: 11_000_000, ...larger },
        { name: '2160p', width: 3840, height: 2160, maxBitrate: 20_000_000, ...larger },
      ],
    });
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

  it('has a rung of the source’s own size, and then none close below it', () => {
    expect(sizes(1280, 540)).to.deep.equal(['240p 568x240', '360p 852x360', '540p 1280x540']);
    expect(sizes(1280, 600)).to.deep.equal([
      ...['240p 512x240', '360p 768x360', '480p 1024x480', '600p 1280x600'],
    ]);
    expect(sizes(7680, 4320).at(-1)).to.equal('2160p 3840x2160');
    expect(actions(picture(1280, 540)).slice(1, 5)).to.deep.equal([
      ['360p', 'encode', 'fits', null],
      ['480p', 'skip', 'close_above', null],
      ['540p', 'encode', 'source_size', 'codec'],
      ['720p', 'skip', 'larger_than_source', null],
    ]);
  });

  it('never enlarges, has even sides, and climbs from rung to rung in size and rate', () => {
    for (const source of pictures()) {
      const { rungs, candidates } = ladder(source);
      const shown = `${source.width}x${source.height}: ${JSON.stringify(rungs)}`;
      expect(rungs, shown).to.not.be.empty;
      for (const [index, { name, width, height, maxBitrate, bufferBits }] of rungs.entries()) {
        // The smallest picture that 4:2:0 can hold has two pixels a side.
        if (width > Math.max(2, source.width) || height > Math.max(2, source.height)) expect.fail(shown);
        if (width % 2 !== 0 || height % 2 !== 0 || name !== `${Math.min(width, height)}p`) expect.fail(shown);
        const below = rungs[index - 1] ?? { width: 0, height: 0, maxBitrate: 0 };
        if (width < below.width || height < below.height || width * height <= below.width * below.height) {
          expect.fail(shown);
        }
        if (below.maxBitrate > maxBitrate * 0.85 || maxBitrate <= 0 || bufferBits < maxBitrate) {
          expect.fail(shown);
        }
      }
      const encoded = candidates.filter(({ action }) => action === 'encode').map(({ name }) => name);
      expect(encoded, shown).to.deep.equal(rungs.map(({ name }) => name));
      const named = candidates.map(({ name }) => name);
      expect(new Set(named).size, `${named}`).to.equal(named.length);
    }
  });

  it('spends twice as much as the source does at most, by size, and more on many frames a second', () => {
    const rates = (framesPerSecond: number, bitrate: number) =>
      ladder(picture(1280, 720, framesPerSecond, bitrate)).rungs.map(({ maxBitrate }) => maxBitrate);
    // (240 / 720) ^ 1.5 = 0.192, (360 / 720) ^ 1.5 = 0.354, (480 / 720) ^ 1.5 = 0.544
    expect(rates(30, 1_000_000)).to.deep.equal([385_000, 707_000, 1_089_000, 2_000_000]);
    expect(rates(60, plenty)).to.deep.equal([560_000, 1_260_000, 2_240_000, 4_900_000]);
  });

  it('leaves out what would need about the rate of the rung above', () => {
    const poor = picture(1280, 720, 30, 100);
    expect(ladder(poor).rungs.map(({ name, maxBitrate }) => `${name} ${maxBitrate}`)).to.deep.equal([
      '720p 80000',
    ]);
    expect(actions(poor).slice(0, 4)).to.deep.equal([
      ['240p', 'skip', 'no_rate_gain', null],
      ['360p', 'skip', 'no_rate_gain', null],
      ['480p', 'skip', 'no_rate_gain', null],
      ['720p', 'encode', 'fits', 'codec'],
    ]);
  });
});

describe('a copied top rung', () => {
  const offer: CopyOffer = { averageBitrate: 2_000_000, peakBitrate: 3_000_000 };
  const hd = picture(1280, 720, 30, 2_000_000);

  it('is the source itself, with the rate that it has', () => {
    const { rungs, copied, candidates } = ladder(hd, offer);
    expect(copied).to.equal('720p');
    expect(rungs.at(-1)).to.deep.equal({
      ...{ name: '720p', width: 1280, height: 720, crf: 23, maxBitrate: 3_000_000, bufferBits: 4_500_000 },
    });
    expect(candidates[3]).to.deep.equal({
      ...{ name: '720p', width: 1280, height: 720, maxBitrate: 3_000_000 },
      ...{ action: 'copy', reason: 'copied', notCopied: null },
    });
    expect(rungs.map(({ name }) => name)).to.deep.equal(['240p', '360p', '480p', '720p']);
  });

  it('has the source’s own size, between the steps as well', () => {
    expect(ladder(picture(960, 540, 30, 2_000_000), offer).copied).to.equal('540p');
    expect(ladder(picture(320, 200, 30, 200_000), { averageBitrate: 2e5, peakBitrate: 3e5 }).copied).to.equal(
      '200p',
    );
  });

  it('is none where it spends more than the rung may, or is larger than any rung', () => {
    const dear = { averageBitrate: 3_500_001, peakBitrate: 3_500_001 };
    expect(ladder(picture(1280, 720), { ...dear, averageBitrate: 3_500_000 }).copied).to.equal('720p');
    expect(ladder(picture(1280, 720), dear).copied).to.equal(null);
    expect(actions(picture(1280, 720), dear)[3]).to.deep.equal(['720p', 'encode', 'fits', 'rate_too_high']);
    const huge = actions(picture(7680, 4320), offer);
    expect(huge.at(-1)).to.deep.equal(['2160p', 'encode', 'fits', 'too_large']);
  });

  it('is none for the reason that is given', () => {
    expect(actions(hd, 'interlaced')[3]).to.deep.equal(['720p', 'encode', 'fits', 'interlaced']);
    expect(ladder(hd, 'interlaced').copied).to.equal(null);
  });
});

describe('the built-in profiles', () => {
  it('are what a profile must be, and fall back to one that is there', () => {
    const names = builtInProfiles.map(({ name }) => name);
    expect(names).to.deep.equal(['default', 'h264-nvenc', 'hevc', 'av1']);
    for (const one of builtInProfiles) {
      expect(encodingProfile.parse(one)).to.deep.equal(one);
      expect(one.fallback).to.equal(one.name === 'default' ? null : 'default');
    }
  });

  it('cannot have steps that fall', () => {
    const [whole] = builtInProfiles;
    const steps = whole?.steps.slice(0, 2) ?? [];
    expect(encodingProfile.safeParse({ ...whole, steps }).success).to.equal(true);
    expect(encodingProfile.safeParse({ ...whole, steps: steps.toReversed() }).success).to.equal(false);
  });
});
