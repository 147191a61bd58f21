import { type BenchContext, type Figure, figure, median } from './figure.ts';
import { makeMinute, repeat } from './tools/clips.ts';
import { openIngest, secondsUntil } from './tools/ingest.ts';

/** How early a video can be watched, and how little that depends on its length. */
export async function run(context: BenchContext): Promise<Figure[]> {
  const { note, folder, startSystem, rounds = 1 } = context;
  const minute = await makeMinute(context);
  const six = await repeat(context, { clip: minute, times: 6, name: 'six-minutes.mp4' });
  const playable: number[] = [];
  const ready: number[] = [];
  const playableOfSix: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const system = await startSystem();
    const owner = await openIngest(system, folder);
    const whole = await owner.toReady(minute);
    note(`a minute: playable after ${whole.playableSeconds} s, ready after ${whole.readySeconds} s`);
    const videoId = await owner.begin(six);
    const begun = await owner.until(videoId, ({ playable }) => playable);
    const seconds = secondsUntil(begun, begun.playableAt);
    note(`six minutes: playable after ${seconds} s`);
    playable.push(whole.playableSeconds);
    ready.push(whole.readySeconds);
    playableOfSix.push(seconds);
    // Nobody waits for the rest.
    await system.stop();
  }
  const [early, late, earlyOfSix] = [median(playable), median(ready), median(playableOfSix)];
  return [
    figure('encode-playable: playable / ready, a minute', early / late, '', 'lower', 0.25),
    figure('encode-playable: playable, a minute', early, 's', 'lower'),
    figure('encode-playable: playable of six minutes / of one', earlyOfSix / early, '', 'lower', 1.5),
    figure('encode-playable: playable, six minutes', earlyOfSix, 's', 'lower'),
  ];
}
