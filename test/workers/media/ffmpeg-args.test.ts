import { expect } from 'chai';
import type { EncodingPlan } from '../../../shared/contracts/encoding.ts';
import { audioCommand, chunkCommand, firstPictureCommand } from '../../../workers/media/ffmpeg-args.ts';

const track = { name: 'audio/en', streamIndex: 1, language: 'en', title: 'Original', isDefault: true };

/** 450 frames of 29.97 fps; the source's clock begins at 10 s, and its picture 0.4 s later. */
const plan: EncodingPlan = {
  durationSeconds: 15.015,
  frameCount: 450,
  rate: { numerator: 30_000, denominator: 1001 },
  gopFrames: 60,
  segmentFrames: 180,
  originSeconds: 10.4,
  containerStartSeconds: 10,
  videoStreamIndex: 2,
  rungs: [
    { name: '240p', width: 426, height: 240, crf: 23, maxBitrate: 399_000, bufferBits: 599_000 },
    { name: '360p', width: 640, height: 360, crf: 23, maxBitrate: 900_000, bufferBits: 1_350_000 },
  ],
  chunks: [
    { startFrame: 0, endFrame: 180, seekSeconds: null },
    { startFrame: 180, endFrame: 360, seekSeconds: 4.2 },
    { startFrame: 360, endFrame: 450, seekSeconds: 9.333333 },
  ],
  audio: [track],
};

/** The options of one rung, as far as they are the same in every chunk. */
const encoded = (label: string, maxBitrate: string, bufferBits: string, zones: string, offset: string) => [
  ...['-map', label],
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-threads', '1'],
  ...['-crf', '23', '-maxrate', maxBitrate, '-bufsize', bufferBits],
  ...['-g', '60', '-keyint_min', '60', '-sc_threshold', '0'],
  ...['-x264-params', `zones=${zones}`],
  ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
  ...['-map_metadata', '-1', '-map_chapters', '-1'],
  ...['-output_ts_offset', offset],
  ...['-f', 'mp4', '-avoid_negative_ts', 'disabled', '-use_editlist', '1'],
  ...['-movflags', '+cmaf+delay_moov+default_base_moof+skip_trailer+frag_discont+frag_keyframe'],
];
const outputs = (zones: string, offset: string) => [
  { path: 'a.mp4', options: encoded('[v0]', '399000', '599000', zones, offset) },
  { path: 'b.mp4', options: encoded('[v1]', '900000', '1350000', zones, offset) },
];
const scaled =
  '[s0]scale=426:240:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p[v0];' +
  '[s1]scale=640:360:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p[v1]';
const command = (chunk: number) => chunkCommand(plan, chunk, 'source', ['a.mp4', 'b.mp4']);

describe('the command for a chunk', () => {
  it('that is the first reads from the beginning, a second too far', () => {
    expect(command(0)).to.deep.equal({
      input: { path: 'source', options: ['-copyts', '-to', '7.406'] },
      filter:
        '[0:2]setpts=round(PTS-10.4/TB),fps=30000/1001:start_time=0,tpad=stop=-1:stop_mode=clone,' +
        `trim=start_pts=0:end_pts=180,setpts=PTS-0,split=2[s0][s1];${scaled}`,
      outputs: outputs('0,11,b=1.1/168,179,b=1.1', '0'),
    });
  });

  it('in the middle reads from a key frame to a second too far, and keeps the time stamps of the whole', () => {
    expect(command(1)).to.deep.equal({
      input: { path: 'source', options: ['-copyts', '-ss', '4.2', '-to', '13.412'] },
      filter:
        '[0:2]setpts=round(PTS-10.4/TB),fps=30000/1001,tpad=stop=-1:stop_mode=clone,' +
        `trim=start_pts=180:end_pts=360,setpts=PTS-180,split=2[s0][s1];${scaled}`,
      outputs: outputs('0,11,b=1.1/168,179,b=1.1', '6.006'),
    });
  });

  it('that is the last reads to the end', () => {
    expect(command(2)).to.deep.equal({
      input: { path: 'source', options: ['-copyts', '-ss', '9.333333'] },
      filter:
        '[0:2]setpts=round(PTS-10.4/TB),fps=30000/1001,tpad=stop=-1:stop_mode=clone,' +
        `trim=start_pts=360:end_pts=450,setpts=PTS-360,split=2[s0][s1];${scaled}`,
      outputs: outputs('0,11,b=1.1/78,89,b=1.1', '12.012'),
    });
  });

  it('shifts nothing when the source begins at 0, and has no zones when it is short', () => {
    const short = {
      ...plan,
      ...{ originSeconds: 0, containerStartSeconds: 0, frameCount: 47 },
      chunks: [{ startFrame: 0, endFrame: 47, seekSeconds: null }],
    };
    const { input, filter, outputs: made } = chunkCommand(short, 0, 'source', ['a.mp4', 'b.mp4']);
    expect(input.options).to.deep.equal(['-copyts']);
    expect(filter).to.match(/^\[0:2\]fps=/);
    expect(made.flatMap(({ options }) => options)).to.not.include('-x264-params');
  });

  it('is none for a chunk that is not planned', () => {
    expect(() => command(3)).to.throw(RangeError, 'chunk 3 of 3');
  });
});

describe('the command for sound', () => {
  it('makes one stereo track, whole, in fragments of a segment’s length', () => {
    expect(audioCommand(plan, track, 'source', 'audio.mp4')).to.deep.equal({
      input: { path: 'source', options: ['-copyts'] },
      filter: '[0:1]asetpts=PTS-10.4/TB,aresample=48000:async=1:first_pts=0[a]',
      outputs: [
        {
          path: 'audio.mp4',
          options: [
            ...['-map', '[a]', '-c:a', 'aac', '-b:a', '128k', '-ac', '2', '-ar', '48000'],
            ...['-map_metadata', '-1', '-map_chapters', '-1'],
            ...['-f', 'mp4', '-avoid_negative_ts', 'disabled', '-use_editlist', '1'],
            ...['-movflags', '+cmaf+delay_moov+default_base_moof+skip_trailer'],
            ...['-frag_duration', '6006000'],
          ],
        },
      ],
    });
  });
});

describe('the command for a first picture', () => {
  it('decodes until one comes out and writes nothing', () => {
    expect(firstPictureCommand(2, 'source')).to.deep.equal({
      input: { path: 'source', options: [] },
      outputs: [{ path: '-', options: ['-map', '0:2', '-frames:v', '1', '-f', 'null'] }],
    });
  });
});
