import { MillraceError } from '../../shared/errors.ts';
import { type EncodeTool, FfmpegError, runFfmpeg } from './ffmpeg.ts';
import type { FfmpegCommand } from './ffmpeg-command.ts';
import type { ProbedStream } from './ffprobe.ts';
import { type Later, sourcePicture } from './picture.ts';

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

const sizes = /\b((?:pic_(?:width|height)_in|frame_crop_)\w+) .*= (\d+)$/;

/**
 * Whether H.264 that begins with whole pictures may have fields later, or pictures of another size, as its parameter sets say: a
 * recording, or what was joined of several. Nothing is decoded: 240 MB took 0.5 s at most. What cannot be read to its
 * end tells as much as it does until there; where there are fields, nothing else is asked.
 */
export async function lookLater(
  tool: EncodeTool,
  video: ProbedStream,
  source: { path: string; formatName: string | undefined },
  signal: AbortSignal,
): Promise<Later> {
  const { isInterlaced, mayInterlace } = sourcePicture(video, source.formatName);
  // Of fields nothing is taken as it is, and a broadcast is always looked at for them.
  if (video.codec_name !== 'h264' || isInterlaced || mayInterlace) {
    return { mayHaveFields: false, changesSize: false };
  }
  const found = new AbortController();
  const seen = new Set<string>();
  let size: string[] = [];
  const endSet = () => {
    if (size.length > 0) seen.add(size.join());
    size = [];
  };
  const run = {
    timeoutSeconds: mostSeconds,
    signal: AbortSignal.any([signal, found.signal]),
    isUrgent: true,
    onLine: (line: string) => {
      if (/\bframe_mbs_only_flag\b.*= 0$/.test(line)) found.abort();
      if (line.endsWith('Sequence Parameter Set')) endSet();
      const [, name, value] = sizes.exec(line) ?? [];
      if (name) size.push(`${name}=${value}`);
    },
  };
  await runFfmpeg(tool, parameterSetsCommand(video.index, source.path), run).catch((error) => {
    const isLate = error instanceof MillraceError && error.code === 'timed_out';
    if (signal.aborted || !(found.signal.aborted || isLate || error instanceof FfmpegError)) throw error;
  });
  endSet();
  return { mayHaveFields: found.signal.aborted, changesSize: seen.size > 1 };
}
