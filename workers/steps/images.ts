import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attempt } from '../../shared/db/videos.ts';
import type { MillraceError } from '../../shared/errors.ts';
import { posterKey } from '../../shared/keys.ts';
import { currentVideo, whileCurrent } from '../attempt.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { posterCommand } from '../media/ffmpeg-args.ts';
import { mediaFault } from '../media-fault.ts';
import type { Step } from '../run.ts';
import type { Tools } from '../tools.ts';

/** Makes the poster. */
export async function images(attempt: Attempt, step: Step): Promise<void> {
  const { tools } = step;
  const video = await currentVideo(step, attempt, ['encoding']);
  const { plan } = video;
  if (!plan) return;
  const id = { ...attempt, step: 'images', n: 0 } as const;
  if (await tools.db.parts.isDone(id)) return;
  const started = performance.now();
  await whileCurrent(step, attempt, 'encoding', (signal) =>
    tools.sources.withSource(video.source, signal, (source) =>
      tools.scratch.withFolder('images', async (folder) => {
        const path = join(folder, 'poster.jpg');
        await runFfmpeg(tools.ffmpeg, posterCommand(plan, source, path), {
          signal,
        }).catch(mediaFault);
        const poster = await readFile(path);
        await tools.storage.put('thumbnails', posterKey(video._id, video.generation), poster, 'image/jpeg');
      }),
    ),
  );
  await tools.db.videos.setPoster(attempt);
  await tools.db.parts.finish(id, {
    frames: 1,
    seconds: (performance.now() - started) / 1000,
    renditions: [],
  });
}

/** A video without a poster is still a video. */
export async function giveUpImages(
  attempt: Attempt,
  { code, message }: MillraceError,
  tools: Tools,
): Promise<void> {
  await tools.db.parts.giveUp({ ...attempt, step: 'images', n: 0 }, { code, message });
}
