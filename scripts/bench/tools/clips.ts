import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runPlainly } from '../../demo-steps/sample-clip.ts';
import type { BenchContext } from '../figure.ts';

type ClipPlace = Pick<BenchContext, 'clips' | 'media' | 'note'>;

const ffmpeg = process.env.FFMPEG_PATH || 'ffmpeg';
const quiet = ['-nostdin', '-v', 'error', '-y'];
/** What the benchmarks ask for is measured with sources of this length. */
const minute = 60;

/**
 * A slow zoom into endless detail: every pixel moves, as with a camera, nothing repeats, and a frame costs about
 * as much to encode as one of an animated film.
 */
function generated(size: string): string {
  const zoom = `mandelbrot=size=640x360:rate=30:end_scale=0.02:end_pts=${minute * 30}`;
  return `${zoom},scale=${size}:flags=bicubic`;
}

/** The real clip again and again, else the generated picture, with a tone. */
function input(media: string | undefined): string[] {
  const picture = media ? ['-stream_loop', '-1', '-i', media] : ['-f', 'lavfi', '-i', generated('1280:720')];
  return [...picture, ...['-f', 'lavfi', '-i', 'sine=frequency=330:sample_rate=48000', '-map', '0:v:0']];
}

const sound = ['-map', '1:a', '-c:a', 'aac', '-b:a', '128k'];
const end = ['-pix_fmt', 'yuv420p', '-movflags', '+faststart', '-f', 'mp4'];

/**
 * A minute as a phone records it: a key frame every second, and at 12 Mbit/s more than any rung of its size may spend.
 */
export async function makeMinute({ clips, media, note }: ClipPlace): Promise<string> {
  return once(join(clips, 'minute.mp4'), note, (path) => {
    const rate = ['-b:v', '12M', '-maxrate', '16M', '-bufsize', '16M', '-g', '30', '-sc_threshold', '0'];
    const picture = ['-c:v', 'libx264', '-preset', 'veryfast', ...rate];
    return [...input(media), '-t', String(minute), ...picture, ...sound, ...end, path];
  });
}

/** The same minute as a rung might be: a key frame every 2 s, at a rate under the cap. */
export async function makeFittingMinute(place: ClipPlace): Promise<string> {
  const whole = await makeMinute(place);
  return once(join(place.clips, 'fitting-minute.mp4'), place.note, (path) => [
    ...['-i', whole, '-c:v', 'libx264', '-preset', 'veryfast', '-b:v', '2500k', '-maxrate', '3000k'],
    ...[
      '-bufsize',
      '3000k',
      '-g',
      '600',
      '-sc_threshold',
      '0',
      '-force_key_frames',
      'expr:gte(t,n_forced*2)',
    ],
    ...['-c:a', 'copy', ...end, path],
  ]);
}

/** A clip `times` times in a row, packet by packet, so that it costs no encoding. */
export async function repeat(
  { clips, note }: ClipPlace,
  { clip, times, name }: { clip: string; times: number; name: string },
): Promise<string> {
  return once(join(clips, name), note, (path) => [
    ...['-stream_loop', String(times - 1), '-i', clip, '-map', '0', '-c', 'copy', path],
  ]);
}

/** Ten seconds of 1080p at the rate of a good camera, over and over up to so many bytes. */
export async function makeLarge(place: ClipPlace, bytes: number): Promise<string> {
  const noisy = ['-f', 'lavfi', '-i', `${generated('1920:1080')},noise=alls=12:allf=t`];
  const clip = await once(join(place.clips, 'large-part.mp4'), place.note, (path) => [
    ...[...noisy, '-t', '10', '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '50M', '-g', '60'],
    ...[...end, path],
  ]);
  const times = Math.ceil(bytes / statSync(clip).size);
  return repeat(place, { clip, times, name: 'large.mp4' });
}

/**
 * The real clip's own packets as often as it takes, else the generated minute's first groups of pictures; without
 * sound. In a transport stream, whose picture is never taken as a rung as it is: the encoding is to be judged.
 */
export async function makeJudged(place: ClipPlace, seconds: number): Promise<string> {
  const source = place.media ?? (await makeMinute(place));
  const cut = place.media ? [] : ['-t', String(seconds)];
  // By itself first: the sound's length would else be the length of a round.
  const silent = await once(join(place.clips, 'silent.mp4'), place.note, (path) => [
    ...['-i', source, '-map', '0:v:0', ...cut, '-c', 'copy', path],
  ]);
  const times = Math.ceil(seconds / lengthOf(silent));
  return repeat(place, { clip: silent, times, name: 'judged.ts' });
}

/** In seconds. */
function lengthOf(path: string): number {
  const words = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path];
  return Number(execFileSync(process.env.FFPROBE_PATH || 'ffprobe', words, { encoding: 'utf8' }));
}

/** Makes a file unless an earlier benchmark did. */
async function once(
  path: string,
  note: ClipPlace['note'],
  words: (path: string) => string[],
): Promise<string> {
  if (existsSync(path)) return path;
  note(`making ${path.slice(path.lastIndexOf('/') + 1)}`);
  const unfinished = path.replace(/(\.\w+)$/, '-unfinished$1');
  try {
    await runPlainly([ffmpeg, ...quiet, ...words(unfinished)]);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
  return path;
}
