import type { PlanWarning, Rung, SourcePicture } from '../../shared/contracts/encoding.ts';
import { hasNonsenseMatrix, isUpright } from './choose-video.ts';
import type { ProbedStream } from './ffprobe.ts';

/** From here on a source that does not name its matrix is taken for high definition. */
const highDefinition = 720;

/** Their decoders tell the fields of each picture, and containers of these often do not. */
const marksPictures = ['mpeg4', 'dnxhd', 'mpeg2video', 'vc1'];

/** Browsers record calls and windows in these, in a new size whenever a window or a telephone is turned. */
const ofBrowsers = ['vp8', 'vp9'];

const gamuts = ['bt2020', 'smpte431', 'smpte432'] as const;

/** What `look-later.ts` finds in later pictures than the first, of which alone ffprobe tells. */
export type Later = { mayHaveFields: boolean; changesShape: boolean };

/** What must be undone to show a stream's picture on any screen. */
export function sourcePicture(video: ProbedStream, formatName = '', later?: Later): SourcePicture {
  const { color_transfer: transfer, field_order: fields = 'unknown', codec_name: codec = '' } = video;
  const isBroadcast = /\bmpeg/.test(formatName) && codec === 'h264';
  const hdr = transfer === 'smpte2084' || transfer === 'arib-std-b67' ? transfer : null;
  const mayInterlace = isBroadcast || later?.mayHaveFields || marksPictures.includes(codec);
  const { width = 0, height = 0 } = video;
  const gamut = hdr ? undefined : gamutOf(video);
  const mayChange = (later?.changesShape || ofBrowsers.includes(codec)) && !hdr && !gamut && isUpright(video);
  return {
    streamIndex: video.index,
    // Nobody but the decoder knows the fields of DV, and it has them nearly always.
    isInterlaced: ['tt', 'bb', 'tb', 'bt'].includes(fields) || (codec === 'dvvideo' && fields === 'unknown'),
    ...(mayInterlace ? { mayInterlace: true } : {}),
    ignoresMatrix: hasNonsenseMatrix(video),
    hdr,
    ...(gamut ? { gamut } : {}),
    matrix: matrixOf(video),
    ...(mayChange ? { first: { width, height, ...pixelAspect(video) } } : {}),
  };
}

/**
 * Dolby Vision is in other colours than its base where it has none that other players can show (profiles 5 and 10.0).
 */
export function colourWarnings({ side_data_list }: ProbedStream): PlanWarning[] {
  const dolby = side_data_list.find(({ dv_profile }) => dv_profile !== undefined);
  if (dolby?.dv_bl_signal_compatibility_id !== 0) return [];
  const what = `Dolby Vision of profile ${dolby.dv_profile}, which cannot be converted here`;
  return [{ code: 'colours_wrong', message: `The colours are shown wrongly: they are those of ${what}.` }];
}

/** Broadcasts have 4:3 and 16:9 in pictures of one size, so that the shape of pixels tells. */
function pixelAspect({ codec_name = '', sample_aspect_ratio = '' }: ProbedStream): {
  aspect?: [number, number];
} {
  const [across = 0, down = 0] = sample_aspect_ratio.split(':').map(Number);
  const isOfBroadcasts = ['mpeg2video', 'h264', 'hevc'].includes(codec_name);
  return isOfBroadcasts && across > 0 && down > 0 ? { aspect: [across, down] } : {};
}

function matrixOf(video: ProbedStream): SourcePicture['matrix'] {
  const { color_space: matrix = 'unknown', color_primaries: primaries } = video;
  const isHigh = Math.min(video.width ?? 0, video.height ?? 0) >= highDefinition;
  if (matrix === 'unknown' || matrix === 'reserved') return isHigh ? 'bt709' : null;
  if (matrix === 'ycgco') return 'ycgco';
  // Newer versions of ffmpeg refuse these, older ones take them for BT.601: each is shown by what is nearest to it.
  if (/^chroma-derived/.test(matrix)) return primaries === 'bt2020' ? 'bt2020nc' : 'bt709';
  return ['bt2020c', 'smpte2085', 'ictcp'].includes(matrix) ? 'bt2020nc' : null;
}

/** Where the matrix is one that colours can be converted from; RGB is near enough, and rare. */
function gamutOf(video: ProbedStream): SourcePicture['gamut'] {
  const matrix = matrixOf(video) ?? video.color_space ?? '';
  if (!['bt709', 'smpte170m', 'bt470bg', 'bt2020nc'].includes(matrix)) return undefined;
  return gamuts.find((known) => known === video.color_primaries);
}

/** The words before an input whose picture is decoded: else ffmpeg turns it as its display matrix says. */
export function decoderOptions({ ignoresMatrix }: SourcePicture): string[] {
  return ignoresMatrix ? ['-noautorotate'] : [];
}

/**
 * Where a filter graph takes the source's picture. A matrix that ffmpeg has not obeyed it would hand on to its
 * outputs: version 9 with the frames, version 5 when a graph has no other input than their stream.
 */
export function pictureInput({ streamIndex, ignoresMatrix }: SourcePicture): string {
  const input = `[0:${streamIndex}]`;
  return ignoresMatrix ? `${input}nullsink;${input}sidedata=mode=delete:type=DISPLAYMATRIX,` : input;
}

/** Filters before all others: the picture in a matrix that every filter knows, and that it names. */
export function matrixFilters({ matrix, hdr }: SourcePicture): string[] {
  if (!matrix || hdr) return [];
  return [matrix === 'ycgco' ? 'zscale=m=bt709' : `setparams=colorspace=${matrix}`];
}

/**
 * Filters before any other scaling: fields become whole pictures. Each holds one frame back, so they come first. What
 * comes in another size midway, which bwdif cannot bear, is brought to that of the first frame, fields by themselves.
 * Whole pictures pass as they are.
 */
export function deinterlaceFilters({ isInterlaced, mayInterlace }: SourcePicture): string[] {
  return isInterlaced || mayInterlace
    ? ['scale=interl=-1', 'bwdif=mode=send_frame:parity=auto:deint=interlaced']
    : [];
}

/**
 * To the colours of BT.709, at the size of the largest rung, since the steps work on floats. PQ or HLG light of up to
 * 1000 cd/m2 becomes SDR: linear light, gamut, a curve that keeps highlights, and back. Tags are set because sources
 * lack them, on the frames, as what they become is named after them; the range is theirs. What SDR names as its curve
 * is shown as BT.709 everywhere, and stays what it is.
 */
export function colourFilters(picture: SourcePicture, size: { width: number; height: number }): string[] {
  const { hdr, gamut } = picture;
  const { width, height } = size;
  if (hdr) {
    return [
      `setparams=color_primaries=bt2020:color_trc=${hdr}:colorspace=bt2020nc`,
      `zscale=w=${width}:h=${height}:t=linear:npl=203`,
      'format=gbrpf32le',
      'zscale=p=bt709',
      'tonemap=tonemap=mobius:param=0.3:desat=0:peak=5',
      'zscale=t=bt709:m=bt709:r=tv',
      'format=yuv420p',
    ];
  }
  // Sizes that are odd `zscale` refuses.
  return gamut
    ? [
        `scale=${width}:${height}`,
        `setparams=color_primaries=${gamut}:color_trc=bt709`,
        'zscale=p=bt709:m=bt709:r=tv',
      ]
    : [];
}

/** To a rung's size, in the matrix and range that all rungs have, with square pixels. */
export function scaleFilters(width: number, height: number, first?: SourcePicture['first']): string[] {
  return [
    ...fitFilters(width, height, 'out_color_matrix=bt709:out_range=tv', first),
    'setsar=1',
    'format=yuv420p',
    // Newer versions of ffmpeg let what a frame says win over the encoder's options.
    'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709',
  ];
}

/**
 * To a size, `words` being those of `scale`. Pictures of another shape than the `first` are shown whole between black
 * bars; of the same shape they fill it.
 */
export function fitFilters(
  width: number,
  height: number,
  words: string,
  first: SourcePicture['first'],
): string[] {
  if (!first) return [`scale=${width}:${height}:${words}`];
  // Asked anew whenever the size changes; 1 for the shape of the first.
  const [across, down] = first.aspect ?? [];
  const ofPixels = across && down ? `*sar*${down}/${across}` : '';
  const shape = `(iw*${first.height}${ofPixels})/(ih*${first.width})`;
  // What is rounded in the shape of pixels must not cost two of them.
  const fitting = (side: number, by: string) => `'max(2,trunc(${side}*min(1,${by})/2+0.001)*2)'`;
  return [
    `scale=${fitting(width, shape)}:${fitting(height, `1/(${shape})`)}:eval=frame:${words}`,
    `pad=${width}:${height}:-1:-1:eval=frame`,
  ];
}

/**
 * A rung may be scaled from another that is at least this many times larger. That costs no sharpness (VMAF 78.4 of
 * 240p from 480p, 78.3 from 720p; a real clip) and saves a reading of the source's picture.
 */
const farEnough = 2;

/**
 * One filter chain for each rung, from `[s0]`, `[s1]`, ... to `[v0]`, `[v1]`, ...; `inputs` names those that are to
 * come from the source's picture, the others from a larger rung.
 */
export function scaleChains(
  rungs: readonly Rung[],
  first?: SourcePicture['first'],
): { inputs: string[]; chains: string[] } {
  const feeders = rungs.map(({ width, height }) => {
    const least = farEnough * Math.min(width, height);
    const feeder = rungs.find((other) => Math.min(other.width, other.height) >= least);
    return feeder && rungs.indexOf(feeder);
  });
  const chains = rungs.map(({ width, height }, index) => {
    const fed = feeders.flatMap((feeder, other) => (feeder === index ? [`[s${other}]`] : []));
    const split = fed.length > 0 ? [`split=${1 + fed.length}`] : [];
    const ofSource = feeders[index] === undefined ? first : undefined;
    const filters = [...scaleFilters(width, height, ofSource), ...split].join(',');
    return `[s${index}]${filters}[v${index}]${fed.join('')}`;
  });
  return {
    inputs: feeders.flatMap((feeder, index) => (feeder === undefined ? [`[s${index}]`] : [])),
    chains,
  };
}
