import type { Context } from '../shared/context.ts';
import { type Encoders, findEncoders } from './encoders.ts';
import { type EncodeTool, prepareFfmpeg } from './media/ffmpeg.ts';
import { type ProbeTool, startOfProbe } from './media/ffprobe.ts';
import { checkProgram, findSandboxTools } from './media/sandbox.ts';
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

/** @throws Error when ffmpeg or ffprobe cannot be run; the context is closed then. */
export async function openTools(context: Context): Promise<Tools> {
  const { config, log, storage } = context;
  const tools = findSandboxTools(config.PATH);
  if (!tools.setpriv || !tools.prlimit) {
    log.warn('setpriv or prlimit is missing: ffmpeg runs without their limits');
  }
  const opened = [context.close];
  const close = async () => {
    for (const closeOne of opened.splice(0).reverse()) await closeOne();
  };
  try {
    const scratch = await openScratch(config.WORK_DIR).catch((error) => {
      throw new Error(`WORK_DIR cannot be used: ${error.message}`, { cause: error });
    });
    opened.push(scratch.close);
    const sources = openSourceCache(storage, scratch.root, config.SOURCE_CACHE_BYTES);
    opened.push(sources.close);
    const ffmpeg = prepareFfmpeg(scratch.root, config.FFMPEG_PATH, tools);
    const ffprobe = { path: config.FFPROBE_PATH, tools };
    await Promise.all([
      checkProgram('ffmpeg', [await ffmpeg.launcher()]),
      checkProgram('ffprobe', startOfProbe(ffprobe)),
    ]);
    const encoders = findEncoders(config.FFMPEG_PATH);
    return { ...context, ffmpeg, ffprobe, encoders, scratch, sources, close };
  } catch (error) {
    await close();
    throw error;
  }
}
