import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Cue,
  fitCues,
  mostCaptionBytes,
  parseCaptions,
  writeCaptions,
} from '../../shared/captions-text.ts';
import type { CaptionTrack, EncodingPlan } from '../../shared/contracts/encoding.ts';
import type { Attempt, Video } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { fileCaptionsKey } from '../../shared/keys.ts';
import { currentVideo, whileCurrent } from '../attempt.ts';
import { captionsCommand, captionsShift } from '../media/captions-args.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { mediaFault } from '../media-fault.ts';
import type { Step } from '../run.ts';
import type { Tools } from '../tools.ts';

/** A drawing of Advanced SubStation as ffmpeg leaves it: its path in place of a text. */
const drawing = /^m(?: -?[\d.]+){2}(?: [mnlbspc]| -?[\d.]+)*$/;

/** A space of Advanced SubStation where no line breaks, which ffmpeg leaves as it is written. */
const hardSpace = '\\h';

type CaptionsPayload = Attempt & { track: number };

/** Makes captions of one text track of the file. A track without a text gives none. */
export async function captions({ track, ...attempt }: CaptionsPayload, step: Step): Promise<void> {
  const { tools } = step;
  const video = await currentVideo(step, attempt, ['encoding']);
  const { plan } = video;
  const planned = plan?.captions[track];
  if (!plan || !planned) throw new MillraceError('internal', `The plan has no text track ${track}.`);
  const id = { ...attempt, step: 'captions', n: track } as const;
  if (await tools.db.parts.isDone(id)) return;
  const started = performance.now();
  await whileCurrent(step, attempt, 'encoding', async (signal) => {
    const cues = await extract(video, plan, planned, { ...step, signal });
    if (cues.length > 0) await store(video, planned, cues, tools);
  });
  const seconds = (performance.now() - started) / 1000;
  await tools.db.parts.finish(id, { frames: 0, seconds, renditions: [] });
}

async function extract(
  { source }: Video,
  plan: EncodingPlan,
  track: CaptionTrack,
  { tools, signal }: Step,
): Promise<Cue[]> {
  const text = await tools.sources.withSource(source, signal, (path) =>
    tools.scratch.withFolder('captions', async (folder) => {
      const file = join(folder, 'captions.srt');
      const command = captionsCommand(track, path, file, mostCaptionBytes);
      const { stderr } = await runFfmpeg(tools.ffmpeg, command, { signal }).catch(mediaFault);
      // ffmpeg leaves out what it cannot read and goes on; captions full of holes are worse than none.
      if (/Invalid UTF-8|Error (?:while )?decoding/.test(stderr)) {
        throw new MillraceError('undecodable', 'A text track of the file cannot be read.');
      }
      return readFile(file);
    }),
  );
  const cues = parseCaptions(text, 'srt')
    .filter((cue) => !drawing.test(cue.text))
    .map((cue) => ({ ...cue, text: cue.text.replaceAll(hardSpace, '\u00a0') }))
    // ffmpeg calls all of them top left, wherever they stand.
    .map((cue) => (track.inPicture ? { ...cue, settings: '' } : cue));
  return fitCues(cues, captionsShift(plan), plan.durationSeconds * 1000);
}

async function store(
  { _id, generation }: Video,
  { language, title, isDefault }: CaptionTrack,
  cues: Cue[],
  { storage, db }: Tools,
): Promise<void> {
  const text = writeCaptions(cues);
  const key = fileCaptionsKey(_id, generation, language);
  await storage.put('processed', key, text, 'text/vtt; charset=utf-8');
  await db.captions.put({
    videoId: _id,
    generation,
    language,
    title,
    source: 'file',
    key,
    bytes: Buffer.byteLength(text),
    cues: cues.length,
    isDefault,
    createdAt: new Date(),
  });
}

/** A video without captions is still a video. */
export async function giveUpCaptions(
  { track, ...attempt }: CaptionsPayload,
  { code, message }: MillraceError,
  tools: Tools,
): Promise<void> {
  await tools.db.parts.giveUp({ ...attempt, step: 'captions', n: track }, { code, message });
}
