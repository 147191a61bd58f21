import { expect } from 'chai';
import type { Rung } from '../../../shared/contracts/encoding.ts';
import { type EncodingJob, encoderOptions } from '../../../workers/media/encoder-args.ts';

const rung: Rung = {
  ...{ name: '360p', width: 640, height: 360, crf: 23, maxBitrate: 900_000, bufferBits: 1_350_000 },
};
const job: EncodingJob = {
  codec: { profile: 'default', codec: 'h264', encoder: 'libx264', options: ['-preset', 'veryfast'] },
  gopFrames: 60,
  cuts: [0, 60, 240, 420],
  copied: null,
  rate: { numerator: 30_000, denominator: 1001 },
  span: { startFrame: 60, endFrame: 240 },
};
const withEncoder = (encoder: string, options: string[] = []) => ({
  ...job,
  codec: { ...job.codec, encoder, options },
});
const common = [
  ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
  ...['-map_metadata', '-1', '-map_chapters', '-1'],
];
const capped = ['-crf', '23', '-maxrate', '900000', '-bufsize', '1350000'];

describe('the options of an encoder', () => {
  it('are, for libx264, one thread, capped quality, even groups, and more bits at the borders', () => {
    expect(encoderOptions(rung, job)).to.deep.equal([
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-threads', '1', ...capped],
      ...['-a53cc', '0', '-keyint_min', '60', '-sc_threshold', '0'],
      ...['-x264-params', 'zones=0,11,b=1.1/168,179,b=1.1', '-g', '60', ...common],
    ]);
  });

  it('have no zones when the chunk is short', () => {
    const zones = (frames: number) =>
      encoderOptions(rung, { ...job, span: { startFrame: 60, endFrame: 60 + frames } }).includes(
        '-x264-params',
      );
    expect([1, 47, 48, 180].map(zones)).to.deep.equal([false, false, true, true]);
  });

  it('name every key frame, beside a copied rung, so that it is hit whichever way times are rounded', () => {
    for (const rate of [
      { numerator: 30_000, denominator: 1001 },
      { numerator: 24, denominator: 1 },
    ]) {
      const uneven = { ...job, rate, copied: '1080p', cuts: [0, 60, 103, 207], gopFrames: 60 };
      const options = encoderOptions(rung, { ...uneven, span: { startFrame: 60, endFrame: 240 } });
      const at = options.indexOf('-force_key_frames');
      expect(options.slice(at - 2, at)).to.deep.equal(['-g', '1000']);
      expect(options[options.indexOf('-keyint_min') + 1]).to.equal('1');
      const frames = (options[at + 1] ?? '')
        .split(',')
        .map((seconds) => (Number(seconds) * rate.numerator) / rate.denominator);
      // Counted from the chunk's own first frame, which needs no order.
      const due = [43, 95, 147];
      expect(frames.map(Math.round)).to.deep.equal(due);
      expect(frames.map(Math.ceil)).to.deep.equal(due);
    }
  });

  it('order no key frames where the first is the only one', () => {
    const one = { ...job, copied: '1080p', span: { startFrame: 0, endFrame: 60 } };
    const options = encoderOptions(rung, one);
    expect(options).to.include.members(['-g', '1000']).and.not.include('-force_key_frames');
  });

  it('are, for libx265, closed groups in one thread, in an entry that players of Apple know', () => {
    expect(encoderOptions(rung, withEncoder('libx265', ['-preset', 'veryfast']))).to.deep.equal([
      ...['-c:v', 'libx265', '-preset', 'veryfast', ...capped, '-tag:v', 'hvc1', '-x265-params'],
      'pools=none:frame-threads=1:min-keyint=1:scenecut=0:open-gop=0:log-level=error:keyint=60',
      ...['-g', '60', ...common],
    ]);
  });

  it('are, for libsvtav1, one thread and no key frames of its own', () => {
    expect(encoderOptions(rung, withEncoder('libsvtav1', ['-preset', '9']))).to.deep.equal([
      ...['-c:v', 'libsvtav1', '-preset', '9', '-crf', '23', '-svtav1-params', 'lp=1:scd=0'],
      ...['-g', '60', ...common],
    ]);
  });

  it('are, for h264_nvenc, strict groups', () => {
    expect(encoderOptions(rung, withEncoder('h264_nvenc'))).to.deep.equal([
      ...['-c:v', 'h264_nvenc', '-rc', 'vbr', '-cq', '23', '-maxrate', '900000', '-bufsize', '1350000'],
      ...['-forced-idr', '1', '-no-scenecut', '1', '-strict_gop', '1', '-g', '60', ...common],
    ]);
  });

  it('are, for one that only a configured profile names, an average rate', () => {
    expect(encoderOptions(rung, withEncoder('h264_vaapi', ['-qp', '20']))).to.deep.equal([
      ...['-c:v', 'h264_vaapi', '-qp', '20', '-b:v', '720000', '-maxrate', '900000', '-bufsize', '1350000'],
      ...['-g', '60', ...common],
    ]);
  });
});
