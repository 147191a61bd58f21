import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { EncodingPlan } from '../../../shared/contracts/encoding.ts';
import type { FfmpegResult } from '../../../workers/media/ffmpeg.ts';
import { audioCommand } from '../../../workers/media/ffmpeg-args.ts';
import { cutSegments, type FragmentedFile } from '../../../workers/media/fragments.ts';
import { parseLoudness } from '../../../workers/media/loudness.ts';
import {
  greyOf,
  h264,
  joinSegments,
  levels,
  moving,
  numbered,
  samples,
  tone,
  useMedia,
} from '../../support/media.ts';
import { readFragmentedFile } from '../../support/read-fragments.ts';

const run = promisify(execFile);

/** A sine of 1 kHz in each of some channels, by its highest sample. */
const sine = (amplitudes: number[], layout: string, seconds: number) => [
  ...['-f', 'lavfi', '-i'],
  `aevalsrc=${amplitudes.map((a) => `${a}*sin(2000*PI*t)`).join('|')}:c=${layout}:s=48000:d=${seconds}`,
];
const coded = [...h264(50), '-c:a', 'aac', '-b:a', '192k'];

/** When a sound begins: the seconds before the first sample that is half as high as the highest. */
function onset(sound: Float32Array): number {
  const highest = sound.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return sound.findIndex((value) => Math.abs(value) > highest / 2) / 48_000;
}

describe('a sound track', () => {
  const media = useMedia();

  type Made = { path: string; file: FragmentedFile; ffmpeg: FfmpegResult };
  async function makeTrack(plan: EncodingPlan, source: string, n = 0): Promise<Made> {
    const path = media.path(`track-${n}.mp4`);
    const track = plan.audio[n] ?? expect.fail(`no track ${n}`);
    const ffmpeg = await media.run(audioCommand(plan, track, source, path));
    return { path, file: await readFragmentedFile(path), ffmpeg };
  }

  describe('of fifteen seconds', () => {
    let plan: EncodingPlan;
    let made: Made;
    before(async () => {
      const source = await media.make('fifteen.mp4', ...moving('25', 15), ...tone(15), ...coded);
      plan = await media.planFor(source);
      made = await makeTrack(plan, source);
    });

    it('is cut into segments about as long as those of the picture', () => {
      const segments = cutSegments(made.file, {
        ...{ firstNumber: 1, starts: 'every fragment' as const, withKeyFrames: false },
      });
      expect(segments.map(({ n, keyFrames }) => ({ n, keyFrames }))).to.deep.equal([
        ...[1, 2, 3].map((n) => ({ n, keyFrames: [] })),
      ]);
      for (const { seconds } of segments.slice(0, -1)) expect(seconds).to.be.closeTo(6, 0.03);
      const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
      expect(seconds).to.be.closeTo(plan.durationSeconds, 0.05);
      expect(made.file).to.include({ codecs: 'mp4a.40.2', timescale: 48_000 });
    });

    it('begins at decode time 0, which cannot be negative, and goes on without a gap', () => {
      let next = 0;
      for (const { baseTime, duration } of made.file.fragments) {
        expect(baseTime).to.equal(next);
        next += duration;
      }
    });

    it('has no seam: joined from its segments it is one sine', async () => {
      const data = readFileSync(made.path);
      const options = { firstNumber: 1, starts: 'every fragment' as const, withKeyFrames: false };
      const segments = cutSegments(made.file, options);
      writeFileSync(media.path('joined.mp4'), joinSegments([{ file: made.file, segments, data }]));
      const heard = await samples(media.path('joined.mp4'));
      expect(heard.length / 48_000).to.be.closeTo(15, 0.05);
      // Each millisecond is a period.
      let apart = 0;
      for (let at = 4800; at < 48_000 * 14.9; at += 1) {
        apart = Math.max(apart, Math.abs((heard[at] ?? 0) - (heard[at - 48] ?? 0)));
      }
      expect(apart).to.be.below(0.01);
    });
  });

  describe('of a source with 5.1', () => {
    let source: string;
    let plan: EncodingPlan;
    before(async () => {
      const channels = sine([0.1, 0.1, 0.2, 0.05, 0.1, 0.1], '5.1', 3);
      source = await media.make('surround.mp4', ...moving('25', 3), ...channels, ...coded);
      plan = await media.planFor(source);
    });

    it('comes in stereo, for everybody, and once more in 5.1', async () => {
      expect(plan.audio.map(({ name, channels }) => `${name} ${channels}`)).to.deep.equal([
        'audio/und 2',
        'audio/und-surround 6',
      ]);
      const shown = await Promise.all(
        plan.audio.map(async (_, n) => {
          const { path, file } = await makeTrack(plan, source, n);
          const words = ['-v', 'error', '-show_entries', 'stream=channels,channel_layout', '-of', 'csv=p=0'];
          const { stdout } = await run('ffprobe', [...words, path]);
          const frames = file.fragments.reduce((sum, fragment) => sum + fragment.samples, 0);
          expect((frames * 1024) / 48_000).to.be.closeTo(3, 0.05);
          return `${stdout.trim()} ${file.codecs}`;
        }),
      );
      expect(shown).to.deep.equal(['2,stereo mp4a.40.2', '6,5.1 mp4a.40.2']);
    });

    it('keeps the centre in the stereo mix', async () => {
      const { path } = await makeTrack(plan, source);
      const heard = await samples(path);
      expect(heard.slice(48_000, 96_000).reduce((most, value) => Math.max(most, value), 0)).to.be.above(0.05);
    });
  });

  for (const channels of [9, 10, 25]) {
    it(`is made of the first two of ${channels} channels that have no layout`, async () => {
      const heights = Array.from({ length: channels }, (_, n) => [0.4, 0.2][n] ?? 0.05);
      const values = Array.from({ length: 96_000 }, (_, n) => Math.sin((2 * Math.PI * n) / 48));
      const pcm = Float32Array.from(values.flatMap((value) => heights.map((height) => height * value)));
      writeFileSync(media.path('raw.pcm'), pcm);
      const raw = ['-f', 'f32le', '-ac', String(channels), '-ar', '48000', '-i', media.path('raw.pcm')];
      const coded = [...h264(50), '-c:a', 'pcm_s16le'];
      const source = await media.make(`${channels}.mov`, ...moving('25', 2), ...raw, ...coded);
      const plan = await media.planFor(source);
      expect(plan.audio).to.have.length(1);
      const { path } = await makeTrack(plan, source);
      for (const [channel, amplitude] of [0.4, 0.2].entries()) {
        const one = await media.make(`${channel}.wav`, '-i', path, '-af', `pan=mono|c0=c${channel}`);
        const heard = (await samples(one)).slice(48_000, 72_000);
        expect(heard.reduce((most, value) => Math.max(most, value), 0)).to.be.closeTo(amplitude, 0.04);
      }
    });
  }

  for (const [amplitude, lufs] of [
    [0.1, -20],
    [0.01, -40],
  ] as const) {
    it(`is measured: a stereo sine of ${amplitude} is ${lufs} LUFS`, async () => {
      const words = [...moving('25', 4), ...sine([amplitude, amplitude], 'stereo', 4), ...coded];
      const source = await media.make('sine.mp4', ...words);
      const { ffmpeg } = await makeTrack(await media.planFor(source), source);
      const loudness = parseLoudness(ffmpeg.stderr);
      expect(loudness?.integrated).to.be.closeTo(lufs, 0.2);
      expect(loudness?.range).to.be.closeTo(0, 0.2);
    });
  }

  it('of silence has no loudness', async () => {
    const source = await media.make(
      'silence.mp4',
      ...moving('25', 2),
      ...sine([0, 0], 'stereo', 2),
      ...coded,
    );
    const { ffmpeg } = await makeTrack(await media.planFor(source), source);
    expect(parseLoudness(ffmpeg.stderr)).to.equal(null);
  });

  describe('keeps its place beside the picture', () => {
    /** Sound shifted against the picture; the tone begins when its track does. */
    const shifted = (seconds: number) => [
      ...[...numbered('25', 3), '-itsoffset', String(seconds), ...tone(3), ...coded],
    ];
    const silenceThenTone = [
      ...['-f', 'lavfi', '-i', "aevalsrc='if(lt(t,0.2),0,sin(2000*PI*t)/8)':s=48000:d=3"],
    ];
    const places: [string, string, string[], number][] = [
      ['together with it, in MP4', 'together.mp4', shifted(0), 0],
      ['a little later, in MP4', 'later.mp4', shifted(0.333), 0.333],
      ['a little later, in Matroska', 'later.mkv', shifted(0.333), 0.333],
      ['much later, in a transport stream', 'later.ts', shifted(1.7), 1.7],
      [
        'later, in a file whose clock begins late',
        'clock.mp4',
        [...shifted(0.5), '-output_ts_offset', '7'],
        0.5,
      ],
      [
        'earlier, in silence, with 30 ms that no whole frame covers',
        'earlier.mkv',
        [...silenceThenTone, '-itsoffset', '0.63', ...numbered('25', 3), ...coded],
        0.2 - 0.63,
      ],
    ];
    places.push([
      'with a packet that comes before a hole, in fragments of ffmpeg',
      'lonely.mp4',
      [
        ...[...silenceThenTone, ...numbered('25', 3), ...coded, '-bf', '2'],
        ...['-movflags', 'frag_keyframe+empty_moov'],
      ],
      0.2,
    ]);
    for (const [name, file, words, due] of places) {
      it(`within 10 ms when it begins ${name}`, async () => {
        const source = await media.make(file, ...words);
        const plan = await media.planFor(source);
        const { path } = await makeTrack(plan, source);
        const made = await media.encode(plan, source);
        writeFileSync(
          media.path('picture.mp4'),
          joinSegments(made.flatMap(({ rungs }) => rungs.slice(0, 1))),
        );
        const greys = await levels(media.path('picture.mp4'));
        // The picture's own first frame may stand before it begins to move.
        const second = greys.findIndex(([grey]) => Math.abs(grey - greyOf(1)) < 3);
        expect(second).to.be.greaterThan(0);
        const pictureBegins = (second - 1) / 25;
        expect(onset(await samples(path)) - pictureBegins).to.be.closeTo(due, 0.01);
      });
    }
  });
});
