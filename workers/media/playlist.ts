import type { AudioTrack, Rendition, Segment } from '../../shared/contracts/encoding.ts';

/**
 * HLS playlists (RFC 8216bis, and Apple's HLS authoring specification) as text with relative addresses.
 * A `master` lies in the generation's folder, the others in the folder of their rendition.
 */

/** One rung. Rates are those of the picture alone, bit/s. */
export type VariantEntry = Pick<Rendition, 'name' | 'width' | 'height' | 'frameRate' | 'codecs'> & {
  averageBandwidth: number;
  bandwidth: number;
  /** Of the playlist of key frames alone. */
  keyFrameBandwidth: number;
  keyFrameAverageBandwidth: number;
};

type AudioFacts = 'name' | 'language' | 'title' | 'isDefault' | 'describesVideo' | 'channels';
export type AudioEntry = Pick<AudioTrack, AudioFacts> & {
  codecs: string;
  /** bit/s */
  averageBandwidth: number;
  bandwidth: number;
};

/** Tracks that a player chooses among. A source with 5.1 has two groups; then every variant is listed in both. */
type AudioGroup = { id: string; tracks: AudioEntry[] };

function audioGroups(audio: AudioEntry[]): AudioGroup[] {
  const stereo = audio.filter(({ channels }) => channels === 2);
  const surround = audio.filter(({ channels }) => channels === 6);
  const isInSurround = ({ title }: AudioEntry) => surround.some((track) => track.title === title);
  const best = [...surround, ...stereo.filter((track) => !isInSurround(track))];
  return [
    ...(stereo.length > 0 ? [{ id: 'audio', tracks: stereo }] : []),
    ...(surround.length > 0 ? [{ id: 'surround', tracks: best }] : []),
  ];
}

/** The variant that players begin with, per Apple: the one nearest to 2 Mbit/s. */
const startBandwidth = 2_000_000;

export function masterPlaylist(variants: VariantEntry[], audio: AudioEntry[]): string {
  const distance = (variant: VariantEntry) => Math.abs(variant.averageBandwidth - startBandwidth);
  const first = variants.reduce((best, next) => (distance(next) < distance(best) ? next : best));
  const ordered = [first, ...variants.filter((variant) => variant !== first)];
  const groups = audioGroups(audio);
  const lines = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS'];
  for (const group of groups) lines.push(...audioLines(group));
  for (const group of groups.length > 0 ? groups : [undefined]) {
    for (const variant of ordered) lines.push(variantLine(variant, group), `${variant.name}/index.m3u8`);
  }
  for (const variant of variants) {
    lines.push(
      `#EXT-X-I-FRAME-STREAM-INF:${attributes({
        BANDWIDTH: variant.keyFrameBandwidth,
        'AVERAGE-BANDWIDTH': variant.keyFrameAverageBandwidth,
        CODECS: quoted(variant.codecs),
        RESOLUTION: `${variant.width}x${variant.height}`,
        'VIDEO-RANGE': 'SDR',
        URI: quoted(`${variant.name}/iframes.m3u8`),
      })}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Of those that are alike but for the name, as a film and its commentary, a player takes one by itself. */
function audioLines({ id, tracks }: AudioGroup): string[] {
  const alike = ({ language, describesVideo }: AudioEntry) => `${language} ${describesVideo ?? false}`;
  const found = new Map<string, AudioEntry>();
  for (const track of tracks) {
    if (track.isDefault || !found.has(alike(track))) found.set(alike(track), track);
  }
  return tracks.map(
    (track) =>
      `#EXT-X-MEDIA:${attributes({
        TYPE: 'AUDIO',
        'GROUP-ID': quoted(id),
        NAME: quoted(track.title),
        LANGUAGE: quoted(track.language),
        DEFAULT: track.isDefault ? 'YES' : 'NO',
        AUTOSELECT: found.get(alike(track)) === track ? 'YES' : 'NO',
        ...(track.describesVideo && { CHARACTERISTICS: quoted('public.accessibility.describes-video') }),
        CHANNELS: quoted(String(track.channels)),
        URI: quoted(`${track.name}/index.m3u8`),
      })}`,
  );
}

function variantLine(variant: VariantEntry, group: AudioGroup | undefined): string {
  const most = (of: 'averageBandwidth' | 'bandwidth') =>
    Math.max(0, ...(group?.tracks ?? []).map((track) => track[of]));
  const codecs = new Set([variant.codecs, ...(group?.tracks ?? []).map((track) => track.codecs)]);
  return `#EXT-X-STREAM-INF:${attributes({
    BANDWIDTH: variant.bandwidth + most('bandwidth'),
    'AVERAGE-BANDWIDTH': variant.averageBandwidth + most('averageBandwidth'),
    CODECS: quoted([...codecs].join(',')),
    RESOLUTION: `${variant.width}x${variant.height}`,
    'FRAME-RATE': variant.frameRate.toFixed(3),
    'VIDEO-RANGE': 'SDR',
    ...(group ? { AUDIO: quoted(group.id) } : {}),
    'CLOSED-CAPTIONS': 'NONE',
  })}`;
}

type MediaOptions = {
  segments: Segment[];
  /** The same for every playlist of a video: Apple asks that audio and video agree. */
  targetSeconds: number;
  /** False while more may come: the playlist then is an EVENT, which only grows. */
  isFinal: boolean;
  nameOf: (n: number) => string;
};

export function mediaPlaylist({ segments, targetSeconds, isFinal, nameOf }: MediaOptions): string {
  const lines = head(targetSeconds, isFinal);
  for (const { n, seconds } of segments) lines.push(`#EXTINF:${seconds.toFixed(6)},`, nameOf(n));
  return tail(lines, isFinal);
}

/** The key frames alone, as byte ranges of the same segments, for scrubbing. */
export function keyFramePlaylist({ segments, targetSeconds, isFinal, nameOf }: MediaOptions): string {
  const lines = head(targetSeconds, isFinal);
  lines.splice(2, 0, '#EXT-X-I-FRAMES-ONLY');
  for (const { n, keyFrames } of segments) {
    for (const { offset, bytes, seconds } of keyFrames) {
      lines.push(`#EXTINF:${seconds.toFixed(6)},`, `#EXT-X-BYTERANGE:${bytes}@${offset}`, nameOf(n));
    }
  }
  return tail(lines, isFinal);
}

function head(targetSeconds: number, isFinal: boolean): string[] {
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    '#EXT-X-MEDIA-SEQUENCE:1',
    `#EXT-X-PLAYLIST-TYPE:${isFinal ? 'VOD' : 'EVENT'}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
    '#EXT-X-MAP:URI="init.mp4"',
  ];
}

function tail(lines: string[], isFinal: boolean): string {
  if (isFinal) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

export type Bandwidth = { average: number; peak: number };

/**
 * Bit/s of a rendition as RFC 8216 defines it: the average over all, and the peak over every run of segments
 * that together last between half and one and a half target durations (over all, when there is no such run).
 */
export function measureBandwidth(
  segments: { bytes: number; seconds: number }[],
  targetSeconds: number,
): Bandwidth {
  const rate = (bytes: number, seconds: number) => (seconds > 0 ? Math.ceil((bytes * 8) / seconds) : 0);
  const total = { bytes: 0, seconds: 0 };
  let peak = 0;
  for (let from = 0; from < segments.length; from += 1) {
    total.bytes += segments[from]?.bytes ?? 0;
    total.seconds += segments[from]?.seconds ?? 0;
    let bytes = 0;
    let seconds = 0;
    for (const segment of segments.slice(from, from + 64)) {
      bytes += segment.bytes;
      seconds += segment.seconds;
      if (seconds > targetSeconds * 1.5) break;
      if (seconds >= targetSeconds * 0.5) peak = Math.max(peak, rate(bytes, seconds));
    }
  }
  const average = rate(total.bytes, total.seconds);
  return { average, peak: Math.max(peak, average) };
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

/** Quoted strings may hold neither quotes nor line breaks; titles come from strangers' files. */
function quoted(value: string): string {
  return `"${value.replaceAll(/["\r\n]/g, ' ')}"`;
}
