import type { CaptionTrack, EncodingPlan } from '../../shared/contracts/encoding.ts';
import type { FfmpegCommand } from './ffmpeg-command.ts';
import { inputWhitelists } from './sandbox.ts';

/**
 * Added to all times, so that none is negative where the source's clock begins below 0: the muxer would move every
 * cue to mend one.
 */
const leadSeconds = 3600;

/**
 * One text track as SubRip, cut off just behind `mostBytes`. Times are those of the source's own clock plus a lead:
 * without `-copyts` they would count from wherever the first of all tracks begins. SubRip, since in WebVTT an empty
 * line inside a text would be taken for the end of its cue.
 */
export function captionsCommand(
  track: CaptionTrack,
  source: string,
  file: string,
  mostBytes: number,
): FfmpegCommand {
  return {
    input: track.inPicture
      ? { graph: closedCaptions(track.streamIndex, source), options: ['-copyts'] }
      : { path: source, options: ['-copyts'] },
    outputs: [
      {
        path: file,
        options: [
          ...[
            '-map',
            `0:${track.inPicture ? 1 : track.streamIndex}`,
            '-c:s',
            'srt',
            '-map_metadata',
            '-1',
            '-map_chapters',
            '-1',
          ],
          ...['-output_ts_offset', String(leadSeconds), '-fs', String(mostBytes + 1), '-f', 'srt'],
        ],
      },
    ],
  };
}

/** Decodes the picture, as only its decoder finds them: its second output has them. The times stay as they are. */
function closedCaptions(streamIndex: number, source: string): string {
  const [, protocols, , formats] = inputWhitelists;
  const whitelists = `protocol_whitelist=${protocols}:format_whitelist=${formats}`;
  const words = `filename=${value(source)}:s=${streamIndex}:dec_threads=1:format_opts=${value(whitelists)}`;
  return `movie=${words}[out0+subcc]`;
}

/** As it is written in a filter graph: read twice, as a graph and as options. */
function value(text: string): string {
  return text.replace(/[\\':]/g, '\\$&').replace(/[\\'[\],;]/g, '\\$&');
}

/** What takes the times that `captionsCommand` gives to those of the output, in milliseconds. */
export function captionsShift({ originSeconds }: Pick<EncodingPlan, 'originSeconds'>): number {
  return -1000 * (originSeconds + leadSeconds);
}
