import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { progress } from '../shared/contracts/videos.ts';
import type { Db } from '../shared/db/connect.ts';
import type { Encoded } from '../shared/db/parts.ts';
import type { WatchedVideo } from '../shared/db/video-record.ts';
import { MillraceError } from '../shared/errors.ts';
import { hasEnded, isInProgress } from '../shared/video-state.ts';
import { playingGeneration } from './present.ts';

export type Progress = z.infer<typeof progress>;

/** Before that a rate says nothing: the first frames come all at once. */
const leastSeconds = 2;

/** How far the work on a video is, from the frames that its chunks have really encoded. */
export function progressOf(video: WatchedVideo, { frames, beganAt }: Encoded, now = new Date()): Progress {
  const due = video.plan?.frameCount ?? 0;
  return {
    state: video.state,
    percent: percentOf(video, frames, due),
    remainingSeconds: remainingOf(
      video,
      frames,
      due,
      beganAt ? (now.getTime() - beganAt.getTime()) / 1000 : 0,
    ),
    playable: playingGeneration(video) !== undefined,
  };
}

/** 0 before the work, to 99 in it, 100 when ready. */
function percentOf({ state }: WatchedVideo, frames: number, due: number): number {
  if (state === 'ready') return 100;
  return due === 0 ? 0 : Math.min(99, Math.floor((frames / due) * 1000) / 10);
}

/** At the rate so far. Only frames are counted: checking and storing the rest takes a moment more. */
function remainingOf({ state }: WatchedVideo, frames: number, due: number, seconds: number): number | null {
  if (state === 'ready') return 0;
  if (state !== 'encoding' || frames === 0 || seconds < leastSeconds) return null;
  return Math.ceil((Math.max(0, due - frames) * seconds) / frames);
}

/** Reads how far the work on a video is; `video` may be older than the answer by what this takes. */
export async function readProgress(db: Db, video: WatchedVideo): Promise<Progress> {
  const attempt = { videoId: video._id, generation: video.generation };
  const counts = isInProgress(video.state) || video.state === 'failed';
  return progressOf(video, counts ? await db.parts.encoded(attempt) : { frames: 0, beganAt: null });
}

type Pace = { pollMilliseconds: number; heartbeatMilliseconds: number };
const usualPace: Pace = { pollMilliseconds: 500, heartbeatMilliseconds: 15_000 };

/**
 * Server-sent events: one `progress` at once and at each change, a comment when there is nothing to say for long, so
 * that no proxy takes the connection for dead. Ends after the event that says that the work has ended, when `load`
 * has nothing to show any more or refuses to, and when `stopping` aborts.
 */
export function progressEvents(
  load: () => Promise<Progress | undefined>,
  stopping: AbortSignal,
  pace = usualPace,
): Readable {
  return Readable.from(tell(load, stopping, pace), { objectMode: false });
}

/** Anything else, as a database that does not answer for a moment, is no reason to hang up. */
const isRefusal = (error: unknown) => error instanceof MillraceError && error.kind.fault === 'caller';

async function* tell(
  load: () => Promise<Progress | undefined>,
  stopping: AbortSignal,
  { pollMilliseconds, heartbeatMilliseconds }: Pace,
): AsyncGenerator<string> {
  let told = '';
  let toldAt = performance.now();
  const isSilent = () => performance.now() - toldAt >= heartbeatMilliseconds;
  while (!stopping.aborted) {
    const now = await load().catch((error) => (isRefusal(error) ? undefined : ('unknown' as const)));
    if (now === undefined) return;
    const data = now === 'unknown' ? told : JSON.stringify(now);
    if (data !== told || isSilent()) {
      yield data === told ? ': still here\n\n' : `event: progress\ndata: ${data}\n\n`;
      told = data;
      toldAt = performance.now();
    }
    if (now !== 'unknown' && hasEnded(now.state)) return;
    await sleep(pollMilliseconds, undefined, { signal: stopping }).catch(() => {});
  }
}
