import { MillraceError } from '../../shared/errors.ts';
import { type EncodeTool, FfmpegError, runFfmpeg } from './ffmpeg.ts';
import type { FfmpegCommand } from './ffmpeg-command.ts';
import type { ProbedStream } from './ffprobe.ts';
import { type Later, sourcePicture } from './picture.ts';

/** Reading goes as fast as the disk; a file that takes longer is not worth waiting for. */
const mostSeconds = 60;

/** What `filter_units` calls the sequence parameter sets of H.264, and the sequence headers of MPEG-2. */
const sequenceTypes: Record<string, number> = { h264: 7, mpeg2video: 0xb3 };

/** Prints those: of the container, and of key frames, with which new ones come. */
function parameterSetsCommand(streamIndex: number, source: string, codec = 'h264'): FfmpegCommand {
  const ofKeys = `noise=drop=not(key),filter_units=pass_types=${sequenceTypes[codec]},trace_headers`;
  const options = ['-map', `0:${streamIndex}`, '-c', 'copy', '-bsf:v', ofKeys, '-f', 'null'];
  return {
    input: { path: source, options: ['-discard', 'nokey'] },
    outputs: [{ path: '-', options }],
  };
}

const sizes =
  /\b((?:pic_(?:width|height)_in|frame_crop_|(?:horizontal|vertical)_size_v|aspect_ratio_inf)\w+) .*= (\d+)$/;

/**
 * Whether MPEG-2 has pictures of another shape later than at first, as a recorded broadcast that begins with what came before;
 * and whether H.264 that begins with whole pictures may have fields later, or pictures of another size, as its parameter sets say: a
 * recording, or what was joined of several. Nothing is decoded: 240 MB took 0.5 s at most. What cannot be read to its
 * end tells as much as it does until there; where there are fields, nothing else is asked.
 */
export async function lookLater(
  tool: EncodeTool,
  video: ProbedStream,
  source: { path: string; formatName: string | undefined },
  signal: AbortSignal,
): Promise<Later> {
  const { index, codec_name: codec = '' } = video;
  const { isInterlaced, mayInterlace } = sourcePicture(video, source.formatName);
  // Of fields nothing is taken as it is, and a broadcast is always looked at for them.
  if (codec !== 'mpeg2video' && (codec !== 'h264' || isInterlaced || mayInterlace)) {
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
      if (/Sequence (?:Parameter Set|Header)$/.test(line)) endSet();
      const [, name, value] = sizes.exec(line) ?? [];
      if (name) size.push(`${name}=${value}`);
    },
  };
  await runFfmpeg(tool, parameterSetsCommand(index, source.path, codec), run).catch((error) => {
    const isLate = error instanceof MillraceError && error.code === 'timed_out';
    if (signal.aborted || !(found.signal.aborted || isLate || error instanceof FfmpegError)) throw error;
  });
  endSet();
  return { mayHaveFields: found.signal.aborted, changesSize: seen.size > 1 };
}
