import type { Attempt } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { restart } from '../../shared/pipeline.ts';
import { currentVideo } from '../attempt.ts';
import { copyCommand } from '../media/ffmpeg-args.ts';
import { announceProgress } from '../playlists.ts';
import type { Step } from '../run.ts';
import type { Tools } from '../tools.ts';
import { makeTrack } from '../track.ts';

/** Packages the source's own picture as the top rung, without encoding it again. */
export async function copy(attempt: Attempt, step: Step): Promise<void> {
  const { tools } = step;
  const video = await currentVideo(step, attempt, ['encoding']);
  const { plan } = video;
  if (!plan?.copied) throw new MillraceError('internal', 'The plan copies no rung.');
  const id = { ...attempt, step: 'copy', n: 0 } as const;
  if (!(await tools.db.parts.isDone(id))) {
    const command = (source: string, file: string) => copyCommand(plan, source, file);
    const { part, seconds } = await makeTrack(
      { id, video, plan, name: plan.copied, starts: plan.cuts, withKeyFrames: true, command },
      step,
    );
    if (part.frames !== plan.frameCount || part.segments.length !== plan.cuts.length) {
      const message = `The copy has ${part.frames} of ${plan.frameCount} frames, ${part.segments.length} of ${plan.cuts.length} segments.`;
      throw new MillraceError('undecodable', message);
    }
    await tools.db.parts.finish(id, { frames: part.frames, seconds, renditions: [part] });
  }
  await announceProgress(tools, video, plan);
}

/** Then the rung must be encoded: the work starts again with a plan that copies nothing. */
export async function giveUpCopy(attempt: Attempt, error: MillraceError, tools: Tools): Promise<void> {
  tools.log.warn({ ...attempt, err: error }, 'the source cannot be packaged as it is');
  await restart(tools, attempt, { copyRefused: true });
}
