import type { CaptionTrack, PlanWarning } from '../../shared/contracts/encoding.ts';
import type { ProbedStream, ProbeReport } from './ffprobe.ts';
import { canonicalLanguage } from './languages.ts';
import { trackTitle } from './track-title.ts';

/** Pictures of text. */
const pictureCodecs = new Set(['hdmv_pgs_subtitle', 'dvb_subtitle', 'dvd_subtitle', 'xsub']);
/** What ffmpeg decodes to text. Teletext, and WebVTT as mkvmerge writes it, are text that not every ffmpeg reads. */
const textCodecs = new Set(['subrip', 'srt', 'ass', 'ssa', 'webvtt', 'mov_text', 'text']);
const mostTitle = 200;

/**
 * The text tracks that become captions, one a language: a full one before one for foreign parts only (forced), then
 * the file's default, then the first. What is left out is said in warnings. `withCaptions` is the picture's track where
 * that carries closed captions. These name no language, so they come last, and not beside a track that names none
 * either.
 */
export function chooseCaptions(
  report: ProbeReport,
  withCaptions?: number,
): { captions: CaptionTrack[]; warnings: PlanWarning[] } {
  const subtitles = report.streams.filter(isSubtitle);
  const isText = ({ codec_name = '' }: ProbedStream) => textCodecs.has(codec_name);
  const warnings = subtitles
    .filter((stream) => !isText(stream))
    .map((stream) => ({
      code: 'captions_not_text',
      message: `The subtitles in track ${stream.index} (${codecOf(stream)}) are ${
        pictureCodecs.has(codecOf(stream)) ? 'no text' : 'of a kind that is not read here'
      } and were left out.`,
    }));
  const chosen = new Map<string, ProbedStream>();
  for (const stream of subtitles.filter(isText).sort(byPreference)) {
    const language = canonicalLanguage(stream.tags.language);
    if (!chosen.has(language)) chosen.set(language, stream);
    else {
      const message = `The subtitles in track ${stream.index} were left out: there are others in ${language}.`;
      warnings.push({ code: 'captions_left_out', message });
    }
  }
  const inOrder = [...chosen].sort(([, a], [, b]) => a.index - b.index);
  // Matroska marks every track unless told otherwise; one is shown.
  const first = inOrder.find(
    ([, { disposition }]) => disposition.default === 1 && disposition.forced !== 1,
  )?.[0];
  const captions: CaptionTrack[] = inOrder.map(([language, { index, tags }]) => ({
    streamIndex: index,
    language,
    title: trackTitle(tags.title, mostTitle),
    isDefault: language === first,
  }));
  if (withCaptions !== undefined && !chosen.has('und')) {
    const about = { language: 'und', title: 'CC', isDefault: false, inPicture: true } as const;
    captions.push({ streamIndex: withCaptions, ...about });
  }
  return { captions, warnings };
}

function isSubtitle(stream: ProbedStream): boolean {
  return stream.codec_type === 'subtitle' || codecOf(stream) === 'ttml';
}

/** To ffprobe 5.1 TTML in MP4 is data that it does not know. */
function codecOf({ codec_name = 'unknown', codec_tag_string }: ProbedStream): string {
  return codec_tag_string === 'stpp' ? 'ttml' : codec_name;
}

function byPreference(a: ProbedStream, b: ProbedStream): number {
  const flag = (name: string) => (b.disposition[name] ?? 0) - (a.disposition[name] ?? 0);
  return -flag('forced') || flag('default') || a.index - b.index;
}
