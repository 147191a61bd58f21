import { MillraceError } from '../shared/errors.ts';
import { FfmpegError } from './media/ffmpeg.ts';

/**
 * The last but one are said of a track of which nothing was decoded until the end of the file, the last of one with
 * many channels that no layout names.
 */
const senseless =
  /Invalid data found|no decoder found|Decoder .*not found|Cannot determine format|Value inf for parameter 'time_base'|Rematrix is needed/i;

/**
 * Tells apart what no retry can mend: ffmpeg could not make sense of the file. Everything else (a killed process) is
 * worth another try.
 * @throws always
 */
export function mediaFault(error: unknown): never {
  if (!(error instanceof FfmpegError)) throw error;
  // 69: more was damaged than ffmpeg tolerates.
  const isDamaged = /exited with code 69\b/.test(error.message);
  if (isDamaged || senseless.test(error.stderr)) {
    throw new MillraceError('undecodable', 'A track of the file cannot be decoded.', { cause: error });
  }
  throw new MillraceError('encoding_failed', 'ffmpeg ended with an error.', { cause: error });
}
