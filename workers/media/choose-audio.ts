import type { AudioTrack, PlanWarning } from '../../shared/contracts/encoding.ts';
import type { ProbedStream, ProbeReport } from './ffprobe.ts';
import { canonicalLanguage, languageName } from './languages.ts';
import { trackTitle } from './track-title.ts';

/** Files with more are damaged or hostile. */
const mostTracks = 16;
/** So many of those left out are named. */
const mostNamed = 16;
const longestTitle = 60;
const stereoBitrate = 128_000;
const surroundBitrate = 384_000;
/**
 * So many channels, or up to eight, ffmpeg takes for one layout when none is named: 16 for hexadecagonal, 24 for 22.2.
 */
const guessed = [16, 24];

/** Every audio track in stereo, and once more in 5.1 where the source has that or more. The default one comes first. */
export function chooseAudio(report: ProbeReport): AudioTrack[] {
  const folders = new Set<string>();
  const titles = new Set<string>();
  const chosen = soundsOf(report).slice(0, mostTracks);
  return chosen.flatMap((stream, place) => {
    const language = canonicalLanguage(stream.tags.language);
    const track = {
      name: unique(folders, `audio/${language.toLowerCase()}`, '-'),
      streamIndex: stream.index,
      language,
      title: unique(titles, titleOf(stream, language), ' '),
      isDefault: place === 0,
      ...(describesVideo(stream) && { describesVideo: true as const }),
    };
    const stereo: AudioTrack = { ...track, channels: 2, bitrate: stereoBitrate };
    if ((stream.channels ?? 0) < 6) return [stereo];
    if (isDiscrete(stream)) return [{ ...stereo, takesFirstTwo: true }];
    return [
      stereo,
      {
        ...track,
        name: unique(folders, `${track.name}-surround`, '-'),
        channels: 6,
        bitrate: surroundBitrate,
      },
    ];
  });
}

/** Says which tracks `chooseAudio` does not take. */
export function leftOutAudio(report: ProbeReport): PlanWarning[] {
  const left = soundsOf(report).slice(mostTracks);
  if (left.length === 0) return [];
  const named = left.map(({ index }) => index).slice(0, mostNamed);
  const more = left.length > named.length ? ` and ${left.length - named.length} more` : '';
  const message = `Of the sound ${mostTracks} tracks are taken; left out: ${named.join(', ')}${more}.`;
  return [{ code: 'audio_left_out', message }];
}

function soundsOf({ streams }: ProbeReport): ProbedStream[] {
  const sounds = streams.filter(({ codec_type }) => codec_type === 'audio');
  const plain = sounds.filter((stream) => !describesVideo(stream));
  const fit = plain.length > 0 ? plain : sounds;
  const first = fit.find(({ disposition }) => disposition.default) ?? fit[0];
  return first ? [first, ...sounds.filter((stream) => stream !== first)] : [];
}

/** Whether nobody knows which of its channels is heard where. */
function isDiscrete({ channels = 0, channel_layout }: ProbedStream): boolean {
  return channel_layout === undefined && channels > 8 && !guessed.includes(channels);
}

function describesVideo({ disposition }: ProbedStream): boolean {
  return disposition.visual_impaired === 1 || disposition.descriptions === 1;
}

function titleOf(stream: ProbedStream, language: string): string {
  const title = trackTitle(stream.tags.title, longestTitle);
  return title || `${languageName(language)}${describesVideo(stream) ? ' (audio description)' : ''}`;
}

/** The word itself, or with the first number that makes it new. */
function unique(taken: Set<string>, word: string, separator: string): string {
  let result = word;
  for (let n = 2; taken.has(result); n += 1) result = `${word}${separator}${n}`;
  taken.add(result);
  return result;
}
