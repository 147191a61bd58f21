import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { EncodingPlan } from '../../../shared/contracts/encoding.ts';
import { audioCommand } from '../../../workers/media/ffmpeg-args.ts';
import { parseLoudness } from '../../../workers/media/loudness.ts';
import {
  greyOf,
  h264,
  joinSegments,
  levels,
  numbered,
  samples,
  tone,
  useMedia,
} from '../../support/media.ts';

const coded = [...h264(25), '-c:a', 'aac'];
/** Shows the packets from one on at another time; seconds. */
const moved = (from: number, to: number, seconds: number) => [
  ...['-c', 'copy', '-bsf:v'],
  `setts=pts=PTS+if(between(N\\,${from}\\,${to})\\,${seconds}/TB\\,0)`,
];

describe('the timeline', () => {
  const media = useMedia();

  /** The grey of each output frame. */
  async function greysOf(plan: EncodingPlan, source: string): Promise<number[]> {
    const made = await media.encode(plan, source);
    writeFileSync(media.path('joined.mp4'), joinSegments(made.flatMap(({ rungs }) => rungs.slice(0, 1))));
    return (await levels(media.path('joined.mp4'))).map(([grey]) => grey);
  }
  function expectGreys(greys: number[], due: number[]): void {
    const wrong = greys.flatMap((grey, n) => {
      const of = greyOf(due[n] ?? 0);
      return Math.abs(grey - of) > 4 ? [`${n}: ${Math.round(grey)} for ${of}`] : [];
    });
    expect(wrong).to.deep.equal([]);
    expect(greys).to.have.length(due.length);
  }
  const frames = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);
  const standing = (frame: number, count: number) => Array.from({ length: count }, () => frame);

  it('goes on with the last picture while the sound lasts longer', async () => {
    const source = await media.make('longer.mp4', ...numbered('25', 2), ...tone(9), ...coded);
    const plan = await media.planFor(source);
    expect(plan).to.deep.include({ originSeconds: 0, frameCount: 225, cuts: [0, 50, 200], warnings: [] });
    expect(plan.chunks.length).to.be.greaterThan(1);
    expectGreys(await greysOf(plan, source), [...frames(0, 50), ...standing(49, 175)]);
  });

  it('ends with the picture when the sound is shorter', async () => {
    const source = await media.make('shorter.mp4', ...numbered('25', 3), ...tone(1), ...coded);
    const plan = await media.planFor(source);
    expect(plan.frameCount).to.equal(75);
    const [track] = plan.audio;
    if (!track) expect.fail('no sound');
    const path = media.path('silent.mp4');
    const { stderr } = await media.run(audioCommand(plan, track, source, path));
    const heard = await samples(path);
    expect(heard.length / 48_000).to.be.closeTo(3, 0.05);
    expect(heard.slice(48_000 * 1.1).every((sample) => Math.abs(sample) < 0.001)).to.equal(true);
    expect(parseLoudness(stderr)?.integrated, 'of the sound alone').to.be.closeTo(-21.8, 1);
  });

  it('begins with the sound when that comes earlier: the first picture stands', async () => {
    const words = [...tone(5), '-itsoffset', '2', ...numbered('25', 4), ...coded];
    const source = await media.make('earlier.mp4', ...words);
    const plan = await media.planFor(source);
    expect(plan).to.include({ frameCount: 150 });
    expectGreys(await greysOf(plan, source), [...standing(0, 50), ...frames(0, 100)]);
  });

  it('does not believe a picture that lies hours away', async () => {
    const whole = await media.make('whole.mp4', ...numbered('25', 4), ...tone(4), ...coded);
    const source = await media.make('hours.mp4', '-i', whole, ...moved(60, 60, 7200));
    const plan = await media.planFor(source);
    expect(plan).to.include({ frameCount: 100, originSeconds: 0 });
    expect(plan.warnings.map(({ code }) => code)).to.deep.equal(['damaged_times']);
    const greys = await greysOf(plan, source);
    expectGreys(greys, frames(0, 100));
  });

  for (const [what, offset] of [
    ['later by far', 1000],
    ['earlier by far', -1000],
    ['once more', 0],
  ] as const) {
    it(`goes on where recordings were joined and the clock begins ${what}`, async () => {
      const begin = 1500;
      const words = [...numbered('25', 2), ...tone(2), ...coded, '-output_ts_offset'];
      const parts = [
        await media.make('one.ts', ...words, String(begin)),
        await media.make('two.ts', ...words, String(begin + offset)),
      ];
      const source = media.path('joined.ts');
      writeFileSync(source, Buffer.concat(parts.map((part) => readFileSync(part))));
      const plan = await media.planFor(source);
      expect(plan.warnings.map(({ code }) => code)).to.deep.equal(['damaged_times']);
      expectGreys(await greysOf(plan, source), [...frames(0, 50), ...frames(0, 50)]);
      const [track] = plan.audio;
      if (!track) expect.fail('no sound');
      const path = media.path('sound.mp4');
      await media.run(audioCommand(plan, track, source, path));
      expect((await samples(path)).length / 48_000).to.be.closeTo(4, 0.1);
    });
  }

  for (const offset of [0, 1000, -1000]) {
    it(`keeps sound beside its picture behind a recording without sound, ${offset} s off`, async () => {
      const begin = 1500;
      const silent = [...numbered('25', 2), ...h264(25), '-output_ts_offset'];
      const heard = [...numbered('25', 2), ...tone(2), ...coded, '-output_ts_offset'];
      const parts = [
        await media.make('silent.ts', ...silent, String(begin)),
        await media.make('heard.ts', ...heard, String(begin + offset)),
      ];
      const source = media.path('silent-first.ts');
      writeFileSync(source, Buffer.concat(parts.map((part) => readFileSync(part))));
      const plan = await media.planFor(source);
      expect(plan.frameCount).to.equal(100);
      expect(plan.durationSeconds).to.be.closeTo(4, 0.1);
      const [track] = plan.audio;
      if (!track) expect.fail('no sound');
      const path = media.path('late-sound.mp4');
      await media.run(audioCommand(plan, track, source, path));
      const found = await samples(path);
      const loud = (sample: number) => Math.abs(sample) > 0.02;
      expect(found.findIndex(loud) / 48_000).to.be.closeTo(2, 0.05);
      expect(found.findLastIndex(loud) / 48_000).to.be.closeTo(4, 0.1);
    });
  }

  it('lasts as long as the sound of joined recordings, where that outlasts their picture', async () => {
    const words = (seconds: number) => [...numbered('25', 2), ...tone(seconds), ...coded];
    const parts = [
      await media.make('even.ts', ...words(2)),
      await media.make('sound-longer.ts', ...words(5)),
    ];
    const source = media.path('outlasting.ts');
    writeFileSync(source, Buffer.concat(parts.map((part) => readFileSync(part))));
    const plan = await media.planFor(source);
    expect(plan.durationSeconds).to.be.closeTo(7, 0.1);
    expect(plan.frameCount / 25).to.be.closeTo(7, 0.1);
    const [track] = plan.audio;
    if (!track) expect.fail('no sound');
    const path = media.path('whole-sound.mp4');
    await media.run(audioCommand(plan, track, source, path));
    expect((await samples(path)).length / 48_000).to.be.closeTo(plan.durationSeconds, 0.05);
  });

  it('stands still where most is damaged, and goes on behind', async () => {
    const words = [...numbered('25', 10), '-c:v', 'libvpx', '-deadline', 'realtime', '-g', '25'];
    words.push('-b:v', '1M', '-bsf:v', "noise=amount='between(n,60,190)'");
    const source = await media.make('noise.mkv', ...words);
    const greys = await greysOf(await media.planFor(source), source);
    expect(greys).to.have.length(250);
    expectGreys(greys.slice(0, 25), frames(0, 25));
    expectGreys(greys.slice(225), frames(225, 250));
  });

  it('waits through a pause that the file itself names', async () => {
    const words = ['-vf', "setpts='PTS+gte(N,50)*30/TB'", '-fps_mode', 'vfr'];
    const source = await media.make('pause.mkv', ...numbered('25', 4), ...words, ...coded);
    const plan = await media.planFor(source);
    expect(plan).to.deep.include({ frameCount: 850, warnings: [] });
    expectGreys(await greysOf(plan, source), [...frames(0, 50), ...standing(49, 750), ...frames(50, 100)]);
  });

  for (const [container, file] of [
    ['Matroska', 'jump.mkv'],
    ['MP4', 'jump.mp4'],
  ] as const) {
    it(`does not believe a sound that jumps by hours, in ${container}`, async () => {
      const whole = await media.make('sound.mp4', ...numbered('25', 4), ...tone(4), ...coded);
      const words = ['-c', 'copy', '-bsf:a', 'setts=ts=TS+gte(N\\,150)*7200/TB'];
      const source = await media.make(file, '-i', whole, ...words);
      const plan = await media.planFor(source, { maxSeconds: 10_000 });
      expect(plan.frameCount).to.equal(100);
      // Matroska has no times below 0, so the encoder's delay moves everything.
      expect(plan.originSeconds).to.be.closeTo(0, 0.03);
      expectGreys(await greysOf(plan, source), frames(0, 100));
    });
  }

  it('begins with the pictures even when the first of them lies hours away', async () => {
    const whole = await media.make('whole.mkv', ...numbered('25', 4), ...coded);
    const source = await media.make('first.mkv', '-i', whole, ...moved(0, 0, 7200));
    const plan = await media.planFor(source);
    expect(plan.frameCount).to.be.within(99, 101);
    expect(plan.originSeconds).to.be.below(1);
  });
});
