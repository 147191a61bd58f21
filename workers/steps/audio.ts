import { join } from 'node:path';
import type { Attempt } from '../../shared/db/videos.ts';
import { MillraceError } from '../../shared/errors.ts';
import { fail } from '../../shared/pipeline.ts';
import { currentVideo, whileCurrent } from '../attempt.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { audioCommand } from '../media/ffmpeg-args.ts';
import { mediaFault } from '../media-fault.ts';
import { announceProgress } from '../playlists.ts';
import type { Step } from '../run.ts';
import { storeRendition } from '../store-rendition.ts';
import type { Tools } from '../tools.ts';

type AudioPayload = Attempt & { track: number };

/** Makes one audio track, whole. */
export async function audio({ track, ...attempt }: AudioPayload, step: Step): Promise<void> {
  const { tools } = step;
  const video = await currentVideo(step, attempt, ['encoding']);
  const { plan } = video;
  const planned = plan?.audio[track];
  if (!plan || !planned) throw new MillraceError('internal', `The plan has no audio track ${track}.`);
  const id = { ...attempt, step: 'audio', n: track } as const;
  if (!(await tools.db.parts.isDone(id))) {
    const started = performance.now();
    const part = await whileCurrent(step, attempt, 'encoding', (signal) =>
      tools.sources.withSource(video.source, signal, (source) =>
        tools.scratch.withFolder('audio', async (folder) => {
          const path = join(folder, 'audio.mp4');
          const command = audioCommand(plan, planned, source, path);
          await runFfmpeg(tools.ffmpeg, command, { signal }).catch(mediaFault);
          const cut = { firstNumber: 1, perSegment: 1, withKeyFrames: false, withInit: true };
          const stored = await storeRendition(tools, video, { name: planned.name, path, ...cut });
          if (stored.frames === 0) throw new MillraceError('undecodable', 'The audio track holds no sound.');
          return stored;
        }),
      ),
    );
    const seconds = (performance.now() - started) / 1000;
    await tools.db.parts.finish(id, { frames: part.frames, seconds, renditions: [part] });
  }
  await announceProgress(tools, video, plan);
}

/** A broken audio track costs the video its sound, with a warning; any other reason costs the video. */
export async function giveUpAudio(payload: AudioPayload, error: MillraceError, tools: Tools): Promise<void> {
  const { track, ...attempt } = payload;
  const { code, message } = error;
  if (error.kind.fault !== 'media') {
    await fail(tools, attempt, { code, message, step: 'audio' });
    return;
  }
  await tools.db.parts.giveUp({ ...attempt, step: 'audio', n: track }, { code, message });
  const video = await tools.db.videos.find(attempt.videoId);
  if (video?.plan) await announceProgress(tools, video, video.plan);
}
