import type { EncodingPlan } from '../../shared/contracts/encoding.ts';
import type { Sheet } from '../../shared/contracts/images.ts';
import type { FfmpegCommand } from './ffmpeg-command.ts';
import { fitFilters } from './picture.ts';

export type Size = { width: number; height: number };

/** The sizes of a poster: of its longer side, so that an upright one has as many pixels as one that lies. */
const longSides = [320, 640, 1280];
export const largestSide = 1280;

/** JPEG and WebP have no word for it: they are always BT.601. */
const forJpeg = 'out_color_matrix=bt601:out_range=pc,setsar=1,format=yuvj420p';
const forWebp = 'out_color_matrix=bt601:out_range=tv,setsar=1,format=yuv420p';
/** A picture that other pictures are made of: nearly without loss. */
export const master = ['-c:v', 'mjpeg', '-qmin', '1', '-q:v', '1', '-threads', '1', '-f', 'mjpeg'];
/** Without this a format without time stamps gets frames doubled or dropped. */
export const everyFrame = ['-fps_mode', 'passthrough'];
export const bare = ['-map_metadata', '-1', '-map_chapters', '-1'];
/** An expression of more than a hundred terms is refused, unless they stand in parentheses. */
const mostTerms = 50;
/** What an uploaded picture may be, by its content. The demuxer that reads numbered files is not among them. */
const pictureFormats = ['-format_whitelist', 'jpeg_pipe,png_pipe,webp_pipe'];
/** Of what phones make 50 megapixels are the most usual size that is larger than the largest video. */
const mostPixels = 8192 * 6144;
/** What is damaged, or was cut off, is no picture: the decoder would fill it up with one colour. */
const uploadGuards = ['-max_pixels', String(mostPixels), '-err_detect', 'explode'];

/** The sizes to make of a picture: none larger than itself, the last one its own when that is no more than 1280. */
export function posterSizes(picture: Size): Size[] {
  const own = Math.min(largestSide, Math.max(picture.width, picture.height));
  const sides = [...longSides.filter((side) => side < own), own];
  return sides.map((side) => scaled(picture, side));
}

/** Even, no larger than it is, and its longer side at most `longSide`. */
export function scaled({ width, height }: Size, longSide: number): Size {
  const scale = Math.min(1, longSide / Math.max(width, height));
  const even = (pixels: number) => Math.max(2, 2 * Math.floor((pixels * scale) / 2 + 0.001));
  return { width: even(width), height: even(height) };
}

/** An uploaded picture, upright, without what it hides under transparency, 1280 at most. */
export function uploadCommand(upload: string, file: string): FfmpegCommand {
  // As `scaled`; by `force_divisible_by` a picture of one pixel would have none.
  const even = (side: string) => `'max(2,2*floor(${side}*min(1,${largestSide}/max(iw,ih))/2+0.001))'`;
  const fit = `scale=${even('iw')}:${even('ih')}`;
  return {
    input: { path: upload, options: [...pictureFormats, ...uploadGuards] },
    filter: `[0:v:0]format=gbrap,premultiply=inplace=1,${fit}:${forJpeg}[p]`,
    outputs: [{ path: file, options: ['-map', '[p]', '-frames:v', '1', ...bare, ...master] }],
  };
}

/** Every size of a poster in JPEG and WebP, from one picture, in one run. */
export function sizesCommand(
  picture: string,
  sizes: Size[],
  fileOf: (width: number, format: 'jpg' | 'webp') => string,
): FfmpegCommand {
  const labels = sizes.map((_, n) => `[j${n}][w${n}]`).join('');
  const scales = sizes.flatMap(({ width, height }, n) => [
    `[j${n}]scale=${width}:${height}:${forJpeg}[jpg${n}]`,
    `[w${n}]scale=${width}:${height}:${forWebp}[webp${n}]`,
  ]);
  const one = ['-frames:v', '1', '-threads', '1', ...bare];
  const webp = ['-c:v', 'libwebp', '-quality', '75', '-compression_level', '2', '-f', 'webp'];
  return {
    input: { path: picture, options: ['-threads', '1', ...pictureFormats] },
    filter: [`[0:v]split=${2 * sizes.length}${labels}`, ...scales].join(';'),
    outputs: sizes.flatMap(({ width }, n) => [
      {
        path: fileOf(width, 'jpg'),
        options: ['-map', `[jpg${n}]`, ...one, '-c:v', 'mjpeg', '-q:v', '3', '-f', 'mjpeg'],
      },
      { path: fileOf(width, 'webp'), options: ['-map', `[webp${n}]`, ...one, ...webp] },
    ]),
  };
}

/** The storyboard's frames that fall into a chunk, counted from its first frame. */
export function tilesIn(
  { chunks, storyboard }: Pick<EncodingPlan, 'chunks' | 'storyboard'>,
  chunk: number,
): number[] {
  const { startFrame = 0, endFrame = 0 } = chunks[chunk] ?? {};
  return storyboard.frames
    .filter((frame) => frame >= startFrame && frame < endFrame)
    .map((frame) => frame - startFrame);
}

/**
 * What a chunk's command needs for its share of the storyboard: a filter from the label `from`, which carries the
 * chunk's frames and no others, and an output. `frames` are those of `tilesIn`; undefined when there are none.
 */
export function tilesOutput(
  { storyboard, picture }: Pick<EncodingPlan, 'storyboard' | 'picture'>,
  frames: number[],
  from: string,
  to: string,
  path: string,
): { filter: string; output: FfmpegCommand['outputs'][number] } | undefined {
  if (frames.length === 0) return undefined;
  const chosen = frames.map((frame) => `eq(n,${frame})`);
  const groups = Array.from({ length: Math.ceil(chosen.length / mostTerms) }, (_, n) =>
    chosen.slice(n * mostTerms, (n + 1) * mostTerms).join('+'),
  );
  const fitted = fitFilters(storyboard.width, storyboard.height, forJpeg, picture.first).join(',');
  const select = groups.length === 1 ? groups[0] : groups.map((group) => `(${group})`).join('+');
  return {
    filter: `${from}select='${select}',${fitted}${to}`,
    output: {
      path,
      options: [
        ...['-map', to, ...everyFrame, ...bare],
        ...['-c:v', 'mjpeg', '-q:v', '5', '-threads', '1', '-f', 'mjpeg'],
      ],
    },
  };
}

/** All sprites of a storyboard in one run, from a stream of its tiles. */
export function spritesCommand(tiles: string, sheets: Sheet[], files: string[]): FfmpegCommand {
  let first = 0;
  const graphs = sheets.map(({ columns, rows, tiles: count }, n) => {
    const trim = `trim=start_frame=${first}:end_frame=${first + count}`;
    first += count;
    return `[t${n}]${trim},tile=${columns}x${rows}[s${n}]`;
  });
  const labels = sheets.map((_, n) => `[t${n}]`).join('');
  return {
    input: { path: tiles, options: ['-threads', '1', '-format_whitelist', 'mjpeg', '-f', 'mjpeg'] },
    filter: [`[0:v]split=${sheets.length}${labels}`, ...graphs].join(';'),
    outputs: sheets.map((_, n) => ({
      path: files[n] ?? '',
      options: [
        ...['-map', `[s${n}]`, '-frames:v', '1', ...everyFrame, ...bare],
        ...['-c:v', 'mjpeg', '-q:v', '5', '-threads', '1', '-f', 'mjpeg'],
      ],
    })),
  };
}
