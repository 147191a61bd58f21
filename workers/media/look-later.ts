import { MillraceError } from '../../shared/errors.ts';
import { type EncodeTool, FfmpegError, runFfmpeg } from './ffmpeg.ts';
import type { FfmpegCommand } from './ffmpeg-command.ts';
import type { ProbedStream } from './ffprobe.ts';
import type { Later } from './picture.ts';

/** Reading goes as fast as the disk; a file that takes longer is not worth waiting for. */
const mostSeconds = 60;

/** What `filter_units` calls sequence parameter sets, and the sequence headers of MPEG-2. */
const sequenceTypes: Record<string, number> = { h264: 7, hevc: 33, mpeg2video: 0xb3 };

/** Prints those: of the container, and of key frames, with which new ones come. */
function parameterSetsCommand(streamIndex: number, source: string, codec: string): FfmpegCommand {
  const ofKeys = `noise=drop=not(key),filter_units=pass_types=${sequenceTypes[codec]},trace_headers`;
  const options = ['-map', `0:${streamIndex}`, '-c', 'copy', '-bsf:v', ofKeys, '-f', 'null'];
  return {
    input: { path: source, options: ['-discard', 'nokey'] },
    outputs: [{ path: '-', options }],
  };
}

/** What a picture's size and shape come from. */
const shapes =
  /\b((?:pic_(?:width|height)_in|frame_crop_|conf_win_|(?:horizontal|vertical)_size_v|aspect_ratio_i|sar_)\w+) .*= (\d+)$/;

/**
 * What MPEG-2, H.264 and HEVC come to be behind the first picture, as their headers say, which come with key frames:
 * whether H.264 may have fields, and whether pictures have another size, or pixels of another shape. So it is with a
 * recorded broadcast that begins with what came before, and with what was joined of several. Nothing is decoded: 240 MB
 * took 0.5 s at most. What cannot be read to its end tells as much as it does until there.
 */
export async function lookLater(
  tool: EncodeTool,
  { index, codec_name: codec = '' }: ProbedStream,
  source: string,
  signal: AbortSignal,
): Promise<Later> {
  let mayHaveFields = false;
  if (!sequenceTypes[codec]) return { mayHaveFields, changesShape: false };
  const seen = new Set<string>();
  let shape: string[] = [];
  const endSet = () => {
    if (shape.length > 0) seen.add(shape.join());
    shape = [];
  };
  const run = {
    timeoutSeconds: mostSeconds,
    signal,
    isUrgent: true,
    onLine: (line: string) => {
      if (/\bframe_mbs_only_flag\b.*= 0$/.test(line)) mayHaveFields = true;
      if (/Sequence (?:Parameter Set|Header)$/.test(line)) endSet();
      const [, name, value] = shapes.exec(line) ?? [];
      if (name) shape.push(`${name}=${value}`);
    },
  };
  await runFfmpeg(tool, parameterSetsCommand(index, source, codec), run).catch((error) => {
    const isLate = error instanceof MillraceError && error.code === 'timed_out';
    if (signal.aborted || !(isLate || error instanceof FfmpegError)) throw error;
  });
  endSet();
  return { mayHaveFields, changesShape: seen.size > 1 };
}
