import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { CopyRefusal } from '../../../shared/contracts/encoding.ts';
import { displaySize } from '../../../workers/media/choose-video.ts';
import { type Copy, type CopyQuestion, planCopy } from '../../../workers/media/copy-picture.ts';
import { framesPerSecond } from '../../../workers/media/frame-rate.ts';
import { noPackets, totalBytes } from '../../../workers/media/packets.ts';
import { sourcePicture } from '../../../workers/media/picture.ts';
import { h264, lookAt, moving, useMedia } from '../../support/media.ts';

const clip = (seconds = 4) => moving('25', seconds);
const usual = h264(50);

describe('copying a real picture', () => {
  const media = useMedia();

  /** Asked as the plan asks: the origin is when the first picture is shown. */
  async function questionOf(source: string): Promise<CopyQuestion> {
    const { report, video, packets } = await lookAt(source);
    const rate = { numerator: 25, denominator: 1 };
    const originSeconds = Math.min(...packets.times);
    return {
      ...{ video, packets, rate, picture: sourcePicture(video), display: displaySize(video) },
      formatName: report.format.format_name ?? '',
      frameCount: Math.round((Math.max(...packets.times) - originSeconds) * framesPerSecond(rate)) + 1,
      originSeconds,
    };
  }
  const judge = async (source: string) => planCopy(await questionOf(source));

  it('is possible for clean H.264 with a key frame every two seconds', async () => {
    const source = await media.make('clean.mp4', ...clip(7), ...usual);
    const { packets } = await lookAt(source);
    const bytes = (from: number, to: number) =>
      packets.bytes.filter((_, index) => {
        const frame = Math.round((packets.times[index] ?? 0) * 25);
        return frame >= from && frame < to;
      });
    const rate = (sizes: Float64Array, seconds: number) =>
      Math.ceil((sizes.reduce((sum, size) => sum + size, 0) * 8) / seconds);
    expect(await judge(source)).to.deep.equal({
      cuts: [0, 50],
      averageBitrate: Math.ceil((totalBytes(packets) * 8) / 7),
      peakBitrate: Math.max(rate(bytes(0, 50), 2), rate(bytes(50, 175), 5)),
    });
  });

  it('is possible where the clock begins late', async () => {
    const late = await media.make('late.mp4', ...clip(), ...usual, '-output_ts_offset', '3.017');
    expect(await judge(late)).to.deep.include({ cuts: [0, 50] });
  });

  const refused: [CopyRefusal, string, string, string[]][] = [
    [
      'codec',
      'HEVC',
      'hevc.mp4',
      [...clip(1), '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'],
    ],
    ['pixel_format', '4:4:4', '444.mp4', [...clip(1), ...usual, '-pix_fmt', 'yuv444p']],
    ['pixel_format', '10 bit', '10-bit.mp4', [...clip(1), ...usual, '-pix_fmt', 'yuv420p10le']],
    ['pixel_format', 'full range', 'full.mp4', [...clip(1), ...usual, '-pix_fmt', 'yuvj420p']],
    ['pixel_format', 'HDR', 'hdr.mp4', [...clip(1), ...usual, '-color_trc', 'arib-std-b67']],
    [
      'interlaced',
      'interlaced',
      'fields.mp4',
      [...moving('25', 2, '160x96'), '-vf', 'interlace', ...usual, '-flags', '+ildct+ilme'],
    ],
    ['geometry', 'pixels that are not square', 'wide.mp4', [...clip(1), '-vf', 'setsar=4/3', ...usual]],
    [
      'frame_times',
      'a variable rate',
      'variable.mp4',
      [...clip(), '-vf', "select='not(eq(mod(n,7),3))'", '-fps_mode', 'vfr', ...usual],
    ],
    [
      'open_groups',
      'open groups',
      'open.mp4',
      [...clip(), ...h264(50), '-x264-params', 'open-gop=1:keyint=50:b-adapt=0'],
    ],
    ['sparse_key_frames', 'key frames 10 s apart', 'sparse.mp4', [...clip(20), ...h264(250)]],
    [
      'uneven_rate',
      'a rate that is twice the average',
      'uneven.mp4',
      [...clip(14), '-vf', "drawbox=t=fill:color=gray:enable='gte(t,2)'", ...usual],
    ],
    ['container', 'a transport stream', 'clean.ts', [...clip(1), ...usual]],
    // It does not say when a packet is decoded.
    ['container', 'Matroska', 'clean.mkv', [...clip(1), ...usual]],
    ['container', 'AVI', 'clean.avi', [...clip(1), ...h264(50, '-bf', '0')]],
  ];
  for (const [code, what, file, words] of refused) {
    it(`is refused for ${what}`, async () => {
      expect(await judge(await media.make(file, ...words))).to.equal(code);
    });
  }

  it('is refused where an edit list hides packets', async () => {
    const whole = await media.make('whole.mp4', ...clip(), ...usual);
    const cut = await media.make('cut.mp4', '-ss', '1', '-i', whole, '-c', 'copy');
    expect(await judge(cut)).to.equal('edited');
  });

  for (const angle of [90, 180]) {
    it(`is refused for a picture turned by ${angle} degrees`, async () => {
      const whole = await media.make('upright.mp4', ...clip(1), ...usual);
      const turned = await media.make(
        'turned.mp4',
        '-i',
        whole,
        '-c',
        'copy',
        '-metadata:s:v',
        `rotate=${angle}`,
      );
      expect(await judge(turned)).to.equal('edited');
    });
  }

  it('is refused for a mirrored picture, and one with a matrix of nonsense', async () => {
    const whole = await media.make('plain.mp4', ...clip(1), ...usual);
    const bytes = await readFile(whole);
    for (const matrix of [
      [1, 0, 0, 0, -1, 0, 0, 90, 16_384],
      [0.5, 0.866, 0, -0.866, 0.5, 0, 0, 0, 16_384],
    ]) {
      const start = bytes.indexOf('tkhd') + 4 + 40;
      for (const [n, value] of matrix.entries())
        bytes.writeInt32BE(Math.round(value * 65_536), start + 4 * n);
      await writeFile(media.path('matrix.mp4'), bytes);
      expect(await judge(media.path('matrix.mp4')), matrix.join(' ')).to.equal('edited');
    }
  });
});

const rate = { numerator: 25, denominator: 1 };

/** Frames in the order of decoding; each has so many bytes. */
function question(frames: number[], keys: number[], facts: Partial<CopyQuestion> = {}): CopyQuestion {
  const times = Float64Array.from(frames, (frame) => frame / 25);
  const bytes = times.map(() => 100);
  const video = {
    ...{ index: 0, codec_type: 'video', codec_name: 'h264', width: 320, height: 240, pix_fmt: 'yuv420p' },
    ...{ disposition: {}, tags: {}, side_data_list: [] },
  };
  return {
    ...{ video, picture: sourcePicture(video), display: displaySize(video), rate },
    ...{
      packets: { ...noPackets(), times, bytes, keys: Float64Array.from(keys) },
      frameCount: frames.length,
    },
    ...{ formatName: 'mov,mp4,m4a,3gp,3g2,mj2', originSeconds: 0, ...facts },
  };
}

describe('copying a picture with colours that are named', () => {
  // Matrix, primaries, curve.
  const judge = (
    height: number,
    ...[color_space, color_primaries, color_transfer]: (string | undefined)[]
  ) => {
    const asked = question([0], [0]);
    const video = {
      ...asked.video,
      ...{ width: (height * 4) / 3, height, color_space, color_primaries, color_transfer },
    };
    const copy = planCopy({ ...asked, video, picture: sourcePicture(video), display: displaySize(video) });
    return typeof copy === 'string' ? copy : 'copied';
  };

  it('is possible where players and ffmpeg take them alike', () => {
    for (const height of [360, 720]) {
      expect(judge(height), 'nothing is named').to.equal('copied');
      for (const tag of ['bt709', 'smpte170m', 'bt470bg']) {
        expect(judge(height, tag, tag, tag), tag).to.equal('copied');
      }
      expect(judge(height, 'unknown', 'bt709', 'reserved')).to.equal('copied');
      expect(judge(height, 'bt709', 'bt709', 'iec61966-2-1')).to.equal('copied');
    }
    expect(judge(720, 'bt709')).to.equal('copied');
    expect(judge(360, 'smpte170m', 'smpte170m')).to.equal('copied');
  });

  it('is refused for what players show otherwise, or not at all', () => {
    for (const matrix of ['gbr', 'ycgco', 'bt2020nc', 'bt2020c', 'fcc', 'smpte240m']) {
      expect(judge(720, matrix, 'bt709', 'bt709'), matrix).to.equal('colours');
    }
    for (const primaries of ['bt2020', 'smpte432', 'smpte428', 'film', 'bt470m']) {
      expect(judge(720, 'bt709', primaries, 'bt709'), primaries).to.equal('colours');
    }
    for (const curve of ['linear', 'smpte428', 'bt470m']) {
      expect(judge(720, 'bt709', 'bt709', curve), curve).to.equal('colours');
    }
  });

  it('is refused where players guess another matrix than is named, as not all is', () => {
    expect(judge(360, 'bt709', 'bt709')).to.equal('colours');
    expect(judge(720, 'smpte170m', undefined, 'smpte170m')).to.equal('colours');
    const upright = { width: 480, height: 854 };
    const asked = question([0], [0]);
    const video = { ...asked.video, ...upright };
    expect(planCopy({ ...asked, video, picture: sourcePicture(video), display: upright })).to.equal(
      'colours',
    );
  });
});

describe('the cuts of a copied picture', () => {
  const inOrder = (count: number) => Array.from({ length: count }, (_, frame) => frame);
  const cutsOf = (count: number, keys: number[]) => {
    const copy = planCopy(question(inOrder(count), keys));
    return typeof copy === 'string' ? copy : copy.cuts;
  };
  const every = (frames: number, count: number) =>
    Array.from({ length: Math.ceil(count / frames) }, (_, n) => n * frames);

  it('are a short one first, then as long as groups make them, up to 6.05 s', () => {
    expect(cutsOf(1000, every(50, 1000))).to.deep.equal([0, 50, 200, 350, 500, 650, 800, 950]);
    expect(cutsOf(1000, every(25, 1000))).to.deep.equal([0, 50, 200, 350, 500, 650, 800, 950]);
    expect(cutsOf(500, every(100, 500))).to.deep.equal([0, 100, 200, 300, 400]);
    expect(cutsOf(453, every(151, 453))).to.deep.equal([0, 151, 302]);
    expect(cutsOf(30, [0])).to.deep.equal([0]);
  });

  it('do not make splinters of key frames that come close together', () => {
    expect(cutsOf(300, [0, 10, 120, 250])).to.deep.equal([0, 120, 250]);
  });

  it('are none where a group is longer than a segment may be', () => {
    expect(cutsOf(152, [0])).to.equal('sparse_key_frames');
    expect(cutsOf(304, [0, 152])).to.equal('sparse_key_frames');
    expect(cutsOf(300, [0, 148])).to.equal('sparse_key_frames');
    expect(cutsOf(299, [0, 148])).to.deep.equal([0, 148]);
  });

  it('lie on key frames, none further apart than 6.05 s, whatever the keys', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    let found = 0;
    for (let round = 0; round < 500; round += 1) {
      const keys = [0];
      const longest = 20 + random(160);
      while ((keys.at(-1) ?? 0) < 1200) keys.push((keys.at(-1) ?? 0) + 1 + random(longest));
      const count = (keys.at(-1) ?? 0) + 1 + random(151);
      const cuts = cutsOf(count, keys);
      const gaps = keys.map((key, index) => (keys[index + 1] ?? count) - key);
      if (typeof cuts === 'string') {
        expect(Math.max(...gaps), 'why there are no cuts').to.be.greaterThan(151);
        continue;
      }
      found += 1;
      expect(keys).to.include.members(cuts);
      expect(cuts[0]).to.equal(0);
      const lengths = cuts.map((cut, index) => (cuts[index + 1] ?? count) - cut);
      expect(Math.min(...lengths)).to.be.at.least(1);
      expect(Math.max(...lengths), JSON.stringify(keys)).to.be.at.most(151);
    }
    expect(found).to.be.greaterThan(100);
  });

  it('give the rates of the whole and of the highest segment', () => {
    const frames = inOrder(200);
    const asked = question(frames, [0, 50, 100, 150]);
    asked.packets.bytes = Float64Array.from(frames, (frame) => (frame < 50 ? 200 : 150));
    const copy = planCopy(asked);
    expect(copy).to.deep.equal({ cuts: [0, 50], averageBitrate: 32_500, peakBitrate: 40_000 } satisfies Copy);
    asked.packets.bytes = Float64Array.from(frames, (frame) => (frame < 50 ? 400 : 100));
    expect(planCopy(asked)).to.equal('uneven_rate');
  });

  it('are none for odd sides, frames off the grid, frames twice, and frames too few or too many', () => {
    const video = { ...question([0], [0]).video, width: 321 };
    const refusal = (frames: number[], facts: Partial<CopyQuestion> = {}) =>
      planCopy(question(frames, [0], facts));
    expect(refusal(inOrder(50), { video, display: { width: 321, height: 240 } })).to.equal('geometry');
    expect(refusal([0, 1, 2.2, 3])).to.be.an('object');
    expect(refusal([0, 1, 2.3, 3])).to.equal('frame_times');
    expect(refusal([0, 1, 1, 3])).to.equal('frame_times');
    expect(refusal([0, 1, 2, 4])).to.equal('frame_times');
    expect(refusal([-1, 0, 1, 2])).to.equal('frame_times');
    expect(refusal(inOrder(50), { frameCount: 75 })).to.equal('frame_times');
    expect(refusal(inOrder(50), { originSeconds: -0.04 })).to.equal('frame_times');
  });

  it('are none where a picture after a key frame is shown before it, or the first is no key frame', () => {
    expect(planCopy(question([0, 2, 1, 3, 5, 4], [0, 3]))).to.be.an('object');
    expect(planCopy(question([0, 1, 3, 2, 4, 5], [0, 2]))).to.equal('open_groups');
    expect(planCopy(question([0, 1, 2, 3], [1]))).to.equal('open_groups');
    expect(planCopy(question([0, 1, 2, 3], []))).to.equal('open_groups');
  });
});
