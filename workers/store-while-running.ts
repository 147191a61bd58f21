import { type EncodeTool, type FfmpegResult, type FfmpegRun, runFfmpeg } from './media/ffmpeg.ts';
import type { FfmpegCommand } from './media/ffmpeg-command.ts';
import { mediaFault } from './media-fault.ts';

/**
 * Runs ffmpeg, and beside it what `store` begins, which gets the run, so that hardly anything is left to store when
 * that ends. When one of them fails ffmpeg ends too, and nothing goes on behind the caller's back.
 * @throws MillraceError undecodable or encoding_failed, or what was begun throws.
 */
export async function storeWhileRunning<T extends unknown[]>(
  tool: EncodeTool,
  command: FfmpegCommand,
  run: FfmpegRun,
  store: (running: Promise<FfmpegResult>) => { [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const stop = new AbortController();
  const running = runFfmpeg(tool, command, { ...run, signal: AbortSignal.any([run.signal, stop.signal]) });
  const stored = store(running);
  try {
    return (await Promise.all(stored)) as T;
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled([running, ...stored]);
    return mediaFault(error);
  }
}
