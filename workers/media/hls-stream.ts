import { type Entry, type MasterText, type MediaText, parseMaster, parseMedia } from './hls-parse.ts';
import type { Report } from './hls-rule-table.ts';

/** One segment as found behind its address. */
export type SegmentFacts = {
  bytes: number;
  /** Decode time and length by the boxes inside, and when its first frame is shown. Seconds. */
  times?: { start: number; seconds: number; shown: number };
  beginsWithKeyFrame?: boolean;
  /** Where its moof boxes begin, in bytes from the segment's start. */
  moofs?: number[];
};

export type PlaylistFacts = {
  /** Of the init segment: RFC 6381, or the name of a sample entry alone when no more is known. */
  codecs?: string[];
  /** In the order of the playlist. */
  segments: (SegmentFacts | undefined)[];
};

/** A playlist by its absolute address, and what is known of its segments. */
export type Document = { url: string; text: string; facts?: PlaylistFacts };

/** The texts that a player is given. */
export type Presentation = { master: Document; playlists: Document[] };

/** A media playlist, and what the master uses it for. */
export type Listed = {
  kind: 'picture' | 'sound' | 'text' | 'keyFrames';
  url: string;
  where: string;
  playlist: MediaText;
  facts: PlaylistFacts | undefined;
};

export type Variant = Entry & {
  where: string;
  hasPicture: boolean;
  own: Listed | undefined;
  /** The playlists of its audio group; undefined where one could not be read. */
  sound: (Listed | undefined)[];
};

export type Stream = {
  master: MasterText;
  where: (line?: number) => string;
  variants: Variant[];
  keyFrames: (Entry & { where: string; own: Listed | undefined })[];
  /** Every media playlist, once for each use. */
  listed: Listed[];
  /** True while a playlist has no end yet. */
  isGrowing: boolean;
  /** The longest frame of its pictures. */
  frameSeconds: number;
};

const pictureCodec = /^(avc|hvc|hev|dvh|dva|av01|vp0|mjpg)/;
const usualFrameRate = 30;

export function codecsOf({ attributes: { CODECS = '' } }: Entry): string[] {
  return CODECS.split(',')
    .map((codec) => codec.trim())
    .filter(Boolean);
}

/** Parses every text, follows the master's addresses, and reports what breaks the grammar or leads nowhere. */
export function readStream({ master: { url, text }, playlists }: Presentation, report: Report): Stream {
  const nameOf = (address: string) => shortName(address, url);
  const master = parseMaster(text);
  const where = (line?: number) => at(nameOf(url), line);
  for (const { rule, line, message } of master.faults) report(rule, where(line), message);
  const documents = new Map(playlists.map((document) => [document.url, document]));
  const texts = new Map<string, MediaText>();
  const listed: Listed[] = [];

  function find(kind: Listed['kind'], { uri, line }: Entry): Listed | undefined {
    const address = uri === null ? undefined : resolve(uri, url);
    if (address === undefined) {
      report('addresses', where(line), 'There is no address of a playlist.');
      return undefined;
    }
    const known = listed.find((one) => one.kind === kind && one.url === address);
    if (known) return known;
    const document = documents.get(address);
    if (!document) {
      report('playlist-present', where(line), `${nameOf(address)} could not be read.`);
      return undefined;
    }
    const isNew = !texts.has(address);
    const playlist = texts.get(address) ?? parseMedia(document.text);
    texts.set(address, playlist);
    const found: Listed = { kind, url: address, where: nameOf(address), playlist, facts: document.facts };
    listed.push(found);
    if (isNew)
      for (const fault of playlist.faults) report(fault.rule, at(found.where, fault.line), fault.message);
    return found;
  }

  const kinds: Partial<Record<string, Listed['kind']>> = {
    AUDIO: 'sound',
    SUBTITLES: 'text',
    VIDEO: 'picture',
  };
  const groups = master.media.flatMap((entry) => {
    const kind = kinds[entry.attributes.TYPE ?? ''];
    if (!kind || entry.uri === null) return [];
    return [{ kind, id: entry.attributes['GROUP-ID'], own: find(kind, entry) }];
  });
  const variants = master.variants.map((entry): Variant => {
    const codecs = codecsOf(entry);
    const hasPicture =
      entry.attributes.RESOLUTION !== undefined ||
      codecs.length === 0 ||
      codecs.some((codec) => pictureCodec.test(codec));
    const own = find(hasPicture ? 'picture' : 'sound', entry);
    const sound = groups.filter(({ kind, id }) => kind === 'sound' && id === entry.attributes.AUDIO);
    return { ...entry, where: where(entry.line), hasPicture, own, sound: sound.map((group) => group.own) };
  });
  const keyFrames = master.keyFrames.map((entry) => ({
    ...entry,
    where: where(entry.line),
    own: find('keyFrames', entry),
  }));
  const rates = variants.flatMap(({ attributes }) => Number(attributes['FRAME-RATE']) || []);
  return {
    master,
    where,
    variants,
    keyFrames,
    listed,
    isGrowing: listed.some(({ playlist }) => !playlist.isEnded),
    frameSeconds: 1 / Math.min(...(rates.length > 0 ? rates : [usualFrameRate])),
  };
}

export function at(name: string, line?: number): string {
  return line === undefined ? name : `${name}:${line}`;
}

/** Undefined when it is no address. */
export function resolve(uri: string, from: string): string | undefined {
  return URL.canParse(uri, from) ? new URL(uri, from).href : undefined;
}

/** The address as people know it: relative to the master, without a query, which may hold a signature. */
export function shortName(address: string, master: string): string {
  const { origin, pathname } = new URL(address);
  const folder = new URL('.', master);
  const whole = `${origin}${pathname}`;
  const start = `${folder.origin}${folder.pathname}`;
  return whole.startsWith(start) ? whole.slice(start.length) : whole;
}

/** The time of every boundary, from 0 to the end, by EXTINF. */
export function boundariesOf({ items }: MediaText): number[] {
  let total = 0;
  return [0, ...items.map(({ seconds }) => (total += seconds))];
}
