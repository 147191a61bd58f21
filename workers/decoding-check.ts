import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atOnce } from '../shared/at-once.ts';
import type { EncodingPlan, Segment } from '../shared/contracts/encoding.ts';
import type { Video } from '../shared/db/videos.ts';
import { MillraceError } from '../shared/errors.ts';
import { initKey, segmentKey } from '../shared/keys.ts';
import {
  type Decoded,
  judgePicture,
  judgeSound,
  listingCommand,
  readListing,
} from './media/decode-listing.ts';
import { FfmpegError, runFfmpeg } from './media/ffmpeg.ts';
import { type Joined, targetSeconds } from './renditions.ts';
import type { Tools } from './tools.ts';

/** Each decoder has one thread, and is nice to the encoders beside it. */
const decodersAtOnce = 2;

type Made = { plan: EncodingPlan; picture: Joined[]; audio: Joined[] };

/** A segment to try. `judge` says what is wrong with what came out. */
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
  await atOnce(decodersAtOnce, trials, signal, async ({ name, segment, which, judge }, either) => {
    const what = `The ${which} segment of ${name}`;
    const keys = [initKey(_id, generation, name), segmentKey(_id, generation, name, segment.n)];
    const complaint = judge(await decode(tools, keys, what, either));
    if (complaint) throw new MillraceError('output_rejected', `${what} ${complaint}.`);
  });
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
  return picture.flatMap(({ name, segments }) =>
    ends(segments).map(({ segment, which, index }): Trial => {
      const startFrame = cuts[index] ?? 0;
      const span = { startFrame, endFrame: cuts[index + 1] ?? frameCount };
      return { ...{ name, segment, which }, judge: (decoded) => judgePicture(decoded, span, rate) };
    }),
  );
}

function soundTrials({ plan, audio }: Made): Trial[] {
  // What one track has beyond the others may be as long as a target duration (RFC 8216bis, 6.2.4).
  const longest = plan.durationSeconds + targetSeconds(plan);
  return audio.flatMap(({ name, segments }) => {
    const isDefault = plan.audio.find((track) => track.name === name)?.isDefault;
    const latest = isDefault ? longest : Number.POSITIVE_INFINITY;
    return ends(segments).map(({ segment, which, index }): Trial => {
      const start = segments.slice(0, index).reduce((sum, { seconds }) => sum + seconds, 0);
      const span = { start, seconds: segment.seconds, latest };
      return { ...{ name, segment, which }, judge: (decoded) => judgeSound(decoded, span) };
    });
  });
}

/** The first segment and the last; one alone when there is no other. */
function ends(segments: Segment[]): { segment: Segment; which: string; index: number }[] {
  return segments
    .map((segment, index) => ({ segment, which: index === 0 ? 'first' : 'last', index }))
    .filter(({ index }) => index === 0 || index === segments.length - 1);
}
