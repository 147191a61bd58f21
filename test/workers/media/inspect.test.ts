import { expect } from 'chai';
import { type ErrorCode, MillraceError } from '../../../shared/errors.ts';
import type { PacketScan, ProbedStream, ProbeReport } from '../../../workers/media/ffprobe.ts';
import { chooseAudio, chooseVideo, displaySize, planEncoding } from '../../../workers/media/inspect.ts';

const picture = (index: number, facts: Partial<ProbedStream> = {}): ProbedStream => ({
  ...{ index, codec_type: 'video', codec_name: 'h264', codec_tag_string: 'avc1', width: 320, height: 240 },
  ...{ avg_frame_rate: '25/1', r_frame_rate: '25/1', disposition: {}, tags: {}, side_data_list: [] },
  ...facts,
});
const sound = (index: number, facts: Partial<ProbedStream> = {}): ProbedStream => ({
  ...{ index, codec_type: 'audio', codec_name: 'aac', start_time: 0 },
  ...{ disposition: {}, tags: {}, side_data_list: [] },
  ...facts,
});
const reportOf = (...streams: ProbedStream[]): ProbeReport => ({ streams, format: { start_time: 0 } });

function codeOf(call: () => unknown): ErrorCode | undefined {
  try {
    call();
  } catch (error) {
    if (error instanceof MillraceError) return error.code;
    throw error;
  }
  return undefined;
}

describe('choosing the picture', () => {
  const chosen = (...streams: ProbedStream[]) => chooseVideo(reportOf(...streams)).index;

  it('takes the default one, else the largest', () => {
    expect(chosen(picture(0), picture(1, { width: 640 }), sound(2))).to.equal(1);
    expect(chosen(picture(0, { disposition: { default: 1 } }), picture(1, { width: 640 }))).to.equal(0);
  });

  it('never takes cover art', () => {
    const cover = picture(0, { width: 3000, height: 3000, disposition: { attached_pic: 1, default: 1 } });
    expect(chosen(cover, picture(1))).to.equal(1);
    expect(codeOf(() => chosen(cover, sound(1)))).to.equal('no_video_stream');
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

describe('choosing the sound', () => {
  it('takes the default track, else the first, with its language', () => {
    const english = sound(1, { tags: { language: 'eng' } });
    const track = { name: 'audio/eng', streamIndex: 1, language: 'eng', title: 'Original', isDefault: true };
    expect(chooseAudio(reportOf(picture(0), english, sound(2)))).to.deep.equal([track]);
    expect(chooseAudio(reportOf(sound(2), { ...english, disposition: { default: 1 } }))).to.deep.equal([
      track,
    ]);
    expect(chooseAudio(reportOf(picture(0)))).to.deep.equal([]);
  });

  it('does not believe every language', () => {
    for (const language of ['English', '../..', 'en-GB', '', 'e']) {
      expect(chooseAudio(reportOf(sound(0, { tags: { language } })))[0]?.name, language).to.equal(
        'audio/und',
      );
    }
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

  it('ignores what makes no sense', () => {
    expect(turned(-(2 ** 63))).to.equal('320x240');
    for (const sample_aspect_ratio of ['0:1', '1:0', 'N/A', '1000:1', '-4:3', '', undefined]) {
      expect(size({ sample_aspect_ratio }), sample_aspect_ratio).to.equal('320x240');
    }
  });
});

describe('the plan', () => {
  type Source = {
    video?: Partial<ProbedStream>;
    packets?: Partial<PacketScan>;
    audio?: ProbedStream;
    start?: number;
  };
  const scan: PacketScan = {
    packets: 375,
    hidden: 0,
    firstSeconds: 0,
    endSeconds: 15,
    bytes: 1_875_000,
    keySeconds: [0, 4, 8, 11.95],
  };

  function plan({ video, packets, audio, start = 0 }: Source, maxSeconds = 3600) {
    const stream = picture(0, video);
    const streams = audio ? [stream, audio] : [stream];
    const report = { streams, format: { start_time: start } };
    return planEncoding({
      ...{ report, video: stream, packets: { ...scan, ...packets } },
      ...{ audio: chooseAudio(report), captions: [], warnings: [], maxSeconds },
    });
  }

  it('of fifteen seconds is whole', () => {
    expect(plan({ audio: sound(1), start: -0.02 })).to.deep.equal({
      durationSeconds: 15,
      frameCount: 375,
      rate: { numerator: 25, denominator: 1 },
      gopFrames: 50,
      segmentFrames: 150,
      originSeconds: 0,
      containerStartSeconds: -0.02,
      videoStreamIndex: 0,
      rungs: [{ name: '240p', width: 320, height: 240, crf: 23, maxBitrate: 300_000, bufferBits: 450_000 }],
      chunks: [
        { startFrame: 0, endFrame: 150, seekSeconds: null },
        { startFrame: 150, endFrame: 300, seekSeconds: 3.52 },
        { startFrame: 300, endFrame: 375, seekSeconds: 7.52 },
      ],
      audio: [{ name: 'audio/und', streamIndex: 1, language: 'und', title: 'Original', isDefault: true }],
      captions: [],
      warnings: [],
    });
  });

  it('begins with the picture, wherever the source’s clock stands', () => {
    const made = plan({ packets: { firstSeconds: 11.4, endSeconds: 26.4 }, start: 11.38 });
    expect(made).to.include({ originSeconds: 11.4, containerStartSeconds: 11.38, frameCount: 375 });
  });

  it('lets the first picture stand, by whole frames, while sound comes earlier', () => {
    const packets = { packets: 100, firstSeconds: 1, endSeconds: 5 };
    const early = plan({ packets, audio: sound(1, { start_time: 0.5 }) });
    expect(early.originSeconds).to.be.closeTo(0.52, 1e-9);
    expect(early.frameCount).to.equal(112);
    const late = plan({ packets, audio: sound(1, { start_time: 1.5 }) });
    expect(late).to.include({ originSeconds: 1, frameCount: 100 });
  });

  it('keeps all of a sound that comes a whole number of frames earlier', () => {
    // Two frames of 29.97 fps, as ffprobe prints them.
    const { originSeconds } = plan({
      video: { avg_frame_rate: '30000/1001' },
      packets: { packets: 450, firstSeconds: 1.466733, endSeconds: 16.481733 },
      audio: sound(1, { start_time: 1.4 }),
    });
    expect(originSeconds).to.be.closeTo(1.4, 1e-5);
  });

  it('counts frames when the file does not say its rate', () => {
    const unsaid = { avg_frame_rate: '0/0', r_frame_rate: '90000/1' };
    expect(plan({ video: unsaid, packets: { packets: 450 } }).rate).to.deep.equal({
      numerator: 30,
      denominator: 1,
    });
  });

  it('has at least one frame', () => {
    const packets = { packets: 1, firstSeconds: 0, endSeconds: 0 };
    expect(plan({ packets })).to.deep.include({
      frameCount: 1,
      chunks: [{ startFrame: 0, endFrame: 1, seekSeconds: null }],
    });
  });

  it('goes by the base rate when a pause has lowered the average, and not when fields were counted', () => {
    const rateOf = (average: string, base: string) =>
      plan({ video: { avg_frame_rate: average, r_frame_rate: base } }).rate.numerator;
    expect(rateOf('23/1', '25/1')).to.equal(25);
    expect(rateOf('30000/1001', '60000/1001')).to.equal(30_000);
    expect(rateOf('29/1', '90000/1')).to.equal(29);
  });

  it('goes by the size as shown', () => {
    const { rungs } = plan({ video: { width: 640, height: 360, side_data_list: [{ rotation: -90 }] } });
    expect(rungs.map(({ width, height }) => `${width}x${height}`)).to.deep.equal(['240x426', '360x640']);
  });

  it('is refused for a file that was cut off, and not for a few frames less than promised', () => {
    expect(codeOf(() => plan({ video: { nb_frames: 1000 } }))).to.equal('truncated');
    expect(codeOf(() => plan({ video: { nb_frames: 390 } }))).to.equal(undefined);
    const hidden = { packets: 100, hidden: 275, endSeconds: 4 };
    expect(codeOf(() => plan({ video: { nb_frames: 375 }, packets: hidden }))).to.equal(undefined);
  });

  it('is refused for a picture track without a frame', () => {
    const packets = { packets: 0, firstSeconds: Number.POSITIVE_INFINITY, endSeconds: 0, bytes: 0 };
    expect(codeOf(() => plan({ packets }))).to.equal('undecodable');
  });

  it('is refused for what lasts longer than allowed', () => {
    expect(codeOf(() => plan({}, 15))).to.equal(undefined);
    expect(codeOf(() => plan({}, 14))).to.equal('too_long');
  });
});
