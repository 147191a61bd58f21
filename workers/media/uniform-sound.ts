import type { AudioTrack, EncodingPlan } from '../../shared/contracts/encoding.ts';
import { soundClock, soundPacketClock } from './clock.ts';
import { FfmpegError } from './ffmpeg.ts';
import { audioCommand, layoutOf } from './ffmpeg-args.ts';
import { decimal, type FfmpegCommand } from './ffmpeg-command.ts';

/**
 * The file between the two commands: NUT keeps times to the sample. It knows none below 0, where sound may begin,
 * so all are this much later.
 */
const laterSeconds = 60;

/** Where one stretch ends and the next begins the sound may overlap; what adds up to more than this is put right. */
const skewSeconds = 0.005;

/** Whether a track could not be made because its channels or sample rate change on the way. */
export function changesMidway(error: unknown): boolean {
  return failedBy(error, /Changing audio frame properties/);
}

/** Whether a track could not be made because some of its samples are no numbers. */
export function hasNoNumbers(error: unknown): boolean {
  return failedBy(error, /contains \(near\) NaN/);
}

function failedBy(error: unknown, said: RegExp): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof FfmpegError && said.test(cause.stderr);
}

/**
 * A track that changes midway as samples of one rate and layout. For each stretch ffmpeg begins the graph anew, at its
 * first time stamp, so nothing is in it that pads or measures. Floats: mixing down to integers turns the volume down.
 */
function uniformSoundCommand(
  plan: EncodingPlan,
  { streamIndex, channels }: AudioTrack,
  source: string,
  file: string,
): FfmpegCommand {
  const end = plan.originSeconds + plan.durationSeconds;
  const filters = [
    ...soundClock({ ...plan, originSeconds: 0 }),
    // A damaged frame may look like one of another rate, and then ffmpeg 5.1 takes it for one of a time far off.
    `aselect='lt(t,${decimal(end)})'`,
    // Counts the samples of a stretch: once the rate has changed, what ffmpeg says of single frames is off by 30 ms.
    'aresample=48000:async=1',
    `aformat=channel_layouts=${layoutOf(channels)}`,
  ];
  return {
    input: { path: source, options: ['-copyts'] },
    filter: `[0:${streamIndex}]${filters.join(',')}[a]`,
    outputs: [
      {
        path: file,
        options: [
          ...['-map', '[a]', '-c:a', 'pcm_f32le', ...soundPacketClock(plan)],
          ...['-map_metadata', '-1', '-map_chapters', '-1', '-f', 'nut'],
          ...['-avoid_negative_ts', 'disabled', '-output_ts_offset', String(laterSeconds)],
        ],
      },
    ],
  };
}

/** The commands for such a track, one after the other: the second reads what the first has written. */
export function uniformSound(plan: EncodingPlan, track: AudioTrack) {
  const later = { ...plan, originSeconds: plan.originSeconds + laterSeconds, rebuilt: null };
  return {
    before: (source: string, file: string) => uniformSoundCommand(plan, track, source, file),
    command: (source: string, file: string): FfmpegCommand => {
      const { input, ...made } = audioCommand(later, { ...track, streamIndex: 0 }, source, file, skewSeconds);
      return { input: { ...input, options: ['-format_whitelist', 'nut', ...input.options] }, ...made };
    },
  };
}
