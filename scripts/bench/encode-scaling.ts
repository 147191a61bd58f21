import { queueNames } from '../../shared/queue-names.ts';
import { type BenchContext, type Figure, figure, inTurn } from './figure.ts';
import { makeMinute } from './tools/clips.ts';
import { openIngest } from './tools/ingest.ts';

const encoder = { WORKER_QUEUES: 'encode=1' };
/** What is not encoding is done by a worker of its own on both sides. */
const others = { WORKER_QUEUES: queueNames.filter((name) => name !== 'encode').join(',') };

/** One video on two workers that encode one chunk at a time, against one such worker. */
export async function run(context: BenchContext): Promise<Figure[]> {
  const { note, folder, startSystem, rounds = 1 } = context;
  const minute = await makeMinute(context);
  const readyWith = async (encoders: number) => {
    const workers = [others, ...Array.from({ length: encoders }, () => encoder)];
    const system = await startSystem({ workers });
    const owner = await openIngest(system, folder);
    const { readySeconds } = await owner.toReady(minute);
    note(`${encoders} of them: ready after ${readySeconds} s`);
    await system.stop();
    return readySeconds;
  };
  const [one, two] = await inTurn(
    rounds,
    () => readyWith(1),
    () => readyWith(2),
  );
  return [
    figure('encode-scaling: one worker / two workers', one / two, 'x', 'higher', 1.85),
    figure('encode-scaling: one worker', one, 's', 'lower'),
    figure('encode-scaling: two workers', two, 's', 'lower'),
  ];
}
