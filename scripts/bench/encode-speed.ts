import { type BenchContext, type Figure, figure, median } from './figure.ts';
import { encodeInTurn, encodePlainly } from './sides/plain-ffmpeg.ts';
import { makeFittingMinute, makeMinute } from './tools/clips.ts';
import { type Ingest, openIngest } from './tools/ingest.ts';
import { canLookInside, readTicks, type Ticks } from './tools/processes.ts';

type Sides = { ready: number; plain: number };

/**
 * From `complete` to ready through the api and one worker, against an ffmpeg that makes the same rungs from a local
 * file, and against one ffmpeg per rung in turn.
 */
export async function run(context: BenchContext): Promise<Figure[]> {
  const { note, folder, startSystem, rounds = 3 } = context;
  const minute = await makeMinute(context);
  const fitting = await makeFittingMinute(context);
  const { processes, ...system } = await startSystem();
  const owner = await openIngest({ processes, ...system }, folder);
  const ready = async (source: string, isCopied: boolean) => {
    const { videoId, readySeconds } = await owner.toReady(source);
    note(`ready after ${readySeconds} s`);
    await checkTop(owner, videoId, isCopied, note);
    return { readySeconds, plan: await owner.plan(videoId) };
  };

  const ticks: Ticks = { own: 0, children: 0 };
  const inTurn: number[] = [];
  const encoded: Sides[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = ticksOf(processes);
    const { readySeconds, plan } = await ready(minute, false);
    const after = ticksOf(processes);
    ticks.own += after.own - before.own;
    ticks.children += after.children - before.children;
    const plain = await encodePlainly({ plan, source: minute, folder });
    note(`plain ffmpeg took ${plain.toFixed(1)} s`);
    encoded.push({ ready: readySeconds, plain });
    if (round % 3 !== 0) continue; // takes long, and is far less close
    inTurn.push(await encodeInTurn({ plan, source: minute, folder }));
    note(`one ffmpeg per rung in turn took ${inTurn.at(-1)?.toFixed(1)} s`);
  }

  const copied: Sides[] = [];
  for (let round = 0; round < Math.ceil(rounds / 3); round += 1) {
    const { readySeconds, plan } = await ready(fitting, true);
    const plain = await encodePlainly({ plan, source: fitting, folder });
    note(`plain ffmpeg took ${plain.toFixed(1)} s`);
    copied.push({ ready: readySeconds, plain });
  }

  const of = (sides: Sides[], side: keyof Sides) => median(sides.map((round) => round[side]));
  const took = of(encoded, 'ready');
  const tookCopied = of(copied, 'ready');
  return [
    figure('encode-speed: ready / plain ffmpeg', took / of(encoded, 'plain'), '', 'lower', 0.95),
    figure('encode-speed: ready', took, 's', 'lower'),
    figure('encode-speed: plain ffmpeg', of(encoded, 'plain'), 's', 'lower'),
    figure('encode-speed: ready / one ffmpeg per rung in turn', took / median(inTurn), '', 'lower', 0.65),
    figure('encode-speed: one ffmpeg per rung in turn', median(inTurn), 's', 'lower'),
    figure(
      'encode-speed: copied top rung, ready / plain ffmpeg',
      tookCopied / of(copied, 'plain'),
      '',
      'lower',
      0.6,
    ),
    figure('encode-speed: copied top rung, ready', tookCopied, 's', 'lower'),
    figure('encode-speed: copied top rung, plain ffmpeg', of(copied, 'plain'), 's', 'lower'),
    ...(canLookInside
      ? [figure('encode-speed: CPU outside ffmpeg / ffmpeg', ticks.own / ticks.children, '', 'lower', 0.05)]
      : []),
  ];
}

/** Of the api and the worker, and of what the worker ran. */
function ticksOf(processes: { pid: number }[]): Ticks {
  const all = canLookInside ? processes.map(({ pid }) => readTicks(pid)) : [];
  const sum = (which: keyof Ticks) => all.reduce((total, ticks) => total + ticks[which], 0);
  return { own: sum('own'), children: sum('children') };
}

/** A figure of the wrong kind of work would be a false one. */
async function checkTop(owner: Ingest, videoId: string, isCopied: boolean, note: BenchContext['note']) {
  const found = await owner.hasCopiedRung(videoId);
  if (found && !isCopied) throw new Error('The top rung was copied, and is meant to be encoded.');
  if (!found && isCopied) note('the top rung was encoded, although the source fits');
}
