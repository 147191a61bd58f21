import type { EncodingPlan } from '../../shared/contracts/encoding.ts';
import type { Part } from '../../shared/db/parts.ts';
import type { Attempt, Video, Warning } from '../../shared/db/videos.ts';
import { MillraceError } from '../../shared/errors.ts';
import { generationPrefix, initKey, segmentKey } from '../../shared/keys.ts';
import { move } from '../../shared/pipeline.ts';
import { currentVideo, whileCurrent } from '../attempt.ts';
import { writePlaylists } from '../playlists.ts';
import { type Joined, joinAudio, joinPicture, renditionOf } from '../renditions.ts';
import { type Step, Superseded } from '../run.ts';
import { makeStoryboard } from '../storyboard.ts';
import type { Tools } from '../tools.ts';

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
  const { storyboard, warnings } = await whileCurrent(step, attempt, 'publishing', async (signal) => {
    checkParts(plan, parts, picture);
    await checkObjects(tools, video, [...picture, ...audio]);
    const playlists = writePlaylists(plan, picture, audio, true);
    for (const { name, text } of playlists) {
      const key = `${generationPrefix(video._id, video.generation)}${name}.m3u8`;
      await tools.storage.put('processed', key, text, playlistType);
    }
    await tools.db.playlists.save(attempt, playlists);
    return makeStoryboard(video, plan, { ...step, signal });
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
    storyboard,
    warnings: [...warningsOf(parts), ...warnings],
  });
  if (!ready) throw new Superseded();
}

/** @throws MillraceError encoding_failed or output_rejected: the video must not become ready. */
function checkParts(plan: EncodingPlan, parts: Part[], picture: Joined[]): void {
  const ended = (step: Part['step']) =>
    parts.filter((part) => part.step === step && part.doneAt !== null).length;
  const missing = plan.chunks.length - ended('encode') + (plan.audio.length - ended('audio'));
  if (missing > 0) throw new MillraceError('encoding_failed', `${missing} parts of the video were not made.`);
  const boundaries = new Set<string>();
  for (const { name, frames, initSha256s, segments } of picture) {
    if (frames !== plan.frameCount) {
      throw new MillraceError('output_rejected', `${name} has ${frames} frames; ${plan.frameCount} are due.`);
    }
    if (initSha256s.length !== 1) {
      throw new MillraceError('output_rejected', `The chunks of ${name} do not share one init segment.`);
    }
    boundaries.add(segments.map(({ n, seconds }) => `${n}:${seconds.toFixed(6)}`).join(' '));
  }
  if (boundaries.size !== 1) {
    throw new MillraceError('output_rejected', 'The renditions are not cut at the same times.');
  }
}

/** Every listed object exists and has the size that the playlists were computed from. */
async function checkObjects(
  { storage }: Tools,
  { _id, generation }: Video,
  renditions: Joined[],
): Promise<void> {
  const listed = await storage.list('processed', generationPrefix(_id, generation));
  const stored = new Map(listed.map(({ key, bytes }) => [key, bytes]));
  for (const { name, segments } of renditions) {
    const isWhole =
      stored.has(initKey(_id, generation, name)) &&
      segments.every(({ n, bytes }) => stored.get(segmentKey(_id, generation, name, n)) === bytes);
    if (!isWhole) throw new MillraceError('output_rejected', `Not every segment of ${name} is stored whole.`);
  }
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
