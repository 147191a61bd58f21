import { MillraceError } from '../../shared/errors.ts';
import { type EncodeTool, FfmpegError, runFfmpeg } from './ffmpeg.ts';
import type { FfmpegCommand } from './ffmpeg-command.ts';
import type { ProbedStream } from './ffprobe.ts';
import { sourcePicture } from './picture.ts';

/** Reading goes as fast as the disk; a file that takes longer is not worth waiting for. */
const mostSeconds = 60;

/** Prints the sequence parameter sets of H.264: of the container, and of key frames, with which new ones come. */
export function parameterSetsCommand(streamIndex: number, source: string): FfmpegCommand {
  const ofKeys = 'noise=drop=not(key),filter_units=pass_types=7,trace_headers';
  const options = ['-map', `0:${streamIndex}`, '-c', 'copy', '-bsf:v', ofKeys, '-f', 'null'];
  return {
    input: { path: source, options: ['-discard', 'nokey'] },
    outputs: [{ path: '-', options }],
  };
}

/**
 * Whether H.264 that begins with whole pictures may have fields later, as one of its parameter sets says: a recording, or what
 * was joined of several. ffprobe tells of the first pictures only. Nothing is decoded: 240 MB took 0.5 s at most.
 * What cannot be read to its end tells as much as it does until there.
 */
export async function mayHaveFields(
  tool: EncodeTool,
  video: ProbedStream,
  source: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (video.codec_name !== 'h264' || sourcePicture(video).isInterlaced) return false;
  const found = new AbortController();
  const run = {
    timeoutSeconds: mostSeconds,
    signal: AbortSignal.any([signal, found.signal]),
    isUrgent: true,
    onLine: (line: string) => {
      if (/\bframe_mbs_only_flag\b.*= 0$/.test(line)) found.abort();
    },
  };
  await runFfmpeg(tool, parameterSetsCommand(video.index, source), run).catch((error) => {
    const isLate = error instanceof MillraceError && error.code === 'timed_out';
    if (signal.aborted || !(found.signal.aborted || isLate || error instanceof FfmpegError)) throw error;
  });
  return found.signal.aborted;
}
