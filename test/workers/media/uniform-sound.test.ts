import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { runFfmpeg } from '../../../workers/media/ffmpeg.ts';
import { audioCommand } from '../../../workers/media/ffmpeg-args.ts';
import { parseLoudness } from '../../../workers/media/loudness.ts';
import { changesMidway, hasNoNumbers, uniformSound } from '../../../workers/media/uniform-sound.ts';
import { mediaFault } from '../../../workers/media-fault.ts';
import { withBothFfmpegs } from '../../support/both-ffmpegs.ts';
import { h264, moving, samples, useMedia } from '../../support/media.ts';
import { randomFrom } from '../../support/mutate.ts';
import { readFragmentedFile } from '../../support/read-fragments.ts';

const { signal } = new AbortController();

/** A tenth of a second of 1 kHz in the middle of every second, as loud in each way that it is mixed. */
const beeps = (seconds: number) => [
  ...['-f', 'lavfi', '-i'],
  `aevalsrc='between(mod(t,1),0.5,0.6)*sin(2000*PI*t)/4':s=48000:d=${seconds}`,
];

/** When each beep begins, in seconds. */
function beginnings(sound: Float32Array): number[] {
  const found: number[] = [];
  sound.forEach((value, index) => {
    const at = index / 48_000;
    if (Math.abs(value) > 0.05 && at > (found.at(-1) ?? -1) + 0.5) found.push(at);
  });
  return found;
}

describe('sound that changes midway', () => {
  const media = useMedia();

  /** Recordings of two seconds, one after the other as a broadcast has them. */
  async function broadcast(name: string, parts: string[][], clock: (part: number) => number) {
    const files = await Promise.all(
      parts.map((words, n) =>
        media.make(
          `${n}-${name}`,
          ...moving('25', 2),
          ...beeps(2),
          ...h264(25),
          ...words,
          ...['-output_ts_offset', String(clock(n))],
        ),
      ),
    );
    const source = media.path(name);
    writeFileSync(source, Buffer.concat(files.map((file) => readFileSync(file))));
    return source;
  }
  const stereo = ['-ac', '2', '-c:a', 'ac3'];
  const surround = ['-ac', '6', '-c:a', 'ac3'];
  const slower = ['-ac', '2', '-ar', '44100', '-c:a', 'aac'];
  const mono = ['-ac', '1', '-c:a', 'aac'];
  const onTime = (part: number) => 100 + 2 * part;
  const cases: [string, string[][], (part: number) => number, number][] = [
    ['channels', [surround, stereo, surround], onTime, 0.01],
    ['sample rate', [slower, mono, slower], onTime, 0.01],
    // Without a clock the padding of a recording's last frame counts.
    ['channels, and its clock begins anew', [stereo, surround], () => 100, 0.03],
  ];

  it('is first brought to one shape, by a graph that may begin anew', async () => {
    const plan = await media.planFor(await broadcast('again.ts', [surround, stereo], () => 100));
    const [track] = plan.audio;
    if (!track) expect.fail('no sound');
    const { before: prepare, command } = uniformSound({ ...plan, originSeconds: 7.5, rebuilt: null }, track);
    expect(prepare('source', 'between')).to.deep.equal({
      input: { path: 'source', options: ['-copyts'] },
      filter: `[0:${track.streamIndex}]aselect='lt(t,${7.5 + plan.durationSeconds})',aresample=48000:async=1,aformat=channel_layouts=stereo[a]`,
      outputs: [
        {
          path: 'between',
          options: [
            ...['-map', '[a]', '-c:a', 'pcm_f32le', '-map_metadata', '-1', '-map_chapters', '-1'],
            ...['-f', 'nut', '-avoid_negative_ts', 'disabled', '-output_ts_offset', '60'],
          ],
        },
      ],
    });
    const { input, filter } = command('between', 'file');
    expect(input.options).to.include.members(['-format_whitelist', 'nut', '-copyts']);
    expect(filter).to.match(
      /^\[0:0\]asetpts=PTS-67.5\/TB,aresample=48000:async=1:min_hard_comp=0.005:first_pts=0,/,
    );
    // The clock of joined recordings goes on in the packets: a graph would count from the beginning again.
    const [joined] = uniformSound(plan, track).before('source', 'between').outputs;
    expect(joined?.options.join(' ')).to.match(/-bsf:a setts=ts='if\(eq\(N,0\),.*DURATION\)\)'/);
    expect(uniformSound(plan, track).command('between', 'file').filter).to.not.include('PREV_OUTPTS');
  });

  it('is not lost where damaged frames look like ones of another rate', async () => {
    const words = ['-c:v', 'mpeg2video', '-b:v', '500k', '-c:a', 'mp2'];
    const hum = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000:duration=20'];
    const whole = readFileSync(await media.make('whole.ts', ...moving('25', 20), ...hum, ...words));
    const packets = Array.from({ length: whole.length / 188 }, (_, n) =>
      whole.subarray(n * 188, n * 188 + 188),
    );
    const random = randomFrom(2);
    const source = media.path('lossy.ts');
    writeFileSync(source, Buffer.concat(packets.filter((_, n) => n < 40 || random() > 0.04)));
    const plan = await media.planFor(source);
    const [track] = plan.audio;
    if (!track) expect.fail('no sound');
    const { before: prepare, command } = uniformSound(plan, track);
    await media.run(prepare(source, media.path('lossy')));
    await media.run(command(media.path('lossy'), media.path('lossy.mp4')));
    const heard = await samples(media.path('lossy.mp4'));
    expect(heard.length / 48_000).to.be.closeTo(20, 0.2);
    const tenths = Array.from({ length: 200 }, (_, n) => heard.subarray(n * 4800, (n + 1) * 4800));
    expect(tenths.filter((some) => some.some((value) => Math.abs(value) > 0.02)).length).to.be.above(100);
  });

  withBothFfmpegs((bench) => {
    for (const [n, [what, parts, clock, skew]] of cases.entries()) {
      it(`keeps its place and its length: ${what}`, async () => {
        const source = await broadcast(`${n}.ts`, parts, clock);
        const plan = await media.planFor(source);
        const [track] = plan.audio;
        if (!track) expect.fail('no sound');
        const path = join(bench().folder, `${n}.mp4`);
        const run = (command: Parameters<typeof runFfmpeg>[1]) =>
          runFfmpeg(bench().tool, command, { signal });
        const error = await run(audioCommand(plan, track, source, path))
          .catch(mediaFault)
          .catch((thrown) => thrown);
        expect(changesMidway(error)).to.equal(true);

        const { before: prepare, command } = uniformSound(plan, track);
        const prepared = join(bench().folder, `${n}.prepared`);
        await run(prepare(source, prepared));
        const { stderr } = await run(command(prepared, path));
        const heard = await samples(path);
        const due = Array.from({ length: 2 * parts.length }, (_, second) => second + 0.5);
        expect(beginnings(heard)).to.have.length(due.length);
        beginnings(heard).forEach((at, index) => {
          expect(at).to.be.closeTo(due[index] ?? 0, skew);
        });
        const { fragments } = await readFragmentedFile(path);
        const frames = fragments.reduce((sum, fragment) => sum + fragment.samples, 0);
        expect((frames * 1024) / 48_000).to.be.closeTo(2 * parts.length, 0.1);
        // A tenth of the time it is a sine; how centre and sides are mixed is the source's to say.
        expect(parseLoudness(stderr)?.integrated).to.be.closeTo(-21.7, 1);
      });
    }
  });

  withBothFfmpegs((bench) => {
    it('is silent where its samples are no numbers', async () => {
      const words = `aevalsrc='if(between(t,1,2),if(lt(t,1.5),0/0,1/0),sin(2000*PI*t)/4)':s=48000:d=4`;
      const coded = [...h264(25), '-c:a', 'pcm_f32le'];
      const source = await media.make('floats.mkv', ...moving('25', 4), '-f', 'lavfi', '-i', words, ...coded);
      const plan = await media.planFor(source);
      const [track] = plan.audio;
      if (!track) expect.fail('no sound');
      const path = join(bench().folder, 'floats.mp4');
      const run = (command: Parameters<typeof runFfmpeg>[1]) => runFfmpeg(bench().tool, command, { signal });
      const error = await run(audioCommand(plan, track, source, path))
        .catch(mediaFault)
        .catch((thrown) => thrown);
      expect(hasNoNumbers(error)).to.equal(true);

      await run(audioCommand(plan, { ...track, isSilenced: true }, source, path));
      const heard = await samples(path);
      const loudest = [0.5, 1.25, 1.75, 2.5].map((second) =>
        heard
          .subarray(second * 48_000, (second + 0.2) * 48_000)
          .reduce((most, value) => Math.max(most, value), 0),
      );
      for (const [place, due] of [0.25, 0, 0, 0.25].entries())
        expect(loudest[place]).to.be.closeTo(due, 0.03);
    });
  });
});
