import type { EncodingPlan } from '../../shared/contracts/encoding.ts';
import type { Attempt, Video } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { fanOut, move } from '../../shared/pipeline.ts';
import { currentVideo, whileCurrent } from '../attempt.ts';
import { usableProfile } from '../encoders.ts';
import { chooseAudio, leftOutAudio } from '../media/choose-audio.ts';
import { chooseCaptions } from '../media/choose-captions.ts';
import { chooseVideo, type Decoded, encryptedPicture } from '../media/choose-video.ts';
import { findCutOff, isCutAvi } from '../media/cut-off.ts';
import { describe } from '../media/describe.ts';
import { FfmpegError, runFfmpeg } from '../media/ffmpeg.ts';
import { decodedShape, firstPictureCommand, hasClosedCaptions } from '../media/ffmpeg-args.ts';
import { scanPackets } from '../media/ffprobe.ts';
import { countHidden } from '../media/hidden-frames.ts';
import { leftOutPictures, otherPictures } from '../media/left-pictures.ts';
import { lookLater } from '../media/look-later.ts';
import { findLostFragments } from '../media/lost-fragments.ts';
import { noPackets } from '../media/packets.ts';
import { wholeRate } from '../media/paired-fields.ts';
import { colourWarnings, sourcePicture } from '../media/picture.ts';
import { planEncoding } from '../media/plan.ts';
import { ownProgram } from '../media/programs.ts';
import { withWholeLanguages } from '../media/whole-languages.ts';
import { mediaFault } from '../media-fault.ts';
import { type Step, Superseded } from '../run.ts';

/** Looks at the source, decides the whole plan, and starts the work. */
export async function probe(attempt: Attempt, step: Step): Promise<void> {
  const { tools } = step;
  const video = await currentVideo(step, attempt, ['uploaded', 'probing', 'encoding']);
  if (video.state === 'encoding' && video.plan) {
    // A worker was lost between the plan and the fan-out.
    await fanOut(tools, attempt, video.plan, video);
    return;
  }
  if (!(await move(tools, attempt, 'probing'))) throw new Superseded();
  const plan = await whileCurrent(step, attempt, 'probing', (signal) => makePlan(video, { ...step, signal }));
  const change = { plan, durationSeconds: plan.durationSeconds };
  if (!(await move(tools, attempt, 'encoding', change))) throw new Superseded();
  await fanOut(tools, attempt, plan, video);
}

async function makePlan(video: Video, { tools, signal }: Step): Promise<EncodingPlan> {
  const { config } = tools;
  return tools.sources.withSource(video.source, signal, async (path) => {
    const report = await withWholeLanguages(path, await describe(tools.ffprobe, path, signal));
    const stream = chooseVideo(report);
    const shown = ownProgram(report, stream);
    const audio = chooseAudio(shown);
    const formatName = report.format.format_name;
    const sound = audio.slice(0, 1).map(({ streamIndex }) => streamIndex);
    const streamIndexes = [stream.index, ...sound, ...otherPictures(report, stream)];
    const [[packets = noPackets(), ...others], first, later, { profile, warnings }, slots] =
      await Promise.all([
        scanPackets(tools.ffprobe, path, { streamIndexes, formatName }, signal),
        decodeFirstPicture(stream.index, path, tools, signal).catch((error) => ({ error })),
        lookLater(tools.ffmpeg, stream, path, signal),
        usableProfile(config.ENCODING_PROFILES, video.profile ?? config.ENCODING_PROFILE, tools.encoders),
        encodeSlots(tools),
      ]);
    if (packets.encrypted > 0) throw encryptedPicture();
    if ('error' in first) throw first.error;
    packets.hidden = await countHidden(tools.ffprobe, path, stream, packets, formatName, signal);
    const endByte = Math.max(packets.endByte, ...others.map((other) => other.endByte));
    const [soundPackets] = others.splice(0, sound.length);
    const lost = [
      ...(await findLostFragments(path, stream, packets, formatName)),
      ...(await findCutOff(path, formatName, endByte)),
    ];
    lost.push(...leftOutPictures(packets, others));
    const isFields = later.mayHaveFields || sourcePicture(stream, formatName).isInterlaced;
    const text = chooseCaptions(shown, first.hasCaptions ? stream.index : undefined);
    const plan = planEncoding(
      {
        report,
        video: stream,
        packets,
        isCut: await isCutAvi(path, formatName),
        later,
        decoded: first.decoded,
        wholeRate: isFields
          ? await wholeRate(tools.ffprobe, path, stream, packets, formatName, signal)
          : undefined,
        soundPackets,
        audio,
        captions: text.captions,
      },
      { maxSeconds: config.VIDEO_MAX_SECONDS, profile, slots, copyRefused: video.copyRefused },
    );
    return {
      ...plan,
      warnings: [
        ...[...warnings, ...colourWarnings(stream), ...leftOutAudio(shown), ...text.warnings],
        ...[...plan.warnings, ...lost],
      ],
    };
  });
}

/** How many chunks run at once, taking the other workers for ones like this. */
async function encodeSlots({ queues, config }: Step['tools']): Promise<number> {
  const workers = await queues.workers('encode').catch(() => 1);
  return Math.max(1, workers) * (config.WORKER_QUEUES.encode ?? 1);
}

async function decodeFirstPicture(
  streamIndex: number,
  path: string,
  tools: Step['tools'],
  signal: AbortSignal,
): Promise<{ hasCaptions: boolean; decoded: Decoded | undefined }> {
  const command = firstPictureCommand(streamIndex, path);
  let hasCaptions = false;
  let decoded: Decoded | undefined;
  const onLine = (line: string) => {
    hasCaptions ||= hasClosedCaptions(line);
    decoded ??= decodedShape(line);
  };
  const run = { timeoutSeconds: 60, signal, isUrgent: true, onLine };
  const { frames } = await runFfmpeg(tools.ffmpeg, command, run).catch((error) => {
    if (!(error instanceof FfmpegError)) throw error;
    if (/no decoder found|Decoder .*not found|Decoding requested/i.test(error.stderr)) {
      throw new MillraceError('unsupported_codec', 'The picture uses a codec that cannot be decoded here.', {
        cause: error,
      });
    }
    if (!/exited with code/.test(error.message)) return mediaFault(error);
    throw new MillraceError('undecodable', 'The picture cannot be decoded.', { cause: error });
  });
  if (frames === 0) throw new MillraceError('undecodable', 'Not one picture of the video can be decoded.');
  return { hasCaptions, decoded };
}
