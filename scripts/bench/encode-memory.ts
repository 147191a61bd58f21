import { type BenchContext, type Figure, figure } from './figure.ts';
import { makeLarge } from './tools/clips.ts';
import { openIngest } from './tools/ingest.ts';
import { canLookInside, readPeakMemory, watchChildren } from './tools/processes.ts';

const sourceBytes = 2 * 1024 ** 3;
const mebibyte = 1024 ** 2;
/** By then it was downloaded and probed, and chunks of every rung were encoded and stored. */
const enoughPercent = 4;

/** How much memory a large source takes: of the worker itself, and of the programs that it runs. */
export async function run(context: BenchContext): Promise<Figure[]> {
  const { note, folder, startSystem } = context;
  if (!canLookInside) {
    note('not measured: only Linux tells how much memory a process has used');
    return [];
  }
  const large = await makeLarge(context, sourceBytes);
  const system = await startSystem();
  const worker = system.processes.find(({ name }) => name === 'worker')?.pid ?? 0;
  const owner = await openIngest(system, folder);
  const children = watchChildren(worker);
  try {
    const videoId = await owner.begin(large);
    await owner.until(videoId, ({ playable, percent }) => playable && percent >= enoughPercent);
  } finally {
    children.stop();
  }
  const own = readPeakMemory(worker);
  if (own === undefined) throw new Error('The worker is gone.');
  for (const [name, bytes] of children.peaks) note(`${name}: ${Math.round(bytes / mebibyte)} MiB`);
  const ffmpeg = children.peaks.get('ffmpeg');
  if (ffmpeg === undefined) throw new Error('No ffmpeg was seen at work.');
  return [
    figure('encode-memory: the worker, 2 GiB source', own / mebibyte, 'MiB', 'lower', 200),
    figure('encode-memory: largest ffmpeg, 1080p', ffmpeg / mebibyte, 'MiB', 'lower', 350),
  ];
}
