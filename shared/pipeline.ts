import type { Context } from './context.ts';
import type { EncodingPlan } from './contracts/encoding.ts';
import type { DbSession } from './db/connect.ts';
import type { UploadRecord } from './db/uploads.ts';
import type { Attempt, Video, VideoFailure } from './db/video-record.ts';
import { mostRecent, priorityOf, recentSeconds } from './job-priority.ts';
import { jobId } from './keys.ts';
import type { NewJob } from './queue.ts';
import { anotherFrom, isInProgress, type VideoState } from './video-state.ts';

/**
 * The order of the work, on one screen:
 *
 *     begin   -> probe                                       (uploaded)
 *     fanOut  -> encode x chunks, copy, audio x tracks,
 *                captions x tracks, images                   (encoding)
 *             -> publish, when all of them have ended        (publishing -> ready)
 *     resume  -> whichever of the two a quiet video needs
 *     reprocess, restart -> probe, of the next generation    (uploaded)
 *     cancel, remove     -> nothing more                     (failed, deleted)
 *
 * Every function may be called again: job ids are deterministic, and a step that is done is not done twice.
 */
type Means = Pick<Context, 'db' | 'queues' | 'metrics'> & Traced;
type Jobs = [NewJob, ...NewJob[]];
/** By whom and when: that decides whose turn it is. */
type Uploaded = Pick<Video, 'ownerId' | 'createdAt'>;
/** What is written with a change, or not at all. */
type Also = (session: DbSession) => Promise<void>;

/** The request or job that work comes from. */
export type Traced = { traceparent?: string };

export async function begin(means: Means, attempt: Attempt, upload: Uploaded): Promise<void> {
  const [job] = await inTurn(means, [probeJob(attempt)], upload);
  await means.queues.add(job, means.traceparent);
}

export async function fanOut(
  means: Means,
  attempt: Attempt,
  plan: EncodingPlan,
  upload: Uploaded,
): Promise<void> {
  const [publish, ...children] = await inTurn(means, flowOf(attempt, plan), upload);
  await means.queues.addFlow(publish, children, means.traceparent);
}

/**
 * Starts a quiet video's work again. Does nothing while a job of it still waits or runs. Jobs that ended
 * without moving the video are removed first, because an id that still exists is not added again.
 */
export async function resume(means: Means, video: Video): Promise<'alive' | 'resumed'> {
  const attempt = { videoId: video._id, generation: video.generation };
  const jobs: NewJob[] = video.plan ? flowOf(attempt, video.plan) : [probeJob(attempt)];
  const states = await Promise.all(jobs.map(({ queue, id }) => means.queues.state(queue, id)));
  // The parent waits for its children: it alone is no sign of life.
  const alive = states.some(
    (state, index) => isPending(state) && !(index === 0 && state === 'waiting-children'),
  );
  if (alive) return 'alive';
  for (const { queue, id } of jobs) {
    if (!(await means.queues.remove(queue, id))) return 'alive';
  }
  if (video.plan) await fanOut(means, attempt, video.plan, video);
  else await begin(means, attempt, video);
  return 'resumed';
}

/**
 * Moves a video and writes what goes with that, both or neither. Undefined when another attempt won.
 */
export async function move(
  means: Means,
  attempt: Attempt,
  state: VideoState,
  change: Partial<Video> = {},
  also?: Also,
): Promise<Video | undefined> {
  const moved = await means.db.transaction(async (session) => {
    const video = await means.db.videos.move(attempt, state, change, session);
    if (!video) return undefined;
    await also?.(session);
    return video;
  });
  if (moved) means.metrics.videoMoves.inc({ state });
  return moved;
}

/** Ends an upload that brought no video: its bytes, if any came, and its draft are gone. False when it had ended. */
export async function endUpload(
  means: Means & Pick<Context, 'storage'>,
  upload: UploadRecord,
  state: 'cancelled' | 'expired',
): Promise<boolean> {
  const ended = await means.db.transaction(async (session) => {
    if (!(await means.db.uploads.end(upload._id, state, {}, session))) return false;
    await means.db.videos.move({ videoId: upload.videoId, generation: 1 }, 'deleted', {}, session);
    return true;
  });
  if (!ended) return false;
  means.metrics.videoMoves.inc({ state: 'deleted' });
  // It has ended: bytes that cannot be removed now are no video's, and go as an orphan does.
  await means.storage.remove('raw', upload.key).catch(() => {});
  return true;
}

export async function fail(means: Means, attempt: Attempt, failure: VideoFailure): Promise<boolean> {
  return (await move(means, attempt, 'failed', { failure })) !== undefined;
}

/**
 * Ends the work on a video that somebody does not want to wait for. Running jobs notice within their heartbeat.
 * Undefined when nothing was in progress.
 */
export async function cancel(means: Means, video: Video, also?: Also): Promise<Video | undefined> {
  const message = 'The work on the video was cancelled.';
  // Between reading and moving the pipeline may have begun another attempt: then that one is meant.
  for (let now: Video | null = video; now && isInProgress(now.state); now = await reread(means, now)) {
    const failure: VideoFailure = { code: 'cancelled', message, step: now.state };
    const cancelled = await move(means, attemptAt(now), 'failed', { failure }, also);
    if (!cancelled) continue;
    await dropJobs(means, cancelled);
    return cancelled;
  }
  return undefined;
}

/** Hides a video at once and ends the work on it; a sweep removes its bytes. False when that had been done. */
export async function remove(means: Means, video: Video, also?: Also): Promise<boolean> {
  for (let now: Video | null = video; now && now.state !== 'deleted'; now = await reread(means, now)) {
    const removed = await move(means, attemptAt(now), 'deleted', {}, async (session) => {
      await means.db.uploads.cancelOf(video._id, session);
      await also?.(session);
    });
    if (!removed) continue;
    await dropJobs(means, removed);
    return true;
  }
  return false;
}

/**
 * Makes a video anew from its source, because somebody asks for it. What plays goes on playing until that is ready.
 * Undefined when the video is not at rest, or another attempt won.
 */
export function reprocess(means: Means, video: Video, also?: Also): Promise<Video | undefined> {
  return beginAgain(means, attemptAt(video), 'reprocess', { hadMishap: false }, also);
}

/** Makes a video anew because the attempt under way turned out not to work. Undefined when another attempt won. */
export function restart(means: Means, attempt: Attempt, change: Rethought): Promise<Video | undefined> {
  return beginAgain(means, attempt, 'restart', change);
}

/** What a job has learnt for the next attempt. */
type Rethought = Partial<Pick<Video, 'copyRefused' | 'hadMishap'>>;

async function beginAgain(
  means: Means,
  attempt: Attempt,
  why: keyof typeof anotherFrom,
  change: Rethought,
  also?: Also,
): Promise<Video | undefined> {
  const begun = await means.db.transaction(async (session) => {
    const video = await means.db.videos.begin(attempt, anotherFrom[why], change, session);
    if (!video) return undefined;
    await also?.(session);
    return video;
  });
  if (!begun) return undefined;
  means.metrics.videoMoves.inc({ state: begun.state });
  // The record says `uploaded` already: should the queue not answer, the next sweep adds the job.
  await begin(means, attemptAt(begun), begun).catch(() => {});
  return begun;
}

function attemptAt({ _id, generation }: Video): Attempt {
  return { videoId: _id, generation };
}

const reread = ({ db }: Means, { _id }: Video) => db.videos.find(_id);

/** Takes a video's jobs out of the queues. One that stays, because it runs, finds itself superseded. */
async function dropJobs(means: Means, video: Video): Promise<void> {
  const attempt = attemptAt(video);
  const [publish, ...children] = video.plan ? flowOf(attempt, video.plan) : [probeJob(attempt)];
  await means.queues.removeAll([...children, publish]).catch(() => {});
}

function probeJob(attempt: Attempt): NewJob {
  return { queue: 'probe', id: jobId('probe', attempt.videoId, attempt.generation), payload: attempt };
}

/** The jobs with the priorities by which one owner's many videos do not hold up everybody else's. */
async function inTurn(means: Means, jobs: Jobs, { ownerId, createdAt }: Uploaded): Promise<Jobs> {
  const since = new Date(createdAt.getTime() - recentSeconds * 1000);
  const recent = await means.db.uploads.recentOf(ownerId, since, createdAt, mostRecent);
  return jobs.map((job) => ({ ...job, priority: priorityOf(job.queue, job.payload, recent) })) as Jobs;
}

/** The parent first, then its children. */
function flowOf(attempt: Attempt, plan: EncodingPlan): Jobs {
  const { videoId, generation } = attempt;
  return [
    { queue: 'publish', id: jobId('publish', videoId, generation), payload: attempt },
    ...plan.chunks.map(
      (_, chunk): NewJob => ({
        queue: 'encode',
        id: jobId('encode', videoId, generation, chunk),
        payload: { ...attempt, chunk },
      }),
    ),
    ...(plan.copied === null
      ? []
      : [{ queue: 'copy' as const, id: jobId('copy', videoId, generation), payload: attempt }]),
    ...plan.audio.map(
      (_, track): NewJob => ({
        queue: 'audio',
        id: jobId('audio', videoId, generation, track),
        payload: { ...attempt, track },
      }),
    ),
    ...plan.captions.map(
      (_, track): NewJob => ({
        queue: 'captions',
        id: jobId('captions', videoId, generation, track),
        payload: { ...attempt, track },
      }),
    ),
    { queue: 'images', id: jobId('images', videoId, generation), payload: attempt },
  ];
}

function isPending(state: Awaited<ReturnType<Context['queues']['state']>>): boolean {
  return state !== 'completed' && state !== 'failed' && state !== 'unknown';
}
