import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runPlainly } from '../../demo-steps/sample-clip.ts';
import { cacheFolder } from '../../local/binary.ts';

/** Compares two videos of the same size frame by frame. @returns the VMAF of each frame, 0 to 100. */
export type Meter = (judged: string, reference: string) => Promise<number[]>;

/** An ffmpeg that has libvmaf; Debian's has not, the one that `scripts/setup --with-second-ffmpeg` fetches has. */
export function findMeter(folder: string): Meter | undefined {
  const { VMAF_FFMPEG, SECOND_FFMPEG_PATH, FFMPEG_PATH } = process.env;
  const cached = join(cacheFolder(), 'bin', 'ffmpeg-9.0.2');
  const found = [VMAF_FFMPEG, SECOND_FFMPEG_PATH, cached, FFMPEG_PATH || 'ffmpeg'].find(
    (path) => path && hasVmaf(path),
  );
  return found ? (judged, reference) => measure(found, folder, judged, reference) : undefined;
}

function hasVmaf(ffmpeg: string): boolean {
  try {
    const printed = execFileSync(ffmpeg, ['-hide_banner', '-filters'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /\slibvmaf\s/.test(printed);
  } catch {
    return false;
  }
}

async function measure(ffmpeg: string, folder: string, judged: string, reference: string): Promise<number[]> {
  const log = join(folder, 'vmaf.json');
  // Frames meet by their number, whatever their time stamps, and as they are stored: when one side names its colours
  // and the other does not, ffmpeg would convert one of them.
  const asStored = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';
  const numbered = `settb=1/25,setpts=N,${asStored},format=yuv420p`;
  const meter = `libvmaf=log_fmt=json:log_path=${log}:n_threads=${availableParallelism()}`;
  const graph = `[0:v]${numbered}[a];[1:v]${numbered}[b];[a][b]${meter}`;
  const inputs = ['-i', judged, '-i', reference];
  await runPlainly([ffmpeg, '-nostdin', '-v', 'error', ...inputs, '-lavfi', graph, '-f', 'null', '-']);
  const { frames } = JSON.parse(await readFile(log, 'utf8'));
  return frames.map((frame: { metrics: { vmaf: number } }) => frame.metrics.vmaf);
}
