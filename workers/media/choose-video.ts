import { MillraceError } from '../../shared/errors.ts';
import type { ProbedStream, ProbeReport } from './ffprobe.ts';

const mostPixels = 33_177_600;
const encryptedTags = new Set(['encv', 'enca', 'drms', 'drmi']);

/** What covers and slides are kept in; a camera's own picture may be, too. */
const stillCodecs = new Set(['mjpeg', 'png', 'bmp', 'gif', 'webp']);
/** AVI counts a picture twice where its clock has two ticks for a frame. */
const mostOfStill = 2;

/**
 * The stream to encode: of those that can be used and move the default one, else one that is no series of still
 * pictures, else the largest; cover art is no video.
 * @throws MillraceError no_video_stream, encrypted, unsupported_codec or too_many_pixels.
 */
export function chooseVideo(report: ProbeReport): ProbedStream {
  const videos = report.streams.filter(
    ({ codec_type, disposition }) =>
      codec_type === 'video' && !disposition.attached_pic && !disposition.timed_thumbnails,
  );
  const rank = (stream: ProbedStream) => [
    isEncrypted(stream) || !isKnown(stream) || area(stream) === 0 ? 0 : 1,
    (stream.nb_frames ?? Number.POSITIVE_INFINITY) > mostOfStill ? 1 : 0,
    stream.disposition.default ?? 0,
    stillCodecs.has(stream.codec_name ?? '') ? 0 : 1,
    area(stream),
  ];
  const [video] = videos.sort((a, b) => {
    const [ofA, ofB] = [rank(a), rank(b)];
    return ofB.map((value, index) => value - (ofA[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
  });
  if (!video) throw new MillraceError('no_video_stream', 'The file holds no picture, only other tracks.');
  if (isEncrypted(video)) {
    throw encryptedPicture();
  }
  if (!isKnown(video)) {
    const tag = video.codec_tag_string ?? 'none';
    throw new MillraceError('unsupported_codec', `The picture's codec (tag ${tag}) is not known here.`);
  }
  // ffprobe reports no size for a picture that is past its own limit.
  if (area(video) === 0 || Math.max(area(video), area(displaySize(video))) > mostPixels) {
    throw new MillraceError('too_many_pixels', `The picture has no size, or more than ${mostPixels} pixels.`);
  }
  return video;
}

function area({
  width = 0,
  height = 0,
}: {
  width?: number | undefined;
  height?: number | undefined;
}): number {
  return width * height;
}

function isEncrypted({ codec_tag_string }: ProbedStream): boolean {
  return encryptedTags.has(codec_tag_string ?? '');
}

function isKnown({ codec_name }: ProbedStream): boolean {
  return codec_name !== undefined && codec_name !== 'none' && codec_name !== 'unknown';
}

/**
 * A picture as ffmpeg gives it, which it has turned upright. `aspect` is that of its pixels, 0 where it is not known.
 */
export type Decoded = { width: number; height: number; aspect: [number, number] };

/**
 * The stream as its picture comes: newer versions of ffmpeg cut off what a container says is not to be shown (`clap` of
 * QuickTime, PixelCrop of Matroska), older ones do not, and ffprobe tells the size before that.
 */
export function asDecoded(video: ProbedStream, decoded: Decoded | undefined): ProbedStream {
  if (!decoded || hasNonsenseMatrix(video)) return video;
  const { width, height, aspect } = isTurned(video)
    ? { width: decoded.height, height: decoded.width, aspect: decoded.aspect.toReversed() }
    : decoded;
  if (width === video.width && height === video.height) return video;
  const isKnownAspect = aspect.every((side) => side > 0);
  return { ...video, width, height, ...(isKnownAspect && { sample_aspect_ratio: aspect.join(':') }) };
}

/** Width and height as shown: rotated upright, with square pixels. Nonsense in either is ignored. */
export function displaySize(video: ProbedStream): { width: number; height: number } {
  const [across = 1, down = 1] = (video.sample_aspect_ratio ?? '1:1').split(':').map(Number);
  const aspect = across > 0 && down > 0 && across / down < 20 && down / across < 20 ? across / down : 1;
  const width = Math.round((video.width ?? 0) * aspect);
  const height = video.height ?? 0;
  return isTurned(video) ? { width: height, height: width } : { width, height };
}

function isTurned(video: ProbedStream): boolean {
  return Math.abs(rotationOf(video) / 90) % 2 === 1;
}

/** Whole quarter turns in degrees, as the display matrix says; it may also hold any nonsense, which turns nothing. */
function rotationOf(video: ProbedStream): number {
  return hasNonsenseMatrix(video) ? 0 : Math.round(angleOf(video)) % 360;
}

/** Of what is neither upright nor lies on a side, ffmpeg would show a part, askew, on black. */
export function hasNonsenseMatrix(video: ProbedStream): boolean {
  const angle = angleOf(video);
  return Math.abs(angle) > 360 || Math.round(angle) % 90 !== 0;
}

/** Whether the matrix leaves the picture as it is. One that only mirrors it from top to bottom has no angle. */
export function isUpright(video: ProbedStream): boolean {
  const matrix = video.side_data_list.find(({ displaymatrix }) => displaymatrix)?.displaymatrix ?? '';
  // Rows of an address, a colon, and three numbers.
  const [, , second = ''] = matrix.split('\n');
  const [, , down] = second.trim().split(/\s+/);
  return angleOf(video) === 0 && !(Number(down) < 0);
}

function angleOf({ side_data_list }: ProbedStream): number {
  return side_data_list.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0;
}

export function encryptedPicture(): MillraceError {
  return new MillraceError('encrypted', 'The picture is encrypted; upload the file without protection.');
}
