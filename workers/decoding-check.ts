import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodingPlan, Segment } from '../shared/contracts/encoding.ts';
import type { Video } from '../shared/db/videos.ts';
import { MillraceError } from '../shared/errors.ts';
import { initKey, segmentKey } from '../shared/keys.ts';
import { type Decoded, listingCommand, readListing } from './media/decode-listing.ts';
import { FfmpegError, runFfmpeg } from './media/ffmpeg.ts';
import { secondsOf } from './media/frame-rate.ts';
import { type Joined, targetSeconds } from './renditions.ts';
import type { Tools } from './tools.ts';

/** Each decoder has one thread, and is nice to the encoders beside it. */
const decodersAtOnce = 2;
/** Seconds that sound may be off the picture. */
const skew = 0.01;
/** Seconds of one AAC frame at 48 kHz. The encoder begins one early; the init segment says so, by an edit. */
const soundFrame = 1024 / 48_000;

type Made = { plan: EncodingPlan; picture: Joined[]; audio: Joined[] };

/** A segment to try, and what must come out. Seconds on the video's clock. */
type Trial = {
  name: string;
  segment: Segment;
  which: string;
  judge(decoded: Decoded): string | undefined;
};

/**
 * Decodes the first and the last segment of every rendition, each with its init segment alone as a player that
 * jumps there would: they decode without an error, hold the frames they should, and are shown when they should.
 * @throws MillraceError output_rejected
 */
export async function checkDecoding(
  tools: Tools,
  { _id, generation }: Video,
  made: Made,
  signal: AbortSignal,
): Promise<void> {
  const trials = [...pictureTrials(made), ...soundTrials(made)];
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);

  async function tryOne({ name, segment, which, judge }: Trial): Promise<void> {
    const what = `The ${which} segment of ${name}`;
    const keys = [initKey(_id, generation, name), segmentKey(_id, generation, name, segment.n)];
    const decoded = await decode(tools, keys, what, either);
    const complaint = judge(decoded);
    if (complaint) throw new MillraceError('output_rejected', `${what} ${complaint}.`);
  }

  async function tryNext(): Promise<void> {
    for (let trial = trials.shift(); trial; trial = trials.shift()) await tryOne(trial);
  }
  const runs = Array.from({ length: decodersAtOnce }, () =>
    tryNext().catch((error) => {
      failed.abort(error);
      throw error;
    }),
  );
  // Both have ended before the first error is thrown: no decoder is left behind.
  await Promise.allSettled(runs);
  signal.throwIfAborted();
  failed.signal.throwIfAborted();
}

async function decode(tools: Tools, keys: string[], what: string, signal: AbortSignal): Promise<Decoded> {
  return tools.scratch.withFolder('check', async (folder) => {
    const path = join(folder, 'piece.mp4');
    const listing = join(folder, 'frames');
    for (const key of keys) await tools.storage.append('processed', key, path, signal);
    try {
      const { stderr } = await runFfmpeg(tools.ffmpeg, listingCommand(path, listing), { signal });
      if (stderr.trim()) throw new FfmpegError('the decoder complains', stderr);
    } catch (error) {
      if (!(error instanceof FfmpegError)) throw error;
      throw new MillraceError('output_rejected', `${what} cannot be decoded without an error.`, {
        cause: error,
      });
    }
    return readListing(await readFile(listing, 'utf8'));
  });
}

function pictureTrials({ plan, picture }: Made): Trial[] {
  const { cuts, rate, frameCount } = plan;
  const tolerance = secondsOf(0.5, rate);
  return picture.flatMap(({ name, segments }) =>
    ends(segments).map(({ segment, which, index }): Trial => {
      const from = cuts[index] ?? 0;
      const frames = (cuts[index + 1] ?? frameCount) - from;
      const [start, end] = [secondsOf(from, rate), secondsOf(from + frames, rate)];
      return {
        ...{ name, segment, which },
        judge(decoded) {
          if (decoded.frames !== frames)
            return `holds ${decoded.frames} frames that decode; ${frames} are due`;
          if (Math.abs(decoded.startSeconds - start) > tolerance) {
            return `is shown from ${decoded.startSeconds.toFixed(3)} s; ${start.toFixed(3)} s is due`;
          }
          if (Math.abs(decoded.endSeconds - end) > tolerance) {
            return `is shown until ${decoded.endSeconds.toFixed(3)} s; ${end.toFixed(3)} s is due`;
          }
        },
      };
    }),
  );
}

function soundTrials({ plan, audio }: Made): Trial[] {
  // What one track has beyond the others may be as long as a target duration (RFC 8216bis, 6.2.4).
  const latest = plan.durationSeconds + targetSeconds(plan);
  return audio.flatMap(({ name, segments }) => {
    const isDefault = plan.audio.find((track) => track.name === name)?.isDefault;
    return ends(segments).map(({ segment, which, index }): Trial => {
      const start = segments.slice(0, index).reduce((sum, { seconds }) => sum + seconds, 0);
      const end = start + segment.seconds - soundFrame;
      return {
        ...{ name, segment, which },
        judge({ startSeconds, endSeconds }) {
          // Some decoders leave the early frame out, and then drop the first one of any segment.
          const early = startSeconds + soundFrame;
          if (Math.min(Math.abs(startSeconds - start), Math.abs(early - start)) > skew) {
            return `is heard from ${startSeconds.toFixed(3)} s; ${start.toFixed(3)} s is due`;
          }
          if (Math.abs(endSeconds - end) > skew) {
            return `is heard until ${endSeconds.toFixed(3)} s; ${end.toFixed(3)} s is due`;
          }
          if (isDefault && endSeconds > latest) {
            return `goes on until ${endSeconds.toFixed(3)} s; the picture ends at ${plan.durationSeconds.toFixed(3)} s`;
          }
        },
      };
    });
  });
}

/** The first segment and the last; one alone when there is no other. */
function ends(segments: Segment[]): { segment: Segment; which: string; index: number }[] {
  return segments
    .map((segment, index) => ({ segment, which: index === 0 ? 'first' : 'last', index }))
    .filter(({ index }) => index === 0 || index === segments.length - 1);
}
