import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodingPlan } from '../../shared/contracts/encoding.ts';
import type { Attempt, Video } from '../../shared/db/video-record.ts';
import type { MillraceError } from '../../shared/errors.ts';
import { previewKey } from '../../shared/keys.ts';
import type { Payload } from '../../shared/queues.ts';
import { isUnavailable } from '../../shared/unless-silent.ts';
import { currentVideo, whileCurrent } from '../attempt.ts';
import { choosePicture } from '../choose-picture.ts';
import { giveUpPoster, makeChosenPoster } from '../chosen-poster.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { previewCommand } from '../media/picture-args.ts';
import { giveUpPersonPicture, makePersonPicture } from '../person-picture.ts';
import type { Step } from '../run.ts';
import { storePoster } from '../store-poster.ts';
import type { Tools } from '../tools.ts';

const shortestPreviewed = 1;
const previewSeconds = 3;
const previewMaxBytes = 300 * 1024;
/** From good to what fits in any case. */
const previewQualities = [50, 25, 5];

/**
 * Makes the poster and the animated preview of an encoding; or one poster that somebody has chosen, or a person's
 * picture.
 */
export async function images(payload: Payload<'images'>, step: Step): Promise<void> {
  if ('personPicture' in payload) return makePersonPicture(payload.personPicture, step);
  const { poster, ...attempt } = payload;
  if (poster !== undefined) return makeChosenPoster(attempt.videoId, poster, step);
  const { tools } = step;
  const video = await currentVideo(step, attempt, ['encoding']);
  const { plan } = video;
  if (!plan) return;
  const id = { ...attempt, step: 'images', n: 0 } as const;
  if (await tools.db.parts.isDone(id)) return;
  const started = performance.now();
  await whileCurrent(step, attempt, 'encoding', (signal) =>
    tools.sources.withSource(video.source, signal, (source) =>
      tools.scratch.withFolder('images', (folder) =>
        makeImages(video, plan, { source, folder }, { ...step, signal }),
      ),
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  await tools.db.parts.finish(id, { frames: 1, seconds, renditions: [] });
}

type Place = { source: string; folder: string };

async function makeImages(video: Video, plan: EncodingPlan, place: Place, step: Step): Promise<void> {
  const attempt = { videoId: video._id, generation: video.generation };
  const { posters } = step.tools.db;
  const { jpeg, atSeconds } = await choosePicture(plan, place.source, place.folder, step);
  await storePoster(step, await posters.auto(attempt), jpeg, place.folder);
  if (plan.durationSeconds < shortestPreviewed) return;
  await makePreview(attempt, plan, atSeconds, place, step).catch(async (error) => {
    if (step.signal.aborted || isUnavailable(error)) throw error;
    // Without room ffmpeg may end as if all were well.
    await step.tools.scratch.check();
    // Nobody misses it as much as the poster, so it costs neither the poster nor a warning.
    step.log.warn({ err: error }, 'no preview');
  });
}

/** Begins where the poster was found, since there is something to see, and early enough to have its full length. */
async function makePreview(
  attempt: Attempt,
  plan: EncodingPlan,
  near: number,
  { source, folder }: Place,
  { tools, signal }: Step,
): Promise<void> {
  const path = join(folder, 'preview');
  const from = Math.max(0, Math.min(near, plan.durationSeconds - previewSeconds));
  for (const quality of previewQualities) {
    await runFfmpeg(tools.ffmpeg, previewCommand(plan, from, quality, source, path), { signal });
    const preview = await readFile(path);
    if (preview.length === 0 || preview.length > previewMaxBytes) continue;
    const key = previewKey(attempt.videoId, attempt.generation);
    await tools.storage.put('thumbnails', key, preview, 'image/webp');
    await tools.db.pictures.addPreview(attempt);
    return;
  }
  throw new Error('the preview is empty, or too large at every quality');
}

/** A video without a poster is still a video. */
export async function giveUpImages(
  payload: Payload<'images'>,
  error: MillraceError,
  tools: Tools,
): Promise<void> {
  const failure = { code: error.code, message: error.message };
  if ('personPicture' in payload) return giveUpPersonPicture(payload.personPicture, failure, tools);
  const { poster, ...attempt } = payload;
  if (poster !== undefined) return giveUpPoster(attempt.videoId, poster, failure, tools);
  const id = { ...attempt, step: 'images', n: 0 } as const;
  const { _id, state } = await tools.db.posters.auto(attempt);
  // Then it is the preview that is missing.
  if (state === 'ready') return tools.db.parts.finish(id, { frames: 1, seconds: 0, renditions: [] });
  await tools.db.parts.giveUp(id, failure);
  await tools.db.posters.failed(_id, failure);
}
