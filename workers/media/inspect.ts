import type { AudioTrack, CaptionTrack, EncodingPlan, PlanWarning } from '../../shared/contracts/encoding.ts';
import { MillraceError } from '../../shared/errors.ts';
import { planChunks, planGrid } from './chunks.ts';
import type { PacketScan, ProbedStream, ProbeReport } from './ffprobe.ts';
import { constantRate, framesPerSecond, parseRate, secondsOf } from './frame-rate.ts';
import { planLadder } from './ladder.ts';
import { seekBefore } from './seek.ts';

const mostPixels = 33_177_600;
const encryptedTags = new Set(['encv', 'enca', 'drms', 'drmi']);
/** An index that promises this much more than the file holds: the file was cut off. */
const toleratedLoss = 0.05;

/**
 * The stream to encode: the default one, else the largest; cover art is no video.
 * @throws MillraceError no_video_stream, encrypted, unsupported_codec or too_many_pixels.
 */
export function chooseVideo(report: ProbeReport): ProbedStream {
  const videos = report.streams.filter(
    ({ codec_type, disposition }) => codec_type === 'video' && !disposition.attached_pic,
  );
  const area = ({ width = 0, height = 0 }: ProbedStream) => width * height;
  const [video] = videos.sort(
    (a, b) => (b.disposition.default ?? 0) - (a.disposition.default ?? 0) || area(b) - area(a),
  );
  if (!video) throw new MillraceError('no_video_stream', 'The file holds no picture, only other tracks.');
  if (encryptedTags.has(video.codec_tag_string ?? '')) {
    throw new MillraceError('encrypted', 'The picture is encrypted; upload the file without protection.');
  }
  if (!video.codec_name || video.codec_name === 'none' || video.codec_name === 'unknown') {
    const tag = video.codec_tag_string ?? 'none';
    throw new MillraceError('unsupported_codec', `The picture's codec (tag ${tag}) is not known here.`);
  }
  // ffprobe reports no size for a picture that is past its own limit.
  if (area(video) === 0 || area(video) > mostPixels) {
    throw new MillraceError('too_many_pixels', `The picture has no size, or more than ${mostPixels} pixels.`);
  }
  return video;
}

export function chooseAudio(report: ProbeReport): AudioTrack[] {
  const audio = report.streams.filter(({ codec_type }) => codec_type === 'audio');
  const chosen = audio.find(({ disposition }) => disposition.default) ?? audio[0];
  if (!chosen) return [];
  const language = /^[a-z]{2,3}$/.test(chosen.tags.language ?? '') ? (chosen.tags.language ?? 'und') : 'und';
  return [
    { name: `audio/${language}`, streamIndex: chosen.index, language, title: 'Original', isDefault: true },
  ];
}

/** Width and height as shown: rotated upright, with square pixels. Nonsense in either is ignored. */
export function displaySize(video: ProbedStream): { width: number; height: number } {
  const [across = 1, down = 1] = (video.sample_aspect_ratio ?? '1:1').split(':').map(Number);
  const aspect = across > 0 && down > 0 && across / down < 20 && down / across < 20 ? across / down : 1;
  const width = Math.round((video.width ?? 0) * aspect);
  const height = video.height ?? 0;
  const rotation = video.side_data_list.find((data) => data.rotation !== undefined)?.rotation ?? 0;
  const isTurned = Math.abs(rotation) <= 360 && Math.abs(Math.round(rotation / 90)) % 2 === 1;
  return isTurned ? { width: height, height: width } : { width, height };
}

/**
 * The whole plan for a source.
 * @throws MillraceError undecodable, truncated or too_long.
 */
export function planEncoding(source: {
  report: ProbeReport;
  video: ProbedStream;
  packets: PacketScan;
  audio: AudioTrack[];
  captions: CaptionTrack[];
  warnings: PlanWarning[];
  maxSeconds: number;
}): EncodingPlan {
  const { report, video, packets, audio, captions, warnings } = source;
  if (packets.packets === 0) {
    throw new MillraceError('undecodable', 'The picture track holds not one frame.');
  }
  const promised = video.nb_frames ?? 0;
  const present = packets.packets + packets.hidden;
  if (promised * (1 - toleratedLoss) > present + 1) {
    throw new MillraceError(
      'truncated',
      `The file holds ${present} of the ${promised} frames that it names.`,
    );
  }
  const span = packets.endSeconds - packets.firstSeconds;
  const counted = span > 0 ? packets.packets / span : undefined;
  const rate = constantRate(usualRate(video) ?? counted ?? parseRate(video.r_frame_rate) ?? 25);
  const frameSeconds = secondsOf(1, rate);

  // Sound that begins earlier than the picture is kept: the first picture then stands still, by whole frames.
  const audioStart = report.streams.find(({ index }) => index === audio[0]?.streamIndex)?.start_time;
  const early = Math.max(0, packets.firstSeconds - (audioStart ?? packets.firstSeconds));
  const originSeconds = packets.firstSeconds - Math.floor(early / frameSeconds + 0.001) * frameSeconds;

  const frameCount = Math.max(1, Math.round((packets.endSeconds - originSeconds) / frameSeconds));
  const durationSeconds = secondsOf(frameCount, rate);
  if (durationSeconds > source.maxSeconds) {
    throw new MillraceError(
      'too_long',
      `The video lasts ${Math.round(durationSeconds)} s; ${source.maxSeconds} s are allowed.`,
    );
  }
  const grid = planGrid(rate);
  const containerStartSeconds = report.format.start_time ?? 0;
  const chunks = planChunks(frameCount, grid).map((frames) => {
    const start = originSeconds + secondsOf(frames.startFrame, rate);
    const seek = seekBefore(start, packets.keySeconds, report.format.format_name);
    return { ...frames, seekSeconds: seek === null ? null : Math.max(0, seek - containerStartSeconds) };
  });
  const bitrate = span > 0 ? (packets.bytes * 8) / span : packets.bytes * 8;
  return {
    durationSeconds,
    frameCount,
    rate,
    ...grid,
    originSeconds,
    containerStartSeconds,
    videoStreamIndex: video.index,
    rungs: planLadder({ ...displaySize(video), framesPerSecond: framesPerSecond(rate), bitrate }),
    chunks,
    audio,
    captions,
    warnings,
  };
}

/**
 * Frames a second while pictures come: a pause lowers the average and should not make the rest judder. The base
 * rate counts fields of interlaced video and is far off for some variable rates; then the average holds.
 */
function usualRate(video: ProbedStream): number | undefined {
  const average = parseRate(video.avg_frame_rate);
  const base = parseRate(video.r_frame_rate);
  if (average === undefined || base === undefined) return average;
  return base > average && base <= 60.6 && base / average < 1.9 ? base : average;
}
