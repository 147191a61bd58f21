import type { AudioTrack, EncodingPlan, Rung } from '../../shared/contracts/encoding.ts';
import type { Decoded } from './choose-video.ts';
import { pictureClock, soundClock } from './clock.ts';
import { encoderOptions } from './encoder-args.ts';
import { decimal, type FfmpegCommand } from './ffmpeg-command.ts';
import { secondsOf } from './frame-rate.ts';
import { tilesIn, tilesOutput } from './image-args.ts';
import {
  colourFilters,
  decoderOptions,
  deinterlaceFilters,
  matrixFilters,
  pictureInput,
  scaleChains,
} from './picture.ts';

/** Decoding ends this much after a chunk: the filters look a frame or two ahead. */
const postrollSeconds = 0.1;
/** Chunks run beside each other, so none needs more than one thread to decode. */
const oneThread = ['-threads', '1'];
/** Of the sound in a fragment and so in a segment, like most segments of the picture. */
export const audioSegmentSeconds = 6;

/** A fragmented file with an edit for the encoder's delay in its init segment. */
const movflags = '+cmaf+delay_moov+default_base_moof+skip_trailer';
const fragmented = ['-f', 'mp4', '-avoid_negative_ts', 'disabled', '-use_editlist', '1'];
/** With frag_discont the time stamps of one chunk's fragments go on where those of the last one ended. */
const pictureFragments = [...fragmented, '-movflags', `${movflags}+frag_discont+frag_keyframe`];

/** The rungs that chunk jobs encode: all but the copied one. */
export function encodedRungs({ rungs, copied }: Pick<EncodingPlan, 'rungs' | 'copied'>): Rung[] {
  return rungs.filter(({ name }) => name !== copied);
}

/**
 * One chunk of the picture, every encoded rung and the storyboard's tiles from one decode. Output time stamps are
 * those of the whole video, so that the files of all chunks can be joined as they are. `files` are in the order of
 * `encodedRungs`. Tiles are JPEGs, one after another in one file.
 *
 * With `reach` it is read from so many chunks earlier on, and so many further: pictures stand still over what cannot be
 * decoded, and there may be none in the chunk itself, or none at its beginning.
 */
export function chunkCommand(
  plan: EncodingPlan,
  chunk: number,
  source: string,
  files: string[],
  tilesFile: string,
  reach = 0,
): FfmpegCommand {
  const span = plan.chunks[chunk];
  const from = plan.chunks[Math.max(0, chunk - reach)];
  const to = plan.chunks[Math.min(plan.chunks.length - 1, chunk + reach)];
  if (!span || !from || !to) throw new RangeError(`chunk ${chunk} of ${plan.chunks.length}`);
  const { rate, originSeconds, containerStartSeconds, picture, storyboard } = plan;
  const end = secondsOf(to.endFrame, rate);
  const isLast = to.endFrame === plan.frameCount;
  const rungs = encodedRungs(plan);
  const largest = rungs.at(-1) ?? storyboard;

  const shared = [
    ...matrixFilters(picture),
    ...deinterlaceFilters(picture),
    ...pictureClock(plan),
    `fps=${rate.numerator}/${rate.denominator}${from.startFrame === 0 ? ':start_time=0' : ''}`,
    // What cannot be decoded at the end of a damaged file is filled with the last picture, so counts stay true.
    'tpad=stop=-1:stop_mode=clone',
    `trim=start_pts=${span.startFrame}:end_pts=${span.endFrame}`,
    `setpts=PTS-${span.startFrame}`,
    ...colourFilters(picture, largest),
  ];
  const tiles = tilesOutput(plan, tilesIn(plan, chunk), '[small]', '[tiles]', tilesFile);
  const { inputs, chains } = scaleChains(rungs, picture.first);
  const labels = [...inputs, ...(tiles ? ['[small]'] : [])];
  return {
    input: {
      path: source,
      options: [
        // However much of a chunk is damaged, the rest of the video can be shown.
        ...['-max_error_rate', '1'],
        // A picture whose size changes midway would begin the graph anew, and with it the count of frames.
        ...[...oneThread, ...decoderOptions(picture), '-copyts', '-reinit_filter', '0'],
        ...(from.seekSeconds === null ? [] : ['-ss', decimal(from.seekSeconds)]),
        ...(isLast ? [] : ['-to', decimal(originSeconds - containerStartSeconds + end + postrollSeconds)]),
      ],
    },
    ...(labels.length === 0
      ? {}
      : {
          filter: [
            `${pictureInput(picture)}${[...shared, `split=${labels.length}`].join(',')}${labels.join('')}`,
            ...chains,
            ...(tiles ? [tiles.filter] : []),
          ].join(';'),
        }),
    outputs: [
      ...rungs.map((rung, index) => ({
        path: files[index] ?? '',
        options: [
          ...['-map', `[v${index}]`, ...encoderOptions(rung, { ...plan, span })],
          ...['-output_ts_offset', decimal(secondsOf(span.startFrame, rate)), ...pictureFragments],
        ],
      })),
      ...(tiles ? [tiles.output] : []),
    ],
  };
}

/** The source's own picture, packaged: a fragment per key frame, on the output's clock. */
export function copyCommand(plan: EncodingPlan, source: string, file: string): FfmpegCommand {
  const { originSeconds, picture, rate } = plan;
  // The last frame may be said to last for any time; frames come at a constant rate, or there is no copy.
  const durations = `setts=pts=PTS:dts=DTS:duration=round(${rate.denominator}/(${rate.numerator}*TB))`;
  return {
    input: { path: source, options: ['-copyts'] },
    outputs: [
      {
        path: file,
        options: [
          ...[
            '-map',
            `0:${picture.streamIndex}`,
            '-c:v',
            'copy',
            '-bsf:v',
            durations,
            '-map_metadata',
            '-1',
            '-map_chapters',
            '-1',
          ],
          ...(originSeconds === 0 ? [] : ['-output_ts_offset', decimal(-originSeconds)]),
          ...pictureFragments,
        ],
      },
    ],
  };
}

/**
 * A shorter hole in sound is closed: time stamps of recorders tremble, and filling each time would be heard. Seconds.
 */
export const leastFilled = 0.1;

/**
 * Silence for samples that are no numbers, or of any size, as floats may be; only where it is needed, as each is looked
 * at.
 */
const silenced = "aeval='if(lt(abs(val(ch)),1e6),val(ch),0)':c=same";

/**
 * One audio track, once and whole, so that it has no seams: AAC in fragments of a segment's length, and silence from
 * where the sound ends to the end of the video. Its loudness is measured on the way; the filter's summary is the last
 * thing that ffmpeg prints. Where the sound changes its channels or rate ffmpeg would begin the graph anew, pad and
 * measure once more: then it ends with an error.
 */
export function audioCommand(
  plan: EncodingPlan,
  track: AudioTrack & { isSilenced?: boolean },
  source: string,
  file: string,
  skewSeconds = leastFilled,
): FfmpegCommand {
  const filters = [
    ...(track.begins === undefined ? [] : [`atrim=start=${decimal(track.begins)}`]),
    ...soundClock(plan),
    ...(track.isSilenced ? [silenced] : []),
    ...(track.takesFirstTwo ? ['pan=stereo|c0=c0|c1=c1'] : []),
    `aresample=48000:async=1:min_hard_comp=${skewSeconds}:first_pts=0`,
    `aformat=channel_layouts=${layoutOf(track.channels)}`,
    'ebur128=framelog=verbose',
    // Players stop where the sound ends, as long as there may be more of the picture.
    `apad=whole_dur=${decimal(plan.durationSeconds)}`,
  ];
  return {
    input: { path: source, options: ['-copyts', '-reinit_filter', '0'] },
    filter: `[0:${track.streamIndex}]${filters.join(',')}[a]`,
    outputs: [
      {
        path: file,
        options: [
          ...['-map', '[a]', '-c:a', 'aac', '-b:a', String(track.bitrate), '-ar', '48000'],
          ...['-map_metadata', '-1', '-map_chapters', '-1'],
          ...[...fragmented, '-movflags', movflags, '-frag_duration', String(audioSegmentSeconds * 1e6)],
        ],
      },
    ],
  };
}

/** As ffmpeg calls them. */
export function layoutOf(channels: AudioTrack['channels']): string {
  return channels === 6 ? '5.1' : 'stereo';
}

/** Decodes until one picture comes out, and writes nothing. */
export function firstPictureCommand(videoStreamIndex: number, source: string): FfmpegCommand {
  return {
    input: { path: source, options: [] },
    outputs: [
      {
        path: '-',
        options: [
          ...['-map', `0:${videoStreamIndex}`, '-frames:v', '1'],
          ...['-vf', 'showinfo=checksum=0', '-f', 'null'],
        ],
      },
    ],
  };
}

/** Whether a picture carries closed captions, by what `firstPictureCommand` prints. */
export function hasClosedCaptions(printed: string): boolean {
  return /side data - .*A\/?53.* closed captions/i.test(printed);
}

/** The size and the shape of pixels that the first picture has, by what `firstPictureCommand` prints of it. */
export function decodedShape(printed: string): Decoded | undefined {
  const [, across, down, width, height] = /\bn: *0 .*\bsar:(\d+)\/(\d+) s:(\d+)x(\d+) /.exec(printed) ?? [];
  return width && height
    ? { width: Number(width), height: Number(height), aspect: [Number(across), Number(down)] }
    : undefined;
}
