import { expect } from 'chai';
import type { AudioTrack, EncodingPlan, Rung } from '../../../shared/contracts/encoding.ts';
import { encoderOptions } from '../../../workers/media/encoder-args.ts';
import {
  audioCommand,
  chunkCommand,
  copyCommand,
  encodedRungs,
  firstPictureCommand,
} from '../../../workers/media/ffmpeg-args.ts';
import { tilesIn } from '../../../workers/media/image-args.ts';
import { colourFilters, scaleFilters } from '../../../workers/media/picture.ts';

const track: AudioTrack = {
  ...{ name: 'audio/en', streamIndex: 1, language: 'en', title: 'English', isDefault: true },
  ...{ channels: 2, bitrate: 128_000 },
};
const low: Rung = {
  ...{ name: '240p', width: 426, height: 240, crf: 23, maxBitrate: 399_000, bufferBits: 599_000 },
};
const high: Rung = {
  ...{ name: '360p', width: 640, height: 360, crf: 23, maxBitrate: 900_000, bufferBits: 1_350_000 },
};

/** 450 frames of 29.97 fps; the source's clock begins at 10 s, and its picture 0.4 s later. */
const plan: EncodingPlan = {
  durationSeconds: 15.015,
  frameCount: 450,
  rate: { numerator: 30_000, denominator: 1001 },
  gopFrames: 60,
  cuts: [0, 60, 240],
  originSeconds: 10.4,
  containerStartSeconds: 10,
  rebuilt: null,
  picture: { streamIndex: 2, isInterlaced: false, ignoresMatrix: false, hdr: null, matrix: null },
  codec: { profile: 'default', codec: 'h264', encoder: 'libx264', options: ['-preset', 'veryfast'] },
  rungs: [low, high],
  copied: null,
  ladder: [],
  chunks: [
    { startFrame: 0, endFrame: 60, seekSeconds: null },
    { startFrame: 60, endFrame: 240, seekSeconds: 1.2 },
    { startFrame: 240, endFrame: 450, seekSeconds: 5.333333 },
  ],
  audio: [track],
  captions: [],
  storyboard: { intervalSeconds: 5, width: 160, height: 90, frames: [0, 10, 300] },
  warnings: [],
};

const reading = ['-max_error_rate', '1', '-threads', '1', '-copyts', '-reinit_filter', '0'];
const fragmented = ['-f', 'mp4', '-avoid_negative_ts', 'disabled', '-use_editlist', '1'];
const movflags = '+cmaf+delay_moov+default_base_moof+skip_trailer';
const pictureFragments = [...fragmented, '-movflags', `${movflags}+frag_discont+frag_keyframe`];
const command = (chunk: number, of: Partial<EncodingPlan> = {}, reach = 0) =>
  chunkCommand({ ...plan, ...of }, chunk, 'source', ['a.mp4', 'b.mp4'], 'tiles.mjpeg', reach);
/** The rungs' outputs of a chunk. */
const outputs = (chunk: number, offset: string) =>
  [low, high].map((rung, index) => ({
    path: ['a.mp4', 'b.mp4'][index],
    options: [
      ...['-map', `[v${index}]`],
      ...encoderOptions(rung, { ...plan, span: plan.chunks[chunk] ?? expect.fail('no chunk') }),
      ...['-output_ts_offset', offset, ...pictureFragments],
    ],
  }));
const scaled = [low, high].map(
  ({ width, height }, index) => `[s${index}]${scaleFilters(width, height).join(',')}[v${index}]`,
);
const tilesOutput = {
  path: 'tiles.mjpeg',
  options: [
    ...['-map', '[tiles]', '-fps_mode', 'passthrough', '-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-c:v', 'mjpeg', '-q:v', '5', '-threads', '1'],
    ...['-f', 'mjpeg'],
  ],
};
const tilesBranch = (chosen: string) =>
  `[small]select='${chosen}',scale=160:90:out_color_matrix=bt601:out_range=pc,setsar=1,format=yuvj420p[tiles]`;

describe('the command for a chunk', () => {
  it('that is the first reads from the beginning, a moment too far', () => {
    expect(command(0)).to.deep.equal({
      input: { path: 'source', options: [...reading, '-to', '2.502'] },
      filter: [
        '[0:2]setpts=round(PTS-10.4/TB),fps=30000/1001:start_time=0,tpad=stop=-1:stop_mode=clone,' +
          'trim=start_pts=0:end_pts=60,setpts=PTS-0,split=3[s0][s1][small]',
        ...scaled,
        tilesBranch('eq(n,0)+eq(n,10)'),
      ].join(';'),
      outputs: [...outputs(0, '0'), tilesOutput],
    });
  });

  it('in the middle reads from a key frame to a moment too far, and keeps the times of the whole', () => {
    expect(command(1)).to.deep.equal({
      input: { path: 'source', options: [...reading, '-ss', '1.2', '-to', '8.508'] },
      filter: [
        '[0:2]setpts=round(PTS-10.4/TB),fps=30000/1001,tpad=stop=-1:stop_mode=clone,' +
          'trim=start_pts=60:end_pts=240,setpts=PTS-60,split=2[s0][s1]',
        ...scaled,
      ].join(';'),
      outputs: outputs(1, '2.002'),
    });
  });

  it('that is the last reads to the end', () => {
    expect(command(2)).to.deep.equal({
      input: { path: 'source', options: [...reading, '-ss', '5.333333'] },
      filter: [
        '[0:2]setpts=round(PTS-10.4/TB),fps=30000/1001,tpad=stop=-1:stop_mode=clone,' +
          'trim=start_pts=240:end_pts=450,setpts=PTS-240,split=3[s0][s1][small]',
        ...scaled,
        tilesBranch('eq(n,60)'),
      ].join(';'),
      outputs: [...outputs(2, '8.008'), tilesOutput],
    });
  });

  it('reads what lies around it where too little of it can be decoded, and makes the same frames', () => {
    const { input, filter, outputs: made } = command(1, {}, 1);
    expect(input.options).to.deep.equal(reading);
    expect(filter).to.match(
      /^\[0:2\]setpts=[^,]+,fps=30000\/1001:start_time=0,.*trim=start_pts=60:end_pts=240,/,
    );
    expect(made).to.deep.equal(outputs(1, '2.002'));
    expect(command(0, {}, 1).input.options).to.deep.equal([...reading, '-to', '8.508']);
    expect(command(2, {}, 1).input.options).to.deep.equal([...reading, '-ss', '1.2']);
    expect(command(2, {}, 2).input.options).to.deep.equal(reading);
  });

  it('shifts nothing when the source begins at 0', () => {
    const { filter } = command(0, { originSeconds: 0, containerStartSeconds: 0 });
    expect(filter).to.match(/^\[0:2\]fps=/);
  });

  it('makes whole pictures of fields first, and SDR of HDR once, at the size of the largest rung', () => {
    const picture = { ...plan.picture, isInterlaced: true, hdr: 'arib-std-b67' } as const;
    const [shared] = (command(1, { picture }).filter ?? '').split(';');
    expect(shared).to.match(/^\[0:2\]scale=interl=-1,bwdif=/);
    expect(shared).to.include(`setpts=PTS-60,${colourFilters(picture, high).join(',')},split=2`);
  });

  it('encodes all rungs but the copied one', () => {
    const copied = { copied: '360p' };
    expect(encodedRungs({ ...plan, ...copied })).to.deep.equal([low]);
    expect(encodedRungs(plan)).to.deep.equal([low, high]);
    const { filter, outputs: made } = command(1, copied);
    expect(made.map(({ path }) => path)).to.deep.equal(['a.mp4']);
    expect(filter).to.include('split=1[s0];').and.not.include('[v1]');
  });

  it('makes nothing of a chunk without rungs and tiles', () => {
    const { filter, outputs: made } = command(1, { rungs: [high], copied: '360p' });
    expect(filter).to.equal(undefined);
    expect(made).to.deep.equal([]);
  });

  it('is none for a chunk that is not planned', () => {
    expect(() => command(3)).to.throw(RangeError, 'chunk 3 of 3');
  });
});

describe('the tiles of a chunk', () => {
  it('are counted from its first frame', () => {
    expect([0, 1, 2, 3].map((chunk) => tilesIn(plan, chunk))).to.deep.equal([[0, 10], [], [60], []]);
    const atBorders = { ...plan, storyboard: { ...plan.storyboard, frames: [59, 60, 239, 240] } };
    expect([0, 1, 2].map((chunk) => tilesIn(atBorders, chunk))).to.deep.equal([[59], [0, 179], [0]]);
  });
});

describe('the command for a copy', () => {
  it('packages the picture as it is, on the output’s clock', () => {
    const { input, filter, outputs: made } = copyCommand(plan, 'source', 'copy.mp4');
    expect({ input, filter }).to.deep.equal({
      input: { path: 'source', options: ['-copyts'] },
      filter: undefined,
    });
    expect(made).to.have.length(1);
    const options = made[0]?.options ?? [];
    expect(options.slice(0, 4)).to.deep.equal(['-map', '0:2', '-c:v', 'copy']);
    expect(options.slice(-2 - pictureFragments.length)).to.deep.equal([
      ...['-output_ts_offset', '-10.4', ...pictureFragments],
    ]);
    expect(options.join(' ')).to.include('-map_metadata -1 -map_chapters -1');
    const unshifted = copyCommand({ ...plan, originSeconds: 0 }, 'source', 'copy.mp4').outputs[0]?.options;
    expect(unshifted).to.not.include('-output_ts_offset');
  });
});

describe('the command for sound', () => {
  it('makes one stereo track, whole, in fragments of a segment’s length', () => {
    expect(audioCommand(plan, track, 'source', 'audio.mp4')).to.deep.equal({
      input: { path: 'source', options: ['-copyts', '-reinit_filter', '0'] },
      filter:
        '[0:1]asetpts=PTS-10.4/TB,aresample=48000:async=1:min_hard_comp=0.1:first_pts=0,' +
        'aformat=channel_layouts=stereo,ebur128=framelog=verbose,apad=whole_dur=15.015[a]',
      outputs: [
        {
          path: 'audio.mp4',
          options: [
            ...['-map', '[a]', '-c:a', 'aac', '-b:a', '128000', '-ar', '48000'],
            ...['-map_metadata', '-1', '-map_chapters', '-1'],
            ...[...fragmented, '-movflags', movflags, '-frag_duration', '6000000'],
          ],
        },
      ],
    });
  });

  it('makes 5.1 where that is planned, and shifts nothing when the source begins at 0', () => {
    const surround = { ...track, channels: 6, bitrate: 384_000 } as const;
    const { filter, outputs: made } = audioCommand(
      { ...plan, originSeconds: 0 },
      surround,
      'source',
      'a.mp4',
    );
    expect(filter)
      .to.match(/^\[0:1\]aresample=/)
      .and.include('channel_layouts=5.1,');
    expect(made[0]?.options).to.include('384000');
  });
});

describe('the command for a first picture', () => {
  it('decodes until one comes out and writes nothing', () => {
    expect(firstPictureCommand(2, 'source')).to.deep.equal({
      input: { path: 'source', options: [] },
      outputs: [
        {
          path: '-',
          options: ['-map', '0:2', '-frames:v', '1', '-vf', 'showinfo=checksum=0', '-f', 'null'],
        },
      ],
    });
  });
});
