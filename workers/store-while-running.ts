import { type EncodeTool, type FfmpegResult, type FfmpegRun, runFfmpeg } from './media/ffmpeg.ts';
import type { FfmpegCommand } from './media/ffmpeg-command.ts';
import { mediaFault } from './media-fault.ts';

/**
 * Runs ffmpeg, and `store` beside it, which gets the run, so that hardly anything is left to store when that ends.
 * When one of them fails the other ends too.
 * @throws MillraceError undecodable or encoding_failed, or what `store` throws.
 */
export async function storeWhileRunning<T>(
  tool: EncodeTool,
  command: FfmpegCommand,
  run: FfmpegRun,
  store: (running: Promise<FfmpegResult>) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const running = runFfmpeg(tool, command, { ...run, signal: AbortSignal.any([run.signal, stop.signal]) });
  try {
    return await store(running);
  } catch (error) {
    stop.abort(error);
    await running.catch(() => {});
    return mediaFault(error);
  }
}
