import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Played, PlayedPicture } from './compare.ts';
import type { Entry } from './master.ts';

const run = promisify(execFile);

/** Decodes every picture of a variant. */
export async function playPicture(variant: Entry, signal: AbortSignal): Promise<PlayedPicture> {
  const { times, fields, complaints } = await decode(variant.url, 'v:0', signal);
  const [width = 0, height = 0] = ['width', 'height'].map((name) => Number(fields.get(name)));
  const between = Math.max(...times) - Math.min(...times);
  const frameSeconds =
    times.length > 1 ? between / (times.length - 1) : 1 / Number(variant.attributes['FRAME-RATE']);
  const seconds = times.length > 0 ? between + frameSeconds : 0;
  return { name: variant.name, frames: times.length, width, height, seconds, complaints };
}

/** Decodes an audio track. */
export async function playAudio({ name, url }: Entry, signal: AbortSignal): Promise<Played> {
  const { times, complaints } = await decode(url, 'a:0', signal);
  return { name, frames: times.length, complaints };
}

type Decoded = { times: number[]; fields: Map<string, string>; complaints: string[] };

/** ffprobe decodes as ffmpeg does, with the same complaints, and also says when each frame is shown. */
async function decode(url: string, stream: string, signal: AbortSignal): Promise<Decoded> {
  const entries = 'frame=pts_time:stream=width,height';
  const words = ['-v', 'error', '-select_streams', stream, '-show_entries', entries, '-of', 'compact', url];
  const options = { signal, killSignal: 'SIGKILL', maxBuffer: 512 * 1024 ** 2 } as const;
  const { stdout, stderr } = await run(process.env.FFPROBE_PATH || 'ffprobe', words, options).catch(
    (error) => {
      signal.throwIfAborted();
      return { stdout: '', stderr: String(error.stderr || error.message) };
    },
  );
  const times: number[] = [];
  const fields = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [section, ...rest] = line.split('|');
    const pairs = rest.map((field) => field.split('=') as [string, string]);
    if (section === 'frame') times.push(Number(new Map(pairs).get('pts_time')));
    else if (section === 'stream') for (const [name, value] of pairs) fields.set(name, value);
  }
  return { times, fields, complaints: stderr.split('\n').filter((line) => line.trim() !== '') };
}
