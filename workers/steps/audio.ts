import type { Attempt } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { fail } from '../../shared/pipeline.ts';
import { currentVideo } from '../attempt.ts';
import { audioCommand } from '../media/ffmpeg-args.ts';
import { parseLoudness } from '../media/loudness.ts';
import { changesMidway, hasNoNumbers, uniformSound } from '../media/uniform-sound.ts';
import { announceProgress } from '../playlists.ts';
import type { Step } from '../run.ts';
import type { Tools } from '../tools.ts';
import { makeTrack } from '../track.ts';

/** Packets of sound that are not missed when they cannot be decoded: about a second. */
const unnoticed = 50;

type AudioPayload = Attempt & { track: number };

/** Makes one audio track, whole, and measures how loud it is. */
export async function audio({ track, ...attempt }: AudioPayload, step: Step): Promise<void> {
  const { tools } = step;
  const video = await currentVideo(step, attempt, ['encoding']);
  const { plan } = video;
  const planned = plan?.audio[track];
  if (!plan || !planned) throw new MillraceError('internal', `The plan has no audio track ${track}.`);
  const id = { ...attempt, step: 'audio', n: track } as const;
  if (!(await tools.db.parts.isDone(id))) {
    const { name } = planned;
    const one = { id, video, plan, name, starts: 'every fragment', withKeyFrames: false } as const;
    const commandFor = (isSilenced: boolean) => (source: string, file: string) =>
      audioCommand(plan, { ...planned, isSilenced }, source, file);
    const made = await makeTrack({ ...one, command: commandFor(false) }, step).catch((error) => {
      if (hasNoNumbers(error)) return makeTrack({ ...one, command: commandFor(true) }, step);
      if (!changesMidway(error)) throw error;
      return makeTrack({ ...one, ...uniformSound(plan, planned) }, step);
    });
    const { part, seconds, ffmpeg } = made;
    if (part.frames === 0) throw new MillraceError('undecodable', 'The audio track holds no sound.');
    const loudness = parseLoudness(ffmpeg.stderr);
    const isPatched = ffmpeg.undecoded > unnoticed;
    await tools.db.parts.finish(id, {
      frames: part.frames,
      seconds,
      renditions: [part],
      loudness,
      isPatched,
    });
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
