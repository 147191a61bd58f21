import type { AudioTrack, CaptionTrack, CopyRefusal, EncodingPlan } from '../../shared/contracts/encoding.ts';
import type { EncodingProfile } from '../../shared/contracts/encoding-profile.ts';
import { MillraceError } from '../../shared/errors.ts';
import { asDecoded, type Decoded, displaySize } from './choose-video.ts';
import { fromFirstPicture, planChunks, planCuts, planGop } from './chunks.ts';
import { damagedTimes } from './clock.ts';
import { checkFrames, checkHoles, checkLength } from './completeness.ts';
import { type Copy, planCopy } from './copy-picture.ts';
import type { ProbedStream, ProbeReport } from './ffprobe.ts';
import {
  constantRate,
  fitsDistance,
  framesPerSecond,
  isCommonRate,
  parseRate,
  secondsOf,
} from './frame-rate.ts';
import { planLadder } from './ladder.ts';
import { skipLonelySound } from './lonely-sound.ts';
import {
  type Extent,
  extentOf,
  keySeconds,
  laterBy,
  onOneClock,
  type Packets,
  soundExtent,
  totalBytes,
  usualDistance,
} from './packets.ts';
import { type Later, sourcePicture } from './picture.ts';
import { pulldownDistance } from './pulldown.ts';
import { seekBefore } from './seek.ts';
import { planStoryboard } from './storyboard.ts';
import { planTimeline } from './timeline.ts';

/** A single picture is shown for a twenty-fifth of a second. */
const rateOfOne = 25;
export type Source = {
  report: ProbeReport;
  video: ProbedStream;
  packets: Packets;
  /** Whether it is an AVI that ends before it says. */
  isCut?: boolean;
  later?: Later;
  decoded?: Decoded | undefined;
  /** What `paired-fields.ts` found. */
  wholeRate?: number | undefined;
  /** Of the default audio track, when there is one. */
  soundPackets: Packets | undefined;
  audio: AudioTrack[];
  captions: CaptionTrack[];
};

export type PlanOptions = {
  maxSeconds: number;
  profile: EncodingProfile;
  /** How many encode jobs run at once, over all workers. */
  slots: number;
  /** True when a copy of this source has already failed the checks. */
  copyRefused: boolean;
};

/**
 * The whole plan for a source.
 * @throws MillraceError undecodable, truncated or too_long.
 */
export function planEncoding(source: Source, options: PlanOptions): EncodingPlan {
  const { report, video, packets, audio, captions } = source;
  const { profile } = options;
  const formatName = report.format.format_name ?? '';
  const warnings = [
    ...checkFrames(video, packets, formatName, source.isCut ?? false),
    ...checkHoles(packets),
  ];
  const shown = asDecoded(video, source.decoded);
  const picture = sourcePicture(shown, formatName, source.later);
  const usual = source.wholeRate ?? usualRate(video, packets, picture.isInterlaced);
  const [extent, heard] = findExtents(source, usual);
  if (!extent) throw new MillraceError('undecodable', 'The picture track holds not one frame.');
  if (extent.isDamaged) warnings.push(damagedTimes);
  else warnings.push(...checkLength(report, [extent, heard]));
  const soundLater = extent.isDamaged && heard && !heard.isDamaged ? soundDelay(source, heard, usual) : 0;
  const sound = heard && {
    ...heard,
    firstSeconds: heard.firstSeconds + soundLater,
    endSeconds: heard.endSeconds + soundLater,
  };
  const span = extent.endSeconds - extent.firstSeconds;
  const rate = constantRate(usual);

  const timeline = planTimeline(sound, extent, rate);
  const { originSeconds, frameCount, durationSeconds } = timeline;
  if (durationSeconds > options.maxSeconds) {
    const message = `The video lasts ${Math.round(durationSeconds)} s; ${options.maxSeconds} s are allowed.`;
    throw new MillraceError('too_long', message);
  }

  const display = displaySize(shown);
  const copy = offerCopy(options, () =>
    extent.isDamaged
      ? 'frame_times'
      : planCopy({ ...source, picture, formatName, rate, frameCount, originSeconds, display }),
  );
  const bitrate = (totalBytes(packets) * 8) / (span > 0 ? span : 1);
  const looks = { ...display, framesPerSecond: framesPerSecond(rate), bitrate };
  const { rungs, copied, candidates } = planLadder(looks, profile, copy);

  const gopFrames = planGop(rate);
  const cuts = copied && typeof copy === 'object' ? copy.cuts : planCuts(frameCount, gopFrames);
  const containerStartSeconds = report.format.start_time ?? 0;
  const keys = keySeconds(packets);
  // Where times are wrong nothing can be found by them: it is read once, from its beginning.
  const spans = extent.isDamaged
    ? [{ startFrame: 0, endFrame: frameCount }]
    : fromFirstPicture(
        planChunks(frameCount, cuts, gopFrames, options.slots),
        Math.round((extent.firstSeconds - originSeconds) / secondsOf(1, rate)),
      );
  const chunks = spans.map((frames) => {
    const start = originSeconds + secondsOf(frames.startFrame, rate);
    const seekTo = (isEarlier: boolean) => {
      const seek = seekBefore(start, secondsOf(1, rate), keys, formatName, isEarlier);
      return seek === null ? null : Math.max(0, seek - containerStartSeconds);
    };
    const seekSeconds = seekTo(false);
    return {
      ...frames,
      seekSeconds,
      ...(seekSeconds === null ? {} : { earlierSeconds: seekTo(true) }),
    };
  });
  return {
    durationSeconds,
    frameCount,
    rate,
    gopFrames,
    cuts,
    originSeconds,
    containerStartSeconds,
    rebuilt:
      extent.isDamaged || sound?.isDamaged
        ? {
            firstSeconds: extent.firstSeconds,
            picture: extent.isDamaged,
            sound: sound?.isDamaged ?? false,
            ...(soundLater === 0 ? {} : { soundLater }),
          }
        : null,
    picture,
    codec: {
      profile: profile.name,
      codec: profile.codec,
      encoder: profile.encoder,
      options: profile.options,
    },
    rungs,
    copied,
    ladder: candidates,
    chunks,
    audio: skipLonelySound(audio, source.soundPackets),
    captions,
    storyboard: planStoryboard(durationSeconds, frameCount, rate, display),
    warnings,
  };
}

/** Of the picture and the sound; each bears witness to a long pause of the other, and so does a named length. */
function findExtents(
  { report, packets, soundPackets }: Source,
  usualRate: number,
): [Extent | undefined, Extent | undefined] {
  const { format_name = '', duration = 0 } = report.format;
  // In streams it is a guess from the time stamps themselves.
  const named = /\bmpeg/.test(format_name) ? 0 : duration;
  const ofPicture = (known: number) => extentOf(packets, usualDistance(packets) ?? 1 / usualRate, known);
  const ofSound = (known: number) => soundPackets && soundExtent(soundPackets, known, named);
  const lengthOf = (extent: Extent | undefined) =>
    extent && !extent.isDamaged ? extent.endSeconds - extent.firstSeconds : 0;
  const picture = ofPicture(named);
  const sound = ofSound(0);
  if (picture?.isDamaged && lengthOf(sound) > 0) return [ofPicture(lengthOf(sound)), sound];
  if (sound?.isDamaged && lengthOf(picture) > 0) return [picture, ofSound(lengthOf(picture))];
  return onOneClock(picture, sound);
}

/**
 * Of recordings that were joined the first may have no sound: then that of the next one is due after its picture. Only
 * a stream has its sound beside its picture, so that their order tells.
 */
function soundDelay(
  { report, packets, soundPackets }: Source,
  { firstSeconds }: Extent,
  usualRate: number,
): number {
  if (!soundPackets || !/\bmpeg/.test(report.format.format_name ?? '')) return 0;
  return laterBy(packets, soundPackets, firstSeconds, usualDistance(packets) ?? 1 / usualRate);
}

function offerCopy(
  { profile, copyRefused }: PlanOptions,
  judge: () => Copy | CopyRefusal,
): Copy | CopyRefusal {
  if (copyRefused) return 'tried';
  return profile.codec === 'h264' ? judge() : 'other_codec';
}

/**
 * Frames a second while pictures come: a pause lowers the average, as frames do that a camera has left out, and should
 * not make the rest judder. What the container says is exact where it agrees with the packets, and above all a rate
 * that sources are made at; those of interlaced video may be single fields.
 */
function usualRate(video: ProbedStream, packets: Packets, isInterlaced: boolean): number {
  const average = parseRate(video.avg_frame_rate);
  const distance = pulldownDistance(packets) ?? usualDistance(packets);
  if (distance === undefined || (isInterlaced && average !== undefined)) return average ?? rateOfOne;
  const named = [average, parseRate(video.r_frame_rate)].filter((rate) => fitsDistance(rate, distance));
  return [...named, 1 / distance].find(isCommonRate) ?? named[0] ?? 1 / distance;
}
