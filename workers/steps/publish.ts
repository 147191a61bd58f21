import type { EncodingPlan } from '../../shared/contracts/encoding.ts';
import type { Part } from '../../shared/db/parts.ts';
import type { Attempt, Video, Warning } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { generationPrefix } from '../../shared/keys.ts';
import { move, restart } from '../../shared/pipeline.ts';
import { currentVideo, whileCurrent } from '../attempt.ts';
import { damagedPicture } from '../media/completeness.ts';
import { secondsOf } from '../media/frame-rate.ts';
import { checkOutput, Mishap } from '../output-gate.ts';
import { writePlaylists } from '../playlists.ts';
import {
  audioEntries,
  joinAudio,
  joinPicture,
  madeAudio,
  renditionOf,
  secondsByRung,
} from '../renditions.ts';
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
  const audio = joinAudio(plan, parts);
  const images = await whileCurrent(step, attempt, 'publishing', async (signal) => {
    const write = () => writePlaylists(plan, picture, audio, true);
    const output = { plan, parts, picture, audio };
    const { playlists, tolerated } = await checkOutput(tools, video, output, write, signal).catch((error) =>
      beginAgain(tools, video, error),
    );
    if (tolerated.length > 0) step.log.info({ tolerated }, 'rules of HLS that should be kept');
    for (const { name, text } of playlists) {
      const key = `${generationPrefix(video._id, video.generation)}${name}.m3u8`;
      await tools.storage.put('processed', key, text, playlistType);
    }
    await tools.db.playlists.save(attempt, playlists);
    return makeStoryboard(video, plan, { ...step, signal });
  });
  const seconds = secondsByRung(plan, parts);
  const renditions = plan.rungs.flatMap((rung, index) => {
    const joined = picture[index];
    const entries = audioEntries(plan, audio);
    return joined ? [renditionOf(plan, rung, joined, entries, seconds.get(rung.name) ?? 0)] : [];
  });
  const readyAt = new Date();
  const ready = await move(tools, attempt, 'ready', {
    renditions,
    audio: madeAudio(plan, parts),
    readyAt,
    playableAt: video.playableAt ?? readyAt,
    activeGeneration: video.generation,
    hasPoster: (await tools.db.posters.shown(attempt)) !== null,
    warnings: [
      ...plan.warnings,
      ...warningsOf(parts),
      ...patches(plan, parts),
      ...silences(parts),
      ...images.warnings,
    ],
    storyboard: images.storyboard,
  });
  if (!ready) throw new Superseded();
}

/**
 * Once after a mishap, as where workers with different ffmpegs made the chunks or the store has lost some; and where
 * what was packaged without encoding may be at fault: then that is encoded.
 * @throws always
 */
async function beginAgain(tools: Tools, video: Video, error: unknown): Promise<never> {
  const isRejected = error instanceof MillraceError && error.code === 'output_rejected';
  const isFirstMishap = error instanceof Mishap && !video.hadMishap;
  if (!isRejected || !(isFirstMishap || video.plan?.copied)) throw error;
  tools.log.warn({ videoId: video._id, err: error }, 'what was made is given up');
  const attempt = { videoId: video._id, generation: video.generation };
  await restart(tools, attempt, isFirstMishap ? { hadMishap: true } : { copyRefused: true });
  throw new Superseded();
}

const lost: Partial<Record<Part['step'], string>> = {
  audio: 'audio_track_broken',
  captions: 'captions_broken',
  images: 'poster_missing',
};

function warningsOf(parts: Part[]): Warning[] {
  return parts.flatMap(({ step, failure }) =>
    failure ? [{ code: lost[step] ?? failure.code, message: failure.message }] : [],
  );
}

/** Of all patched chunks one warning, from where the first of them begins to where the last ends. */
function patches({ chunks, rate }: EncodingPlan, parts: Part[]): Warning[] {
  const spans = parts.flatMap(({ step, n, isPatched }) =>
    step === 'encode' && isPatched ? (chunks[n] ?? []) : [],
  );
  const [first] = spans;
  const last = spans.at(-1);
  if (!first || !last) return [];
  const [from, to] = [first.startFrame, last.endFrame].map((frame) => Math.round(secondsOf(frame, rate)));
  return [
    damagedPicture(
      `Some of the picture between ${from} s and ${to} s cannot be decoded; one beside it stands still instead.`,
    ),
  ];
}

/** One for all tracks: stereo and 5.1 are made of the same. */
function silences(parts: Part[]): Warning[] {
  const isDamaged = parts.some(({ step, isPatched }) => step === 'audio' && isPatched);
  const message = 'Some of the sound cannot be decoded; it is silent there.';
  return isDamaged ? [{ code: 'damaged_sound', message }] : [];
}
