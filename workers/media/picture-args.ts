import type { EncodingPlan } from '../../shared/contracts/encoding.ts';
import { pictureClock } from './clock.ts';
import { decimal, type FfmpegCommand } from './ffmpeg-command.ts';
import { secondsOf } from './frame-rate.ts';
import { bare, everyFrame, largestSide, master, type Size, scaled } from './image-args.ts';
import { miniatureSide } from './liveliness.ts';
import { colourFilters, decoderOptions, deinterlaceFilters, matrixFilters, scaleFilters } from './picture.ts';

const previewSeconds = 3;
const previewRate = 10;
const closerLooks = 8;
const closerSeconds = 10;

/**
 * The picture as it is encoded: the same filters, matrix and range, whatever the source has. `choice` says which
 * frames are wanted, before anything costly is done to them.
 */
function encodedPicture({ picture }: EncodingPlan, size: Size, choice: string[] = []): string[] {
  return [
    ...matrixFilters(picture),
    ...deinterlaceFilters(picture),
    ...choice,
    ...colourFilters(picture, size),
    ...scaleFilters(size.width, size.height, picture.first),
  ];
}

/** From there to what a JPEG or a WebP holds. `scale` would change the matrix by way of RGB, darker and slower. */
const toWebp = 'colormatrix=bt709:bt601';
const bt601 = 'in_color_matrix=bt601:out_color_matrix=bt601';
const toJpeg = `${toWebp},scale=${bt601}:in_range=tv:out_range=pc,format=yuvj420p`;

/** The size of pictures taken from the video: upright, square pixels, 1280 at most. */
export function masterSize(plan: EncodingPlan): Size {
  return scaled(plan.rungs.at(-1) ?? { width: 1280, height: 720 }, largestSide);
}

/** Where a seek to a time of the output goes, in seconds from the source's own start; no words for its beginning. */
function seek(plan: EncodingPlan, seconds: number): string[] {
  const target = plan.originSeconds - plan.containerStartSeconds + seconds;
  return target <= 0 ? [] : ['-ss', decimal(target)];
}

/** Begins at the key frame before, which costs no decoding up to the very time. */
const fromKeyFrame = ({ picture }: EncodingPlan) => [
  ...['-threads', '1', '-noaccurate_seek'],
  ...decoderOptions(picture),
];

/**
 * One picture near each of `times` (seconds), and a miniature of each, in one run: key frames only, so that
 * nothing else is decoded. Each output has a graph of its own; in one graph all inputs would be read on until the
 * last has ended. A time whose place is damaged gives an empty file.
 */
export function candidatesCommand(
  plan: EncodingPlan,
  times: number[],
  source: string,
  fileOf: (candidate: number, kind: 'picture' | 'miniature') => string,
): FfmpegCommand {
  const inputs = times.map((time) => ({
    path: source,
    options: ['-max_error_rate', '1', ...fromKeyFrame(plan), '-skip_frame', 'nokey', ...seek(plan, time)],
  }));
  const [input = { path: source, options: [] }, ...moreInputs] = inputs;
  const outputs = times.flatMap((_, n) =>
    pictureAndMiniature(plan, n, [], (kind) => fileOf(n, kind)).map(({ path, options }) => ({
      path,
      options: ['-frames:v', '1', ...options],
    })),
  );
  return { input, moreInputs, outputs };
}

/**
 * Eight pictures from about ten seconds that begin at the key frame before `from`, as two streams: for videos with
 * few key frames, or with nothing to see at them. Gives the distance between them in seconds.
 */
export function closerCommand(
  plan: EncodingPlan,
  from: number,
  source: string,
  fileOf: (kind: 'picture' | 'miniature') => string,
): { command: FfmpegCommand; stepSeconds: number } {
  const stepSeconds = Math.min(closerSeconds, plan.durationSeconds) / closerLooks;
  const select = `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${decimal(stepSeconds)})'`;
  const options = [
    '-max_error_rate',
    '1',
    ...fromKeyFrame(plan),
    '-skip_frame',
    'noref',
    ...seek(plan, from),
  ];
  const outputs = pictureAndMiniature(plan, 0, [select], fileOf).map((output) => ({
    path: output.path,
    options: ['-frames:v', String(closerLooks), ...output.options],
  }));
  return { command: { input: { path: source, options }, outputs }, stepSeconds };
}

function pictureAndMiniature(
  plan: EncodingPlan,
  input: number,
  choice: string[],
  fileOf: (kind: 'picture' | 'miniature') => string,
): FfmpegCommand['outputs'] {
  const map = ['-map', `${input}:${plan.picture.streamIndex}`];
  const small = { width: miniatureSide, height: miniatureSide };
  const large = masterSize(plan);
  const picture = [...encodedPicture(plan, large, choice), toJpeg].join(',');
  // `scale` refuses to shrink one side to less than a 64th while the other one grows.
  const isThin = Math.min(large.width, large.height) < miniatureSide;
  const shrunk = isThin ? [`scale=${small.width}:${small.height}`] : [];
  const seen = encodedPicture(plan, isThin ? large : small, choice);
  const miniature = [...seen, ...shrunk, 'format=gray'].join(',');
  return [
    { path: fileOf('picture'), options: [...map, '-vf', picture, ...everyFrame, ...bare, ...master] },
    { path: fileOf('miniature'), options: [...map, '-vf', miniature, ...everyFrame, '-f', 'rawvideo'] },
  ];
}

/**
 * The very picture that the encoded video has at frame `frame`. Reads from the key frame before it; where a seek
 * lands too late for that, the file stays empty, and `isCareful` reads from where its chunk does.
 */
export function frameCommand(
  plan: EncodingPlan,
  frame: number,
  isCareful: boolean,
  source: string,
  file: string,
): FfmpegCommand {
  const { rate, rebuilt } = plan;
  const chunk = plan.chunks.find(({ startFrame, endFrame }) => startFrame <= frame && frame < endFrame);
  const chunkSeek = chunk?.seekSeconds ?? null;
  const near = rebuilt?.picture ? [] : seek(plan, secondsOf(frame - 0.5, rate));
  const careful = chunkSeek === null ? [] : ['-ss', decimal(chunkSeek)];
  const isFromStart = (isCareful ? careful : near).length === 0;
  const choice = [
    ...pictureClock(plan),
    `fps=${rate.numerator}/${rate.denominator}${isFromStart ? ':start_time=0' : ''}`,
    'tpad=stop=-1:stop_mode=clone',
    `trim=start_pts=${frame}:end_pts=${frame + 1}`,
  ];
  const filters = [...encodedPicture(plan, masterSize(plan), choice), toJpeg];
  return {
    input: { path: source, options: ['-copyts', ...fromKeyFrame(plan), ...(isCareful ? careful : near)] },
    filter: `[0:${plan.picture.streamIndex}]${filters.join(',')}[p]`,
    outputs: [{ path: file, options: ['-map', '[p]', '-frames:v', '1', ...everyFrame, ...bare, ...master] }],
  };
}

/** Three seconds from the key frame before `from` on, ten pictures a second, silent, over and over. */
export function previewCommand(
  plan: EncodingPlan,
  from: number,
  quality: number,
  source: string,
  file: string,
): FfmpegCommand {
  const size = scaled(masterSize(plan), 320);
  // What begins before `from` has negative times, which would be dropped.
  const choice = [`fps=${previewRate}`, 'setpts=PTS-STARTPTS'];
  const filters = [...encodedPicture(plan, size, choice), toWebp];
  const encoder = ['-c:v', 'libwebp_anim', '-quality', String(quality), '-compression_level', '2'];
  return {
    // At this size nobody sees the edges that the loop filter would smooth.
    input: {
      path: source,
      options: [...fromKeyFrame(plan), '-skip_loop_filter', 'all', ...seek(plan, from)],
    },
    filter: `[0:${plan.picture.streamIndex}]${filters.join(',')}[p]`,
    outputs: [
      {
        path: file,
        options: [
          ...['-map', '[p]', '-frames:v', String(previewSeconds * previewRate), '-threads', '1', ...bare],
          ...[...encoder, '-loop', '0', '-f', 'webp'],
        ],
      },
    ],
  };
}
