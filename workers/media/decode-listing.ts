import type { FrameRate, FrameSpan } from '../../shared/contracts/encoding.ts';
import type { FfmpegCommand } from './ffmpeg-command.ts';
import { secondsOf } from './frame-rate.ts';

/** What a decoder made of a file: frames of a picture or of sound, and seconds on the file's own clock. */
export type Decoded = { frames: number; startSeconds: number; endSeconds: number };

/** A file to decode, and where to list its frames. */
export type Listed = { path: string; listing: string };

/**
 * Decodes files whole and lists the frames of each. Ends with an error at the first that is damaged, which a decoder
 * of several threads at times lets pass: so each has one. Nobody looks at the pictures, so they are neither smoothed
 * nor summed up, which saves a quarter of the work.
 */
export function listingCommand(first: Listed, ...more: Listed[]): FfmpegCommand {
  const decoder = ['-threads', '1', '-skip_loop_filter:v', 'all'];
  // Else ffmpeg would round times to the frame rate that it guesses.
  const times = ['-fps_mode', 'passthrough', '-enc_time_base:v', '1:90000'];
  return {
    input: { path: first.path, options: ['-v', 'error', '-xerror', '-copyts', ...decoder] },
    moreInputs: more.map(({ path }) => ({ path, options: decoder })),
    outputs: [first, ...more].map(({ listing }, index) => ({
      path: listing,
      options: ['-map', String(index), ...times, '-c:v', 'wrapped_avframe', '-f', 'framecrc'],
    })),
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

/** Seconds that sound may be off the picture. */
const skew = 0.01;
/** Seconds of one AAC frame at 48 kHz. The encoder begins one early, and the init segment says so by an edit. */
const soundFrame = 1024 / 48_000;

/** What is wrong with a segment of a picture that should hold these frames, if anything is. */
export function judgePicture(decoded: Decoded, span: FrameSpan, rate: FrameRate): string | undefined {
  const { startFrame, endFrame } = span;
  if (decoded.frames !== endFrame - startFrame) return wrongCount(decoded, endFrame - startFrame);
  const tolerance = secondsOf(0.5, rate);
  const [start, end] = [secondsOf(startFrame, rate), secondsOf(endFrame, rate)];
  if (Math.abs(decoded.startSeconds - start) > tolerance) {
    return `is shown from ${time(decoded.startSeconds)}; ${time(start)} is due`;
  }
  if (Math.abs(decoded.endSeconds - end) > tolerance) {
    return `is shown until ${time(decoded.endSeconds)}; ${time(end)} is due`;
  }
  return undefined;
}

/** The same for a segment of sound from `start`, for `seconds`, both by its boxes; nothing comes after `latest`. */
export function judgeSound(
  decoded: Decoded,
  { start, seconds, latest }: { start: number; seconds: number; latest: number },
): string | undefined {
  // The last frame may count for less than it holds, even for a single sample of it.
  const frames = Math.ceil(seconds / soundFrame - 0.0005);
  // Some decoders leave the early frame out, and then drop the first one of any segment.
  const dropped = frames - decoded.frames;
  if (dropped !== 0 && dropped !== 1) return wrongCount(decoded, frames);
  if (decoded.frames === 0) return undefined;
  const due = start + (dropped - 1) * soundFrame;
  if (Math.abs(decoded.startSeconds - due) > skew) {
    return `is heard from ${time(decoded.startSeconds)}; ${time(due)} is due`;
  }
  if (decoded.endSeconds > latest) return `goes on until ${time(decoded.endSeconds)}, long after the picture`;
  return undefined;
}

function wrongCount(decoded: Decoded, due: number): string {
  return `holds ${decoded.frames} frames that decode; ${due} are due`;
}

const time = (seconds: number) => `${seconds.toFixed(3)} s`;
