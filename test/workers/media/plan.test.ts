import { expect } from 'chai';
import type { EncodingPlan } from '../../../shared/contracts/encoding.ts';
import { chooseAudio } from '../../../workers/media/choose-audio.ts';
import type { ProbedStream } from '../../../workers/media/ffprobe.ts';
import { noPackets, type Packets } from '../../../workers/media/packets.ts';
import { type PlanOptions, planEncoding } from '../../../workers/media/plan.ts';
import { profileNamed } from '../../support/media.ts';
import { codeOf, picture, sound } from '../../support/streams.ts';

/** Packets of equal length, one after the other. */
function packetsOf(count: number, from = 0, seconds = 0.04, keys = [0]): Packets {
  return {
    ...noPackets(),
    times: Float64Array.from({ length: count }, (_, n) => from + n * seconds),
    bytes: Float64Array.from({ length: count }, () => 5000),
    keys: Float64Array.from(keys),
    namedSeconds: count * seconds,
    endSeconds: from + count * seconds,
  };
}
const captions = [{ streamIndex: 3, language: 'en', title: '', isDefault: true }];
const soundPackets = (from: number, seconds: number) => packetsOf(Math.round(seconds / 0.02), from, 0.02);

type Facts = {
  video?: Partial<ProbedStream>;
  packets?: Packets;
  audio?: ProbedStream[];
  soundPackets?: Packets;
  isCut?: boolean;
  start?: number;
  formatName?: string;
  duration?: number;
};

const profile = { ...profileNamed('default'), options: ['-preset', 'veryfast'], crf: 23 };

function plan(facts: Facts, options: Partial<PlanOptions> = {}): EncodingPlan {
  const { packets = packetsOf(375, 0, 0.04, [0, 100, 200, 298]), audio = [] } = facts;
  const video = picture(0, facts.video);
  const { start = 0, formatName = 'matroska,webm', duration, isCut = false } = facts;
  const format = { start_time: start, format_name: formatName, duration };
  const report = { streams: [video, ...audio], format };
  return planEncoding(
    { report, video, packets, isCut, soundPackets: facts.soundPackets, audio: chooseAudio(report), captions },
    { maxSeconds: 3600, profile, slots: 1, copyRefused: true, ...options },
  );
}

describe('the plan', () => {
  it('of fifteen seconds is whole', () => {
    const { rungs, ladder, ...rest } = plan({
      audio: [sound(1)],
      soundPackets: soundPackets(0, 15),
      start: -0.02,
    });
    expect(rest).to.deep.equal({
      durationSeconds: 15,
      frameCount: 375,
      rate: { numerator: 25, denominator: 1 },
      gopFrames: 50,
      cuts: [0, 50, 200, 350],
      originSeconds: 0,
      containerStartSeconds: -0.02,
      rebuilt: null,
      picture: { streamIndex: 0, isInterlaced: false, ignoresMatrix: false, hdr: null, matrix: null },
      codec: { profile: 'default', codec: 'h264', encoder: 'libx264', options: ['-preset', 'veryfast'] },
      copied: null,
      chunks: [
        { startFrame: 0, endFrame: 50, seekSeconds: null },
        { startFrame: 50, endFrame: 200, seekSeconds: null },
        { startFrame: 200, endFrame: 375, seekSeconds: 8.02, earlierSeconds: null },
      ],
      audio: [
        {
          ...{ name: 'audio/und', streamIndex: 1, language: 'und', title: 'Original', isDefault: true },
          ...{ channels: 2, bitrate: 128_000 },
        },
      ],
      captions,
      storyboard: {
        ...{ intervalSeconds: 1, width: 160, height: 120 },
        frames: [0, 25, 50, 75, 100, 125, 150, 175, 200, 225, 250, 275, 300, 325, 350],
      },
      warnings: [],
    });
    expect(rungs.map(({ name, width, height, crf }) => ({ name, width, height, crf }))).to.deep.equal([
      { name: '240p', width: 320, height: 240, crf: 23 },
    ]);
    expect(ladder.map(({ name, action }) => `${name} ${action}`)).to.deep.equal([
      ...['240p encode', '360p skip', '480p skip', '720p skip', '1080p skip', '1440p skip', '2160p skip'],
    ]);
  });

  it('begins with the picture, wherever the source’s clock stands', () => {
    const made = plan({ packets: packetsOf(375, 11.4), start: 11.38 });
    expect(made).to.include({ originSeconds: 11.4, containerStartSeconds: 11.38, frameCount: 375 });
  });

  it('lets the first picture stand, by whole frames, while sound comes earlier', () => {
    const packets = packetsOf(100, 1);
    const early = plan({ packets, audio: [sound(1)], soundPackets: soundPackets(0.5, 3) });
    expect(early.originSeconds).to.be.closeTo(0.52, 1e-9);
    expect(early.frameCount).to.equal(112);
    const late = plan({ packets, audio: [sound(1)], soundPackets: soundPackets(1.5, 3) });
    expect(late).to.include({ originSeconds: 1, frameCount: 100 });
  });

  it('keeps all of a sound that comes a whole number of frames earlier', () => {
    // Two frames of 29.97 fps, as ffprobe prints them.
    const { originSeconds } = plan({
      video: { avg_frame_rate: '30000/1001', r_frame_rate: '30000/1001' },
      packets: packetsOf(450, 1.466733, 1001 / 30_000),
      audio: [sound(1)],
      soundPackets: soundPackets(1.4, 15),
    });
    expect(originSeconds).to.be.closeTo(1.4, 1e-5);
  });

  it('lets the last picture stand while sound comes later, and not for the padding of a last packet', () => {
    const framesWith = (seconds: number) =>
      plan({ audio: [sound(1)], soundPackets: soundPackets(0, seconds) }).frameCount;
    expect([10, 15, 15.04, 15.08, 15.2, 20].map(framesWith)).to.deep.equal([375, 375, 375, 377, 380, 500]);
  });

  it('lets picture and sound begin together where their clocks are hours apart', () => {
    const made = plan({ audio: [sound(1)], soundPackets: soundPackets(3_600_000, 15) });
    expect(made).to.deep.include({
      ...{ durationSeconds: 15, frameCount: 375 },
      rebuilt: { firstSeconds: 0, picture: true, sound: true },
    });
    expect(made.warnings.map(({ code }) => code)).to.deep.equal(['damaged_times']);
    const late = plan({
      packets: packetsOf(25_000),
      audio: [sound(1)],
      soundPackets: soundPackets(900, 100),
    });
    expect(late, 'sound that begins while the picture lasts').to.deep.include({
      rebuilt: null,
      warnings: [],
    });
  });

  it('does not believe a sound whose times are damaged', () => {
    const damaged = soundPackets(0, 15);
    damaged.times = Float64Array.of(...damaged.times, 7200);
    damaged.endSeconds = 7200;
    expect(plan({ audio: [sound(1)], soundPackets: damaged })).to.include({
      frameCount: 375,
      originSeconds: 0,
    });
  });

  it('lasts as long as its frames when there is no sound', () => {
    for (const from of [0, -5, 7]) {
      expect(plan({ packets: packetsOf(50, from) }), `from ${from}`).to.deep.include({
        ...{ durationSeconds: 2, frameCount: 50, originSeconds: from },
      });
    }
  });

  it('counts frames when the file does not say its rate', () => {
    const unsaid = { avg_frame_rate: '0/0', r_frame_rate: '90000/1' };
    expect(plan({ video: unsaid, packets: packetsOf(450, 0, 1 / 30) }).rate).to.deep.equal({
      ...{ numerator: 30, denominator: 1 },
    });
  });

  it('has at least one frame', () => {
    expect(plan({ packets: packetsOf(1, 0, 0) })).to.deep.include({
      ...{ frameCount: 1, cuts: [0] },
      chunks: [{ startFrame: 0, endFrame: 1, seekSeconds: null }],
    });
  });

  it('goes by the usual distance of frames, whatever the container says', () => {
    const rateOf = (average: string, base: string, seconds: number) => {
      const video = { avg_frame_rate: average, r_frame_rate: base };
      const { numerator, denominator } = plan({ video, packets: packetsOf(100, 0, seconds) }).rate;
      return `${numerator}/${denominator}`;
    };
    // A pause has lowered the average.
    expect(rateOf('23/1', '25/1', 0.04)).to.equal('25/1');
    expect(rateOf('740/29', '100/1', 0.04), 'a little').to.equal('25/1');
    // As a phone has left some out.
    expect(rateOf('2970/50', '60/1', 1 / 60)).to.equal('60/1');
    expect(rateOf('2970/50', '90000/1', 1 / 60)).to.equal('60/1');
    expect(rateOf('1191/10', '240/1', 1 / 120)).to.equal('60/1');
    // What nothing else is made at, an arcade machine.
    expect(rateOf('59186/1000', '59186/1000', 1 / 59.186)).to.equal('59/1');
    // Milliseconds.
    expect(rateOf('60000/1001', '60000/1001', 0.017)).to.equal('60000/1001');
    expect(rateOf('24000/1001', '24000/1001', 0.042)).to.equal('24000/1001');
    expect(rateOf('30000/1001', '60000/1001', 1001 / 30_000)).to.equal('30000/1001');
    expect(rateOf('29/1', '90000/1', 1 / 29)).to.equal('29/1');
  });

  it('goes by the size as shown', () => {
    const { rungs, storyboard } = plan({
      video: { width: 640, height: 360, side_data_list: [{ rotation: -90 }] },
    });
    expect(rungs.map(({ width, height }) => `${width}x${height}`)).to.deep.equal(['240x426', '360x640']);
    expect(storyboard).to.include({ width: 160, height: 284 });
  });

  it('warns of a picture whose times are damaged, and counts its frames', () => {
    const packets = packetsOf(101, 2);
    packets.times[50] = 7200;
    packets.endSeconds = 7200.04;
    const made = plan({ packets });
    expect(made).to.include({ originSeconds: 2, frameCount: 101 });
    expect(made.warnings).to.deep.equal([
      {
        code: 'damaged_times',
        message:
          'Some time stamps of the picture are wrong or begin anew; where they do, it goes on without a pause.',
      },
    ]);
  });

  it('warns of a few frames less than promised, and refuses a file that was cut off', () => {
    const promising = (count: number, packets: Packets) => plan({ video: { nb_frames: count }, packets });
    expect(codeOf(() => promising(1000, packetsOf(375)))).to.equal('truncated');
    expect(codeOf(() => promising(397, packetsOf(375)))).to.equal('truncated');
    expect(promising(376, packetsOf(375)).warnings).to.deep.equal([]);
    expect(promising(390, packetsOf(375)).warnings).to.deep.equal([
      {
        code: 'truncated_end',
        message: 'The end is missing: the file holds 375 of the 390 frames that it names.',
      },
    ]);
    expect(promising(375, { ...packetsOf(100), hidden: 275 }).warnings).to.deep.equal([]);
  });

  it('tells frames that are damaged from an end that is missing', () => {
    const packets = packetsOf(375);
    packets.times = packets.times.filter((_, n) => n < 100 || n >= 200);
    const lasting = (duration: number) => plan({ video: { nb_frames: 375, duration }, packets });
    expect(lasting(15).warnings).to.deep.equal([
      {
        code: 'damaged_picture',
        message:
          'The file holds 275 of the 375 frames that it names; where others are damaged, the one before stands still.',
      },
    ]);
    expect(lasting(16).frameCount).to.equal(375);
    expect(codeOf(() => lasting(20))).to.equal('truncated');
  });

  it('counts the frames of AVI by their time, as those that only repeat others have no packet', () => {
    const sparse = packetsOf(375);
    sparse.times = sparse.times.filter((_, n) => n < 10 || n >= 110);
    const promising = (count: number, isCut: boolean) =>
      plan({
        video: { nb_frames: count, avg_frame_rate: '25/1' },
        packets: sparse,
        formatName: 'avi',
        isCut,
      });
    expect(promising(375, true).warnings).to.deep.equal([]);
    const codes = [true, false].map((isCut) => promising(750, isCut).warnings.map(({ code }) => code));
    expect(codes).to.deep.equal([['truncated_end'], ['damaged_picture']]);
  });

  it('believes a pause of minutes where the other track, or a length that a file names, is as long', () => {
    const later = (from: number) => [...packetsOf(50, from).times];
    const paused = {
      ...packetsOf(100),
      times: Float64Array.from([...later(0), ...later(202)]),
      endSeconds: 204,
    };
    const whole = soundPackets(0, 204);
    const held = (facts: Facts) => {
      const { rebuilt, durationSeconds } = plan({ audio: [sound(1)], ...facts });
      return [rebuilt && { picture: rebuilt.picture, sound: rebuilt.sound }, durationSeconds];
    };
    expect(held({ packets: paused })).to.deep.equal([{ picture: true, sound: false }, 4]);
    expect(held({ packets: paused, soundPackets: whole })).to.deep.equal([null, 204]);
    expect(held({ packets: paused, duration: 204 })).to.deep.equal([null, 204]);
    const inStream = { packets: paused, duration: 204, formatName: 'mpegts' };
    expect(held(inStream)).to.deep.equal([{ picture: true, sound: false }, 4]);
    const brokenSound = { ...soundPackets(0, 4), times: paused.times, endSeconds: 204 };
    expect(held({ packets: packetsOf(5100), soundPackets: brokenSound })).to.deep.equal([null, 204]);
  });

  it('has the sound of a second recording beside its picture, where the order in a stream tells', () => {
    const times = Float64Array.from([...packetsOf(50).times, ...packetsOf(50, 2000).times]);
    const joined = { ...packetsOf(100), times, endSeconds: 2002 };
    const laterSound = { ...soundPackets(2000, 2), follows: 50 };
    const made = (formatName: string) =>
      plan({ audio: [sound(1)], packets: joined, soundPackets: laterSound, formatName });
    const rebuilt = { firstSeconds: 0, picture: true, sound: false };
    // Where 2 s have been shown, not 2000.
    expect(made('mpegts')).to.deep.include({
      ...{ durationSeconds: 4, frameCount: 100 },
      rebuilt: { ...rebuilt, soundLater: -1998 },
    });
    expect(made('matroska,webm').rebuilt).to.deep.equal(rebuilt);
  });

  it('warns of a length that is named and not there, and not for the sake of a text', () => {
    const lasting = (duration: number, more: Partial<Facts> = {}) =>
      plan({ duration, ...more }).warnings.map(({ code, message }) => `${code}: ${message}`);
    expect(lasting(15)).to.deep.equal([]);
    expect(lasting(30)).to.deep.equal([
      'truncated_end: The end is missing: the file holds 15.0 s of the 30.0 s that it names.',
    ]);
    expect(lasting(30, { formatName: 'mxf' })).to.have.length(1);
    expect(lasting(30, { audio: [{ ...sound(1), codec_type: 'subtitle' }] })).to.deep.equal([]);
    expect(lasting(30, { formatName: 'mpegts' })).to.deep.equal([]);
    expect(lasting(30, { audio: [sound(1)], soundPackets: soundPackets(0, 30) })).to.deep.equal([]);
  });

  it('is refused for a picture track without a frame', () => {
    expect(codeOf(() => plan({ packets: noPackets() }))).to.equal('undecodable');
  });

  it('is refused for what lasts longer than allowed', () => {
    expect(codeOf(() => plan({}, { maxSeconds: 15 }))).to.equal(undefined);
    expect(codeOf(() => plan({}, { maxSeconds: 14 }))).to.equal('too_long');
  });
});

describe('the plan of a source that can be copied', () => {
  const formatName = 'mov,mp4,m4a,3gp,3g2,mj2';
  const high = { width: 1280, height: 720 };
  const copyable = { video: high, formatName, packets: packetsOf(375, 1, 0.04, [0, 30, 130, 260]) };
  const top = (made: EncodingPlan) => made.ladder.find(({ name }) => name === '720p');

  it('has the source as its top rung, and all rungs cut where the source can be', () => {
    const made = plan(copyable, { copyRefused: false });
    expect(made).to.deep.include({ copied: '720p', cuts: [0, 30, 130, 260], originSeconds: 1 });
    // 5000 bytes a frame.
    expect(made.rungs.at(-1)).to.include({ name: '720p', maxBitrate: 1_000_000 });
    expect(top(made)).to.deep.include({ action: 'copy', reason: 'copied', notCopied: null });
    expect(made.chunks.map(({ startFrame, endFrame }) => [startFrame, endFrame])).to.deep.equal([
      ...[
        [0, 30],
        [30, 130],
        [130, 260],
        [260, 375],
      ],
    ]);
  });

  it('says why it is not copied', () => {
    const reason = (facts: Facts, options: Partial<PlanOptions> = {}) => {
      const made = plan({ ...copyable, ...facts }, { copyRefused: false, ...options });
      expect(made.copied).to.equal(null);
      expect(made.cuts).to.deep.equal([0, 50, 200, 350]);
      return top(made)?.notCopied;
    };
    expect(reason({}, { copyRefused: true })).to.equal('tried');
    expect(reason({}, { profile: { ...profile, codec: 'hevc', encoder: 'libx265' } })).to.equal(
      'other_codec',
    );
    expect(reason({ video: { ...high, codec_name: 'hevc' } })).to.equal('codec');
    expect(reason({ formatName: 'mpegts' })).to.equal('container');
    // Sound that begins earlier, or lasts longer: then pictures must be made that the source does not have.
    const early = { audio: [sound(1)], soundPackets: soundPackets(0.96, 15.04), packets: packetsOf(374, 1) };
    expect(reason(early)).to.equal('frame_times');
  });

  it('has no chunk too short for the encoder to reorder', () => {
    // Between 50 and 202 lie 6.08 s: the cut must be at 52.
    const packets = packetsOf(300, 0, 0.04, [0, 50, 52, 202]);
    const { chunks } = plan({ ...copyable, packets }, { copyRefused: false });
    const shortest = Math.min(...chunks.map(({ startFrame, endFrame }) => endFrame - startFrame));
    expect(shortest, JSON.stringify(chunks)).to.be.at.least(3);
  });
});
