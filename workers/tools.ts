import type { Context } from '../shared/context.ts';
import { type Encoders, findEncoders } from './encoders.ts';
import { type EncodeTool, prepareFfmpeg } from './media/ffmpeg.ts';
import type { ProbeTool } from './media/ffprobe.ts';
import { findSandboxTools } from './media/sandbox.ts';
import { openScratch, type Scratch } from './scratch.ts';
import { openSourceCache, type SourceCache } from './source-cache.ts';

/** What a worker has beside the context: the media programs and a place on disk. */
export type Tools = Context & {
  ffmpeg: EncodeTool;
  ffprobe: ProbeTool;
  encoders: Encoders;
  scratch: Scratch;
  sources: SourceCache;
};

export async function openTools(context: Context): Promise<Tools> {
  const { config, log, storage } = context;
  const scratch = await openScratch(config.WORK_DIR);
  const tools = findSandboxTools(config.PATH);
  if (!tools.setpriv || !tools.prlimit) {
    log.warn('setpriv or prlimit is missing: ffmpeg runs without their limits');
  }
  const sources = await openSourceCache(storage, scratch.root, config.SOURCE_CACHE_BYTES);
  const ffmpeg = await prepareFfmpeg(scratch.root, config.FFMPEG_PATH, tools);
  const close = async () => {
    await sources.close();
    await scratch.close();
    await context.close();
  };
  const ffprobe = { path: config.FFPROBE_PATH, tools };
  const encoders = findEncoders(config.FFMPEG_PATH);
  return { ...context, ffmpeg, ffprobe, encoders, scratch, sources, close };
}
