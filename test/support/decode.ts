import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Decoded = { videoTimes: number[]; audioTimes: number[]; errors: string };

/** Plays a playlist to its end as ffmpeg does, best variant: the time of every frame, and every complaint. */
export async function decode(playlist: string): Promise<Decoded> {
  const times = async (stream: string) => {
    const words = ['-select_streams', stream, '-show_entries', 'frame=pts_time', '-of', 'csv=p=0'];
    const { stdout } = await run('ffprobe', ['-v', 'error', ...words, playlist], {
      maxBuffer: 64 * 1024 ** 2,
    });
    return stdout.split('\n').map(Number.parseFloat).filter(Number.isFinite);
  };
  const { stderr } = await run('ffmpeg', [
    '-v',
    'error',
    '-nostdin',
    '-i',
    playlist,
    '-map',
    '0',
    '-f',
    'null',
    '-',
  ]);
  return { videoTimes: await times('v:0'), audioTimes: await times('a:0'), errors: stderr };
}
