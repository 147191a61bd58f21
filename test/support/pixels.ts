import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The average colour of a picture file, as red, green and blue from 0 to 255, of the part that `crop` names. */
export async function averageColor(path: string, crop = 'iw:ih:0:0'): Promise<[number, number, number]> {
  const filter = `crop=${crop},scale=1:1:flags=area,format=rgb24`;
  const words = ['-v', 'error', '-i', path, '-vf', filter, '-frames:v', '1', '-f', 'rawvideo', '-'];
  const { stdout } = await run('ffmpeg', words, { encoding: 'buffer' });
  return [stdout[0] ?? 0, stdout[1] ?? 0, stdout[2] ?? 0];
}

/** The average brightness of a JPEG as it is stored, from 0 to 255, without a detour over colours. */
export async function averageLuma(path: string): Promise<number> {
  const filter = 'extractplanes=y,scale=1:1:flags=area';
  const words = ['-v', 'error', '-i', path, '-vf', filter, '-frames:v', '1', '-f', 'rawvideo', '-'];
  const { stdout } = await run('ffmpeg', words, { encoding: 'buffer' });
  return stdout[0] ?? Number.NaN;
}

/** What a picture file is: `webp 320x180`. */
export async function pictureFacts(path: string): Promise<string> {
  const entries = 'stream=codec_name,width,height';
  const words = ['-v', 'error', '-select_streams', 'v', '-show_entries', entries, '-of', 'csv=p=0', path];
  const { stdout } = await run('ffprobe', words);
  const [codec, width, height] = stdout.trim().split(',');
  return `${codec} ${width}x${height}`;
}
