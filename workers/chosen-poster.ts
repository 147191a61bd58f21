import { join } from 'node:path';
import type { EncodingPlan } from '../shared/contracts/encoding.ts';
import type { Ago } from '../shared/db/connect.ts';
import type { Video } from '../shared/db/video-record.ts';
import { MillraceError } from '../shared/errors.ts';
import { chosenPosterPrefix } from '../shared/keys.ts';
import { resumePoster } from '../shared/poster.ts';
import { isInProgress } from '../shared/video-state.ts';
import { framesPerSecond } from './media/frame-rate.ts';
import { frameCommand } from './media/picture-args.ts';
import { mediaFault } from './media-fault.ts';
import { replacedSeconds } from './purge.ts';
import { readPicture, runForPicture } from './read-picture.ts';
import { type Step, Superseded } from './run.ts';
import { storePoster } from './store-poster.ts';
import type { Tools } from './tools.ts';
import { dropUpload, type Failure, giveUpPicture, sweepPictures } from './uploaded-picture.ts';

const batch = 200;

/** Makes a version of a poster that somebody has chosen: from a time in the video, or from an upload. */
export async function makeChosenPoster(videoId: string, version: number, step: Step): Promise<void> {
  const { tools } = step;
  const poster = await tools.db.posters.byVersion(videoId, version);
  if (!poster) throw new Superseded();
  if (poster.state === 'making') {
    const video = await tools.db.videos.find(videoId);
    if (!video || video.state === 'deleted') {
      await dropUpload(poster, tools);
      throw new Superseded();
    }
    // The video begins anew: the sweep comes back to it.
    if (poster.upload === null && !video.plan && isInProgress(video.state)) return;
    await tools.scratch.withFolder('poster', async (folder) => {
      const jpeg =
        poster.upload === null
          ? await pictureAt(poster.seconds ?? 0, video, folder, step)
          : await readPicture(poster.upload, folder, step);
      await storePoster(step, poster, jpeg, folder);
    });
  }
  await tools.db.posters.replace(videoId);
  await dropUpload(poster, tools);
}

/** The picture that the encoded video shows at a time; at its very end, the last one. Seconds. */
async function pictureAt(
  seconds: number,
  { plan, source }: Video,
  folder: string,
  step: Step,
): Promise<Buffer> {
  if (!plan) throw new MillraceError('internal', 'A video without a plan has no pictures to choose from.');
  const frame = frameAt(seconds, plan);
  return step.tools.sources
    .withSource(source, step.signal, async (path) => {
      for (const isCareful of [false, true]) {
        const file = join(folder, `frame-${isCareful}`);
        const command = frameCommand(plan, frame, isCareful, path, file);
        const jpeg = await runForPicture(command, file, step).catch((error) => {
          if (isCareful || step.signal.aborted) throw error;
        });
        if (jpeg?.length) return jpeg;
      }
      throw new MillraceError('undecodable', 'There is no picture at this time that can be decoded.');
    })
    .catch(mediaFault);
}

function frameAt(seconds: number, { rate, frameCount }: EncodingPlan): number {
  return Math.min(frameCount - 1, Math.floor(seconds * framesPerSecond(rate) + 1e-6));
}

export async function giveUpPoster(
  videoId: string,
  version: number,
  failure: Failure,
  tools: Tools,
): Promise<void> {
  const { posters } = tools.db;
  await giveUpPicture(posters, await posters.byVersion(videoId, version), failure, tools);
}

/** What a sweep does for chosen posters; choices that were replaced go once nobody can have an address of theirs. */
export async function sweepPosters(step: Step, before: Ago): Promise<void> {
  const { db, storage } = step.tools;
  const { posters } = db;
  await sweepPictures(step, before, posters, resumePoster, ({ videoId, version }) => ({ videoId, version }));
  for (const { _id, videoId, version } of await posters.replaced(
    before(replacedSeconds(step.tools)),
    batch,
  )) {
    if (version !== null) await storage.removeAll('thumbnails', chosenPosterPrefix(videoId, version));
    await posters.remove(_id);
  }
}
