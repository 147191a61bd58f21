import { expect } from 'chai';
import type { ErrorCode } from '../../../shared/errors.ts';
import { asDecoded, chooseVideo, type Decoded, displaySize } from '../../../workers/media/choose-video.ts';
import type { ProbedStream } from '../../../workers/media/ffprobe.ts';
import { codeOf, picture, reportOf, sound } from '../../support/streams.ts';

describe('choosing the picture', () => {
  const chosen = (...streams: ProbedStream[]) => chooseVideo(reportOf(...streams)).index;

  it('takes the default one, else the largest', () => {
    expect(chosen(picture(0), picture(1, { width: 640 }), sound(2))).to.equal(1);
    expect(chosen(picture(0, { disposition: { default: 1 } }), picture(1, { width: 640 }))).to.equal(0);
  });

  it('takes one that can be used before the default one', () => {
    const hidden = picture(0, { codec_tag_string: 'encv', disposition: { default: 1 }, width: 640 });
    expect(chosen(hidden, picture(1))).to.equal(1);
    expect(chosen(picture(0, { codec_name: 'none', disposition: { default: 1 } }), picture(1))).to.equal(1);
    expect(chosen(picture(0, { width: 0, disposition: { default: 1 } }), picture(1))).to.equal(1);
  });

  it('never takes cover art', () => {
    const cover = picture(0, { width: 3000, height: 3000, disposition: { attached_pic: 1, default: 1 } });
    expect(chosen(cover, picture(1))).to.equal(1);
    expect(codeOf(() => chosen(cover, sound(1)))).to.equal('no_video_stream');
    const thumbnails = picture(0, { disposition: { timed_thumbnails: 1 } });
    expect(codeOf(() => chosen(thumbnails))).to.equal('no_video_stream');
  });

  it('takes what moves before a larger still picture that is a track like any other', () => {
    const still = { width: 3000, height: 3000, codec_name: 'mjpeg' };
    const counted = picture(0, { ...still, nb_frames: 1, disposition: { default: 1 } });
    expect(chosen(counted, picture(1, { nb_frames: 75 })), 'counted').to.equal(1);
    expect(chosen(picture(0, { ...still, nb_frames: 2 }), picture(1, { nb_frames: 150 })), 'AVI').to.equal(1);
    expect(chosen(counted, picture(1)), 'in fragments').to.equal(1);
    for (const codec_name of ['mjpeg', 'png']) {
      expect(chosen(picture(0, { ...still, codec_name }), picture(1)), `${codec_name} in Matroska`).to.equal(
        1,
      );
    }
    expect(chosen(counted, sound(1)), 'alone').to.equal(0);
    const camera = picture(0, { ...still, disposition: { default: 1 } });
    expect(chosen(camera, picture(1)), 'a camera that writes JPEG').to.equal(0);
  });

  it('says what is wrong with one that cannot be taken', () => {
    const wrong: [ErrorCode, Partial<ProbedStream>][] = [
      ['encrypted', { codec_tag_string: 'encv' }],
      ['encrypted', { codec_tag_string: 'drmi', codec_name: undefined }],
      ['unsupported_codec', { codec_name: undefined }],
      ['unsupported_codec', { codec_name: 'none' }],
      ['unsupported_codec', { codec_name: 'unknown' }],
      ['too_many_pixels', { width: 0, height: 0 }],
      ['too_many_pixels', { width: undefined }],
      ['too_many_pixels', { width: 8192, height: 4097 }],
    ];
    for (const [code, facts] of wrong) {
      expect(
        codeOf(() => chosen(picture(0, facts))),
        JSON.stringify(facts),
      ).to.equal(code);
    }
    expect(chosen(picture(0, { width: 7680, height: 4320 }))).to.equal(0);
  });
});

describe('the size as shown', () => {
  const size = (facts: Partial<ProbedStream>) => {
    const { width, height } = displaySize(picture(0, facts));
    return `${width}x${height}`;
  };
  const turned = (...rotations: (number | undefined)[]) =>
    size({ side_data_list: rotations.map((rotation) => ({ rotation })) });

  it('is upright', () => {
    expect([90, -90, 270, 180, 0, -180, 89.6].map((rotation) => turned(rotation))).to.deep.equal([
      ...['240x320', '240x320', '240x320', '320x240', '320x240', '320x240', '240x320'],
    ]);
    expect(turned(undefined, -90)).to.equal('240x320');
  });

  it('has square pixels', () => {
    expect(size({ width: 720, height: 576, sample_aspect_ratio: '64:45' })).to.equal('1024x576');
    expect(size({ sample_aspect_ratio: '1:2' })).to.equal('160x240');
    expect(size({ sample_aspect_ratio: '4:3', side_data_list: [{ rotation: 90 }] })).to.equal('240x427');
  });

  it('is that of what is decoded', () => {
    const decoded = (width: number, height: number, aspect: Decoded['aspect'], facts = {}) => {
      const shown = displaySize(asDecoded(picture(0, facts), { width, height, aspect }));
      return `${shown.width}x${shown.height}`;
    };
    expect(decoded(320, 240, [1, 1])).to.equal('320x240');
    expect(decoded(320, 200, [0, 1])).to.equal('320x200');
    expect(decoded(300, 200, [4, 3])).to.equal('400x200');
    // Upright already.
    const onItsSide = { side_data_list: [{ rotation: -90 }] };
    expect(decoded(240, 320, [1, 1], onItsSide)).to.equal('240x320');
    expect(decoded(200, 300, [3, 4], onItsSide)).to.equal('200x400');
    expect(decoded(200, 300, [1, 1], { side_data_list: [{ rotation: 45 }] })).to.equal('320x240');
  });

  it('ignores what makes no sense', () => {
    for (const rotation of [-(2 ** 63), 60, 81, 45, -3]) expect(turned(rotation)).to.equal('320x240');
    for (const sample_aspect_ratio of ['0:1', '1:0', 'N/A', '1000:1', '-4:3', '', undefined]) {
      expect(size({ sample_aspect_ratio }), sample_aspect_ratio).to.equal('320x240');
    }
  });
});
