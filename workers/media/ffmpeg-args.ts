import type { AudioTrack, EncodingPlan, Rung } from '../../shared/contracts/encoding.ts';
import type { FfmpegCommand } from './ffmpeg-command.ts';
import { secondsOf } from './frame-rate.ts';

/** Decoding ends this much after a chunk, so that the rate filter sees what rounds onto its last frame. */
const postrollSeconds = 1;
/** Rate control starts cold in each chunk: the frames at its borders get a tenth more bits. */
const borderFrames = 12;
const borderBoost = 1.1;

/** A fragmented file with an edit for the encoder's delay in its init segment. */
const movflags = '+cmaf+delay_moov+default_base_moof+skip_trailer';
const fragmented = ['-f', 'mp4', '-avoid_negative_ts', 'disabled', '-use_editlist', '1'];

/**
 * One chunk of the picture, every rung from one decode. Output time stamps are those of the whole video, so
 * that the files of all chunks can be joined as they are. `files` are in the order of `plan.rungs`.
 */
export function chunkCommand(
  plan: EncodingPlan,
  chunk: number,
  source: string,
  files: string[],
): FfmpegCommand {
  const span = plan.chunks[chunk];
  if (!span) throw new RangeError(`chunk ${chunk} of ${plan.chunks.length}`);
  const { rate, originSeconds, containerStartSeconds } = plan;
  const start = secondsOf(span.startFrame, rate);
  const end = secondsOf(span.endFrame, rate);
  const isFirst = span.startFrame === 0;
  const isLast = span.endFrame === plan.frameCount;

  const labels = plan.rungs.map((_, index) => `[s${index}]`).join('');
  const timeline = [
    originSeconds === 0 ? '' : `setpts=round(PTS-${decimal(originSeconds)}/TB)`,
    `fps=${rate.numerator}/${rate.denominator}${isFirst ? ':start_time=0' : ''}`,
    // What cannot be decoded at the end of a damaged file is filled with the last picture, so counts stay true.
    'tpad=stop=-1:stop_mode=clone',
    `trim=start_pts=${span.startFrame}:end_pts=${span.endFrame}`,
    `setpts=PTS-${span.startFrame}`,
    `split=${plan.rungs.length}${labels}`,
  ].filter(Boolean);
  const scales = plan.rungs.map(
    ({ width, height }, index) =>
      `[s${index}]scale=${width}:${height}:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p[v${index}]`,
  );

  return {
    input: {
      path: source,
      options: [
        '-copyts',
        ...(span.seekSeconds === null ? [] : ['-ss', decimal(span.seekSeconds)]),
        ...(isLast ? [] : ['-to', decimal(originSeconds - containerStartSeconds + end + postrollSeconds)]),
      ],
    },
    filter: [`[0:${plan.videoStreamIndex}]${timeline.join(',')}`, ...scales].join(';'),
    outputs: plan.rungs.map((rung, index) => ({
      path: files[index] ?? '',
      options: [
        ...['-map', `[v${index}]`],
        ...videoOptions(rung, plan, span.endFrame - span.startFrame),
        ...['-output_ts_offset', decimal(start)],
        ...fragmented,
        // With frag_discont the time stamps of one chunk's fragments go on where those of the last one ended.
        ...['-movflags', `${movflags}+frag_discont+frag_keyframe`],
      ],
    })),
  };
}

/** How a rung is encoded, wherever: the benchmark's plain ffmpeg uses the same words. */
export function videoOptions(rung: Rung, plan: Pick<EncodingPlan, 'gopFrames'>, frames: number): string[] {
  const gop = String(plan.gopFrames);
  return [
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-threads', '1'],
    ...['-crf', String(rung.crf), '-maxrate', String(rung.maxBitrate), '-bufsize', String(rung.bufferBits)],
    ...['-g', gop, '-keyint_min', gop, '-sc_threshold', '0'],
    ...borderZones(frames),
    ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
    ...['-map_metadata', '-1', '-map_chapters', '-1'],
  ];
}

function borderZones(frames: number): string[] {
  if (frames < 4 * borderFrames) return [];
  const zone = (from: number, to: number) => `${from},${to},b=${borderBoost}`;
  const zones = [zone(0, borderFrames - 1), zone(frames - borderFrames, frames - 1)];
  return ['-x264-params', `zones=${zones.join('/')}`];
}

/** One audio track, once and whole, so that it has no seams: stereo AAC in fragments of a segment's length. */
export function audioCommand(
  plan: EncodingPlan,
  track: AudioTrack,
  source: string,
  file: string,
): FfmpegCommand {
  const fragmentMicroseconds = Math.round(secondsOf(plan.segmentFrames, plan.rate) * 1e6);
  const shift = plan.originSeconds === 0 ? '' : `asetpts=PTS-${decimal(plan.originSeconds)}/TB,`;
  return {
    input: { path: source, options: ['-copyts'] },
    filter: `[0:${track.streamIndex}]${shift}aresample=48000:async=1:first_pts=0[a]`,
    outputs: [
      {
        path: file,
        options: [
          ...['-map', '[a]', '-c:a', 'aac', '-b:a', '128k', '-ac', '2', '-ar', '48000'],
          ...['-map_metadata', '-1', '-map_chapters', '-1'],
          ...fragmented,
          ...['-movflags', movflags, '-frag_duration', String(fragmentMicroseconds)],
        ],
      },
    ],
  };
}

/** Decodes until one picture comes out, and writes nothing. */
export function firstPictureCommand(videoStreamIndex: number, source: string): FfmpegCommand {
  return {
    input: { path: source, options: [] },
    outputs: [{ path: '-', options: ['-map', `0:${videoStreamIndex}`, '-frames:v', '1', '-f', 'null'] }],
  };
}

/** Seconds with microseconds, the finest that ffmpeg's options keep. */
function decimal(seconds: number): string {
  return seconds.toFixed(6).replace(/\.?0+$/, '');
}
