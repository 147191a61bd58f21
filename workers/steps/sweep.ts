import type { Ago } from '../../shared/db/connect.ts';
import type { UploadRecord } from '../../shared/db/uploads.ts';
import type { Video } from '../../shared/db/video-record.ts';
import { jobId } from '../../shared/keys.ts';
import { endUpload, fail, resume } from '../../shared/pipeline.ts';
import { endStates, quietSeconds, type VideoState } from '../../shared/video-state.ts';
import { sweepPosters } from '../chosen-poster.ts';
import { sweepAccounts } from '../closed-accounts.ts';
import { removeOrphans } from '../orphans.ts';
import { sweepPersonPictures } from '../person-picture.ts';
import { purge, replacedSeconds } from '../purge.ts';
import { repairSearch } from '../repair-search.ts';
import type { Step } from '../run.ts';

const batch = 200;
const mostResumes = 10;
/** A ticket that has just run out may still have its bytes on the way. */
const expiryGraceSeconds = 60;

/** Videos purged in one run: a long one has tens of thousands of objects, and what is lost must not wait for them. */
const purgesAtOnce = 20;
const orphanSeconds = 24 * 3600;
/** How old the counts of videos by category may grow. */
const countSeconds = 300;

/** In this order: what goes on comes before what is removed. */
const parts = {
  queues: tellStanding,
  'quiet videos': reviveQuiet,
  uploads: expireUploads,
  posters: sweepPosters,
  'pictures of people': sweepPersonPictures,
  accounts: sweepAccounts,
  purge: purgeEnded,
  'counts by category': ({ tools }, before) => tools.db.categoryCounts.renew(before(countSeconds)),
  search: repairSearch,
  orphans: sweepOrphans,
} satisfies Record<string, (step: Step, before: Ago) => Promise<void>>;

/**
 * Compares the record with the queues and repairs: quiet videos go on, abandoned uploads end. Then it removes what
 * nobody needs any more. A part that fails keeps no other from its work.
 * @throws AggregateError of what parts have thrown, at the end
 */
export async function sweep(_payload: object, step: Step): Promise<void> {
  const errors: unknown[] = [];
  const before = await step.tools.db.clock();
  for (const [part, work] of Object.entries(parts)) {
    step.signal.throwIfAborted();
    try {
      await work(step, before);
    } catch (error) {
      step.signal.throwIfAborted();
      step.log.error({ err: error, part }, 'a part of the sweep failed');
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} parts of the sweep failed.`);
}

/** What only an operator can set going again. */
async function tellStanding({ tools, log }: Step): Promise<void> {
  const [unserved, paused] = await Promise.all([tools.queues.unserved(), tools.queues.paused()]);
  if (unserved.length > 0) log.warn({ queues: unserved }, 'there is work in queues that no worker serves');
  if (paused.length > 0) log.warn({ queues: paused }, 'queues are paused: no worker takes their jobs');
}

async function reviveQuiet(step: Step, before: Ago): Promise<void> {
  for (const [state, seconds] of Object.entries(quietSeconds)) {
    for (const video of await step.tools.db.upkeep.quiet(state as VideoState, before(seconds), batch)) {
      await revive(video, step).catch((error) =>
        step.log.error({ err: error, videoId: video._id }, 'not revived'),
      );
    }
  }
}

async function expireUploads(step: Step, before: Ago): Promise<void> {
  for (const upload of await step.tools.db.uploads.overdue(before(expiryGraceSeconds), batch)) {
    await expire(upload, step).catch((error) =>
      step.log.error({ err: error, uploadId: upload._id }, 'not expired'),
    );
  }
}

async function purgeEnded({ tools, log, signal }: Step, before: Ago): Promise<void> {
  for (const state of endStates) {
    for (const video of await tools.db.upkeep.due(state, before(purgeAfter(state, tools)), purgesAtOnce)) {
      signal.throwIfAborted();
      await purge(tools, video).catch((error) => log.error({ err: error, videoId: video._id }, 'not purged'));
    }
  }
}

async function sweepOrphans({ tools, log }: Step, before: Ago): Promise<void> {
  const { objects, uploads, unknown, example } = await removeOrphans(tools, before(orphanSeconds));
  if (objects + uploads > 0) log.info({ objects, uploads }, 'orphans removed');
  if (unknown > 0)
    log.warn({ unknown, example }, 'left alone: stored for videos or people that MongoDB does not know');
}

/** Seconds from a video's end until its leftovers are removed: time for jobs to notice and stop. */
function purgeAfter(state: VideoState, tools: Step['tools']): number {
  return state === 'ready' ? replacedSeconds(tools) : tools.config.PURGE_GRACE_SECONDS;
}

async function revive(video: Video, { tools, log }: Step): Promise<void> {
  const attempt = { videoId: video._id, generation: video.generation };
  // The first job of a state failed without a word: it took its worker down each time it was started.
  const head = video.plan ? 'publish' : 'probe';
  const id = jobId(head, video._id, video.generation);
  if ((await tools.queues.state(head, id)) === 'failed') {
    const reason = (await tools.queues.job(head, id))?.failedReason;
    log.warn({ ...attempt, reason }, 'a job ended without a result');
    await fail(tools, attempt, {
      code: 'encoding_failed',
      message: 'Working on the video ended without a result, again and again.',
      step: head,
    });
    return;
  }
  if ((await resume(tools, video)) === 'alive') {
    // It only waits its turn: make room in the next sweep's batch for others.
    await tools.db.videos.heard(attempt, video.state);
    return;
  }
  const resumes = await tools.db.upkeep.resumed(attempt);
  log.warn({ ...attempt, state: video.state, resumes }, 'work resumed');
  if (resumes < mostResumes) return;
  const message = `The work had to be started ${resumes} times and did not end.`;
  await fail(tools, attempt, { code: 'encoding_failed', message, step: video.state });
}

async function expire(upload: UploadRecord, { tools, log }: Step): Promise<void> {
  if (!(await endUpload(tools, upload, 'expired'))) return;
  log.info({ uploadId: upload._id }, 'upload expired');
}
