import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { EncodingPlan, Rung } from '../../shared/contracts/encoding.ts';
import { type BenchContext, type Figure, figure } from './figure.ts';
import { encodePlainly } from './sides/plain-ffmpeg.ts';
import { makeJudged } from './tools/clips.ts';
import { openIngest } from './tools/ingest.ts';
import { fetchTopRung } from './tools/published-rung.ts';
import { findMeter, type Meter } from './tools/vmaf.ts';

/** Three groups of the generated picture, and a few rounds of a short real clip. */
const seconds = 25;
/** Frames looked at on either side of the first frame of a chunk. */
const reach = 9;

type Judged = { bytes: number; frames: number[] };

/** How good the published top rung is, and what its chunks cost it against one process with the same settings. */
export async function run(context: BenchContext): Promise<Figure[]> {
  const { note, folder, startSystem, media } = context;
  const meter = findMeter(folder);
  if (!meter) {
    note('not measured: no ffmpeg with libvmaf; run scripts/setup --with-second-ffmpeg or set VMAF_FFMPEG');
    return [];
  }
  const source = await makeJudged(context, seconds);
  const system = await startSystem();
  const owner = await openIngest(system, folder);
  const { videoId } = await owner.toReady(source);
  const plan = await owner.plan(videoId);
  const published = join(folder, 'published.mp4');
  await fetchTopRung(owner.client, videoId, published);
  // The rest is sums: nothing else should run beside it.
  await system.stop();

  const top = plan.rungs.at(-1);
  if (!top) throw new Error('The plan has no rung.');
  const chunked = await judge(meter, published, source);
  note(`published: VMAF ${mean(chunked.frames).toFixed(2)}, ${chunked.bytes} bytes`);
  const encode = async (rung: Rung) => {
    const judged = await encodeAlone(meter, { plan, rung, source, folder });
    note(`one process, crf ${rung.crf}: VMAF ${mean(judged.frames).toFixed(2)}, ${judged.bytes} bytes`);
    return judged;
  };
  const single = await encode(top);
  const nearby = await encode(stepped(top, mean(chunked.frames) < mean(single.frames) ? 1 : -1));

  const losses = plan.chunks
    .slice(1)
    .map(({ startFrame }) => around(single, startFrame) - around(chunked, startFrame));
  note(`lost at the seams: ${losses.map((loss) => loss.toFixed(2)).join(', ')}`);
  return [
    // A generated picture may be harder than any real one.
    figure('encode-quality: VMAF of the top rung', mean(chunked.frames), '', 'higher', media ? 93 : null),
    figure('encode-quality: VMAF of one process', mean(single.frames), '', 'higher'),
    figure('encode-quality: VMAF lost around seams', mean(losses), '', 'lower', 0.3),
    figure('encode-quality: bytes / one process', chunked.bytes / single.bytes, '', 'lower'),
    figure(
      'encode-quality: bytes / one process at the same VMAF',
      chunked.bytes / bytesAt(mean(chunked.frames), single, nearby),
      '',
      'lower',
      1.01,
    ),
  ];
}

async function judge(meter: Meter, path: string, source: string): Promise<Judged> {
  return { bytes: pictureBytes(path), frames: await meter(path, source) };
}

async function encodeAlone(
  meter: Meter,
  { plan, rung, source, folder }: { plan: EncodingPlan; rung: Rung; source: string; folder: string },
): Promise<Judged> {
  await encodePlainly({ plan, source, folder, rungs: [rung], withSound: false, threads: 1 });
  return judge(meter, join(folder, `${rung.name}.mp4`), source);
}

/** A little smaller or larger: the rate of x264 doubles over six steps of its constant quality, the cap with it. */
function stepped(rung: Rung, steps: 1 | -1): Rung {
  const scale = 2 ** (-steps / 6);
  return {
    ...rung,
    crf: rung.crf + steps,
    maxBitrate: Math.round(rung.maxBitrate * scale),
    bufferBits: Math.round(rung.bufferBits * scale),
  };
}

/** What one process would spend on this VMAF, on a line through two encodings of it (bytes as logarithms). */
function bytesAt(vmaf: number, single: Judged, nearby: Judged): number {
  const [here, there] = [mean(single.frames), mean(nearby.frames)];
  const way = here === there ? 0 : (vmaf - here) / (there - here);
  return single.bytes * (nearby.bytes / single.bytes) ** way;
}

function around({ frames }: Judged, frame: number): number {
  return mean(frames.slice(Math.max(0, frame - reach), frame + reach + 1));
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the coded pictures alone, whatever the container adds. */
function pictureBytes(path: string): number {
  const words = [
    '-v',
    'error',
    '-select_streams',
    'v',
    '-show_entries',
    'packet=size',
    '-of',
    'csv=p=0',
    path,
  ];
  const printed = execFileSync(process.env.FFPROBE_PATH || 'ffprobe', words, { encoding: 'utf8' });
  return printed.split('\n').reduce((sum, line) => sum + Number.parseInt(line || '0', 10), 0);
}
