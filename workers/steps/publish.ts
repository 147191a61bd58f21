import type { Part } from '../../shared/db/parts.ts';
import type { Attempt, Warning } from '../../shared/db/videos.ts';
import { generationPrefix } from '../../shared/keys.ts';
import { move } from '../../shared/pipeline.ts';
import { currentVideo, whileCurrent } from '../attempt.ts';
import { checkOutput } from '../output-gate.ts';
import { writePlaylists } from '../playlists.ts';
import { joinAudio, joinPicture, renditionOf } from '../renditions.ts';
import { type Step, Superseded } from '../run.ts';

const playlistType = 'application/vnd.apple.mpegurl';

/** Judges what the other steps made, writes the final playlists, and makes the video ready. */
export async function publish(attempt: Attempt, step: Step): Promise<void> {
  const { tools } = step;
  await currentVideo(step, attempt, ['encoding', 'publishing']);
  const video = await move(tools, attempt, 'publishing');
  if (!video?.plan) throw new Superseded();
  const { plan } = video;
  const parts = await tools.db.parts.of(attempt);
  const picture = joinPicture(plan, parts);
  const audio = joinAudio(parts);
  await whileCurrent(step, attempt, 'publishing', async (signal) => {
    const write = () => writePlaylists(plan, picture, audio, true);
    const output = { plan, parts, picture, audio };
    const { playlists, tolerated } = await checkOutput(tools, video, output, write, signal);
    if (tolerated.length > 0) step.log.info({ tolerated }, 'rules of HLS that should be kept');
    for (const { name, text } of playlists) {
      const key = `${generationPrefix(video._id, video.generation)}${name}.m3u8`;
      await tools.storage.put('processed', key, text, playlistType);
    }
    await tools.db.playlists.save(attempt, playlists);
  });
  const renditions = plan.rungs.flatMap((rung, index) => {
    const joined = picture[index];
    return joined ? [renditionOf(plan, rung, joined, audio)] : [];
  });
  const readyAt = new Date();
  const ready = await move(tools, attempt, 'ready', {
    renditions,
    readyAt,
    playableAt: video.playableAt ?? readyAt,
    activeGeneration: video.generation,
    warnings: warningsOf(parts),
  });
  if (!ready) throw new Superseded();
}

const lost: Partial<Record<Part['step'], string>> = {
  audio: 'audio_track_broken',
  images: 'poster_missing',
};

function warningsOf(parts: Part[]): Warning[] {
  return parts.flatMap(({ step, failure }) =>
    failure ? [{ code: lost[step] ?? failure.code, message: failure.message }] : [],
  );
}
