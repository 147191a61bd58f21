import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { skip } from './skip.ts';
import { type System, until } from './system.ts';

export function onLinuxOnly(context: Mocha.Context, why = 'processes are found in /proc'): void {
  if (process.platform !== 'linux') skip(context, why);
}

/** The ffmpeg processes that read or write below a system's work folder. */
export async function ffmpegsOf({ config }: System): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return ids
    .filter((_, at) => {
      const line = lines[at] ?? '';
      return basename(line.split('\0')[0] ?? '') === 'ffmpeg' && line.includes(config.WORK_DIR);
    })
    .map(Number);
}

/** Waits until ffmpeg works on a chunk, and halts it there, so that no machine is too fast for the test. */
export function holdEncodingOf(system: System, videoId: string): Promise<boolean> {
  return until('ffmpeg at work on a chunk', async () => {
    const video = await system.context.db.videos.find(videoId);
    const found = video?.state === 'encoding' ? await ffmpegsOf(system) : [];
    for (const id of found) process.kill(id, 'SIGSTOP');
    return found.length > 0;
  });
}
