import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atOnce } from '../shared/at-once.ts';
import type { EncodingPlan, Segment } from '../shared/contracts/encoding.ts';
import type { Video } from '../shared/db/video-record.ts';
import { MillraceError } from '../shared/errors.ts';
import { initKey, segmentKey } from '../shared/keys.ts';
import {
  type Decoded,
  judgePicture,
  judgeSound,
  type Listed,
  listingCommand,
  readListing,
} from './media/decode-listing.ts';
import { FfmpegError, runFfmpeg } from './media/ffmpeg.ts';
import { type Joined, targetSeconds } from './renditions.ts';
import type { Tools } from './tools.ts';

/** Each has one thread, and is nice to the encoders beside it. */
const runsAtOnce = 2;
const downloadsAtOnce = 4;

type Made = { plan: EncodingPlan; picture: Joined[]; audio: Joined[] };

/** A segment to try. `judge` says what is wrong with what came out. */
type Trial = {
  name: string;
  segment: Segment;
  which: 'first' | 'last';
  judge(decoded: Decoded): string | undefined;
};

/**
 * Decodes the first and the last segment of every rendition, each with its init segment alone as a player that
 * jumps there would: they decode without an error, hold the frames they should, and are shown when they should.
 * @throws MillraceError output_rejected
 */
export async function checkDecoding(
  tools: Tools,
  video: Video,
  made: Made,
  signal: AbortSignal,
): Promise<void> {
  const trials = [...pictureTrials(made), ...soundTrials(made)];
  const groups = shareOut(trials);
  await atOnce(runsAtOnce, groups, signal, (group, either) => tryGroup(tools, video, group, either));
}

/** By their bytes, so that the runs end at about the same time: the largest rung takes half of it all. */
function shareOut(trials: Trial[]): Trial[][] {
  const shares = Array.from({ length: runsAtOnce }, () => ({ bytes: 0, trials: [] as Trial[] }));
  for (const trial of trials.toSorted((a, b) => b.segment.bytes - a.segment.bytes)) {
    const lightest = shares.reduce((least, share) => (share.bytes < least.bytes ? share : least));
    lightest.bytes += trial.segment.bytes;
    lightest.trials.push(trial);
  }
  return shares.map((share) => share.trials).filter(({ length }) => length > 0);
}

async function tryGroup(tools: Tools, owner: Video, trials: Trial[], signal: AbortSignal): Promise<void> {
  await tools.scratch.withFolder('check', async (folder) => {
    const pieces = trials.map((trial, n) => ({
      ...trial,
      what: `The ${trial.which} segment of ${trial.name}`,
      path: join(folder, `${n}.mp4`),
      listing: join(folder, `${n}.frames`),
    }));
    await atOnce(downloadsAtOnce, pieces, signal, async ({ name, segment, path }, either) => {
      const { _id, generation } = owner;
      const keys = [initKey(_id, generation, name), segmentKey(_id, generation, name, segment.n)];
      for (const key of keys) await tools.storage.append('processed', key, path, either);
    });
    await decode(tools, pieces, signal).catch(async (error) => {
      if (!(error instanceof FfmpegError)) throw error;
      // One of them is at fault, and by itself it shows.
      for (const piece of pieces) await decodeAlone(tools, piece, signal);
    });
    for (const { what, listing, judge } of pieces) {
      const complaint = judge(readListing(await readFile(listing, 'utf8')));
      if (complaint) throw new MillraceError('output_rejected', `${what} ${complaint}.`);
    }
  });
}

async function decodeAlone(tools: Tools, piece: Listed & { what: string }, signal: AbortSignal) {
  await decode(tools, [piece], signal).catch((cause) => {
    if (!(cause instanceof FfmpegError)) throw cause;
    const message = `${piece.what} cannot be decoded without an error.`;
    throw new MillraceError('output_rejected', message, { cause });
  });
}

/** @throws FfmpegError also when the decoder only complains. */
async function decode(tools: Tools, [first, ...more]: Listed[], signal: AbortSignal): Promise<void> {
  if (!first) return;
  const { stderr } = await runFfmpeg(tools.ffmpeg, listingCommand(first, ...more), { signal });
  if (stderr.trim()) throw new FfmpegError('the decoder complains', stderr);
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
function ends(segments: Segment[]): (Pick<Trial, 'segment' | 'which'> & { index: number })[] {
  return segments
    .map((segment, index) => ({
      segment,
      which: index === 0 ? ('first' as const) : ('last' as const),
      index,
    }))
    .filter(({ index }) => index === 0 || index === segments.length - 1);
}
