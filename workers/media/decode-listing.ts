import type { FfmpegCommand } from './ffmpeg-command.ts';

/** What a decoder made of a file: frames of a picture or of sound, and seconds on the file's own clock. */
export type Decoded = { frames: number; startSeconds: number; endSeconds: number };

/**
 * Decodes a file whole and lists its frames. Ends with an error at the first that is damaged, which a decoder of
 * several threads at times lets pass: so it has one. Nobody looks at the pictures, so they are neither smoothed nor
 * summed up, which saves a quarter of the work.
 */
export function listingCommand(path: string, listing: string): FfmpegCommand {
  const decoder = ['-threads', '1', '-skip_loop_filter:v', 'all'];
  // Else ffmpeg would round times to the frame rate that it guesses.
  const times = ['-fps_mode', 'passthrough', '-enc_time_base:v', '1:90000'];
  return {
    input: { path, options: ['-v', 'error', '-xerror', '-copyts', ...decoder] },
    outputs: [
      { path: listing, options: ['-map', '0', ...times, '-c:v', 'wrapped_avframe', '-f', 'framecrc'] },
    ],
  };
}

/** Reads such a list: `#tb 0: 1/90000`, then a line `0, dts, pts, duration, bytes, crc` for each frame. */
export function readListing(text: string): Decoded {
  const [, numerator = 0, denominator = 1] = (/^#tb 0: (\d+)\/(\d+)$/m.exec(text) ?? []).map(Number);
  const frames = text.split('\n').flatMap((line) => {
    const [stream, , pts = 0, duration = 0] = line.split(',').map(Number);
    return stream === 0 && line.includes(',') ? [{ pts, end: pts + duration }] : [];
  });
  const seconds = (ticks: number) => (ticks * numerator) / denominator;
  return {
    frames: frames.length,
    startSeconds: seconds(frames.reduce((least, { pts }) => Math.min(least, pts), frames[0]?.pts ?? 0)),
    endSeconds: seconds(frames.reduce((most, { end }) => Math.max(most, end), 0)),
  };
}
