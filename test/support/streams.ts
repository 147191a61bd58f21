import { type ErrorCode, MillraceError } from '../../shared/errors.ts';
import type { ProbedStream, ProbeReport } from '../../workers/media/ffprobe.ts';

/** A picture stream as ffprobe tells of it. */
export const picture = (index: number, facts: Partial<ProbedStream> = {}): ProbedStream => ({
  ...{ index, codec_type: 'video', codec_name: 'h264', codec_tag_string: 'avc1', width: 320, height: 240 },
  ...{ pix_fmt: 'yuv420p', avg_frame_rate: '25/1', r_frame_rate: '25/1' },
  ...{ disposition: {}, tags: {}, side_data_list: [] },
  ...facts,
});

/** A sound stream. */
export const sound = (index: number, facts: Partial<ProbedStream> = {}): ProbedStream => ({
  ...{ index, codec_type: 'audio', codec_name: 'aac', channels: 2 },
  ...{ disposition: {}, tags: {}, side_data_list: [] },
  ...facts,
});

export const reportOf = (...streams: ProbedStream[]): ProbeReport => ({ streams, format: { start_time: 0 } });

/** Why a call is refused, if it is. */
export function codeOf(call: () => unknown): ErrorCode | undefined {
  try {
    call();
  } catch (error) {
    if (error instanceof MillraceError) return error.code;
    throw error;
  }
  return undefined;
}
