/**
 * Reads HLS playlists (RFC 8216bis) as text, without an opinion on anything but their grammar: what is wrong with
 * that is kept in `faults`, and reading goes on.
 */

type Fault = {
  rule: 'header' | 'attributes' | 'duplicate-attribute' | 'duplicate-tag' | 'addresses' | 'extinf';
  line: number;
  message: string;
};

/** Names as written, values without their quotes. */
export type Attributes = Partial<Record<string, string>>;

/** EXT-X-STREAM-INF, EXT-X-I-FRAME-STREAM-INF or EXT-X-MEDIA, with the address that goes with it. */
export type Entry = { line: number; attributes: Attributes; uri: string | null };

/** Bytes [offset, offset + bytes) of a resource. */
export type ByteRange = { bytes: number; offset: number };

export type Item = {
  line: number;
  uri: string;
  /** As EXTINF says. */
  seconds: number;
  range: ByteRange | null;
  map: { uri: string; range: ByteRange | null } | null;
  afterDiscontinuity: boolean;
};

type Head = { version: number; isIndependent: boolean; tags: Set<string>; faults: Fault[] };

export type MasterText = Head & { variants: Entry[]; keyFrames: Entry[]; media: Entry[] };

export type MediaText = Head & {
  targetSeconds: number | null;
  /** VOD, EVENT, or whatever else stands there; null for a live playlist. */
  type: string | null;
  isEnded: boolean;
  isKeyFramesOnly: boolean;
  hasFractions: boolean;
  items: Item[];
};

type Line = { line: number; name: string; value: string; uri: string };

export const isMaster = (text: string): boolean => /^#EXT-X-(STREAM-INF|MEDIA):/m.test(text);
export const isPlaylist = (text: string): boolean => text.replace('\uFEFF', '').startsWith('#EXTM3U');

const onceOnly = [
  ...['EXT-X-VERSION', 'EXT-X-INDEPENDENT-SEGMENTS', 'EXT-X-TARGETDURATION', 'EXT-X-MEDIA-SEQUENCE'],
  ...['EXT-X-PLAYLIST-TYPE', 'EXT-X-I-FRAMES-ONLY', 'EXT-X-ENDLIST', 'EXT-X-DISCONTINUITY-SEQUENCE'],
];

export function parseMaster(text: string): MasterText {
  const { lines, head } = readLines(text);
  const entries = (name: string): Entry[] =>
    lines.flatMap((tag, index) => {
      if (tag.name !== name) return [];
      const attributes = parseAttributes(tag, head.faults);
      const next = lines[index + 1]?.uri || null;
      return [
        { line: tag.line, attributes, uri: name === 'EXT-X-STREAM-INF' ? next : (attributes.URI ?? null) },
      ];
    });
  const master = {
    ...head,
    variants: entries('EXT-X-STREAM-INF'),
    keyFrames: entries('EXT-X-I-FRAME-STREAM-INF'),
    media: entries('EXT-X-MEDIA'),
  };
  const segment = lines.find(({ name }) => name === 'EXTINF' || name === 'EXT-X-TARGETDURATION');
  if (segment) {
    const message = `${segment.name} is a tag of media playlists.`;
    head.faults.push({ rule: 'header', line: segment.line, message });
  }
  return master;
}

export function parseMedia(text: string): MediaText {
  const { lines, head } = readLines(text);
  const { faults } = head;
  const wordOf = (name: string) => lines.find((tag) => tag.name === name)?.value;
  const items: Item[] = [];
  const ends = new Map<string, number>();
  let map: Item['map'] = null;
  let next: { seconds?: number; range?: string; afterDiscontinuity: boolean } = { afterDiscontinuity: false };
  let hasFractions = false;
  for (const tag of lines) {
    if (tag.name === 'EXTINF') {
      const [, number = ''] = /^(\d+(?:\.\d+)?),/.exec(tag.value) ?? [];
      if (!number) faults.push({ rule: 'extinf', line: tag.line, message: `“${tag.value}” is no duration.` });
      hasFractions ||= number.includes('.');
      next.seconds = Number(number);
    } else if (tag.name === 'EXT-X-BYTERANGE') next.range = tag.value;
    else if (tag.name === 'EXT-X-DISCONTINUITY') next.afterDiscontinuity = true;
    else if (tag.name === 'EXT-X-MAP') {
      const { URI: uri = '', BYTERANGE } = parseAttributes(tag, faults);
      map = { uri, range: BYTERANGE ? parseRange(BYTERANGE, 0) : null };
    } else if (tag.uri) {
      const { uri, line } = tag;
      const { seconds, range: words, afterDiscontinuity } = next;
      if (seconds === undefined)
        faults.push({ rule: 'extinf', line, message: 'No EXTINF stands before it.' });
      const range = words === undefined ? null : parseRange(words, ends.get(uri));
      if (words !== undefined && !range)
        faults.push({ rule: 'addresses', line, message: `“${words}” is no range.` });
      if (range) ends.set(uri, range.offset + range.bytes);
      items.push({ line, uri, seconds: seconds ?? 0, range, map, afterDiscontinuity });
      next = { afterDiscontinuity: false };
    }
  }
  if (next.seconds !== undefined) {
    faults.push({
      rule: 'addresses',
      line: lines.at(-1)?.line ?? 1,
      message: 'The last EXTINF has no address.',
    });
  }
  const target = wordOf('EXT-X-TARGETDURATION');
  return {
    ...head,
    targetSeconds: target !== undefined && /^\d+$/.test(target) ? Number(target) : null,
    type: wordOf('EXT-X-PLAYLIST-TYPE') ?? null,
    isEnded: head.tags.has('EXT-X-ENDLIST'),
    isKeyFramesOnly: head.tags.has('EXT-X-I-FRAMES-ONLY'),
    hasFractions,
    items,
  };
}

/** Tags and addresses in order; comments and empty lines are left out. */
function readLines(text: string): { lines: Line[]; head: Head } {
  const faults: Fault[] = [];
  const tags = new Set<string>();
  const lines: Line[] = [];
  for (const [index, words] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    if (line === 1 && words !== '#EXTM3U') {
      faults.push({ rule: 'header', line, message: 'The first line is not #EXTM3U.' });
    }
    if (words === '' || (words.startsWith('#') && !words.startsWith('#EXT'))) continue;
    if (!words.startsWith('#')) {
      lines.push({ line, name: '', value: '', uri: words });
      continue;
    }
    const [, name = '', value = ''] = /^#([^:]+):?(.*)$/s.exec(words) ?? [];
    if (tags.has(name) && onceOnly.includes(name)) {
      faults.push({ rule: 'duplicate-tag', line, message: `${name} stands here for the second time.` });
    }
    tags.add(name);
    lines.push({ line, name, value, uri: '' });
  }
  const version = Number(lines.find(({ name }) => name === 'EXT-X-VERSION')?.value ?? 1);
  return { lines, head: { version, isIndependent: tags.has('EXT-X-INDEPENDENT-SEGMENTS'), tags, faults } };
}

/** Of the attributes that Millrace or a player goes by: which are quoted strings, and the form of the others. */
const quoted = new Set([
  ...['CODECS', 'SUPPLEMENTAL-CODECS', 'AUDIO', 'VIDEO', 'SUBTITLES', 'URI', 'GROUP-ID', 'LANGUAGE', 'NAME'],
  ...['ASSOC-LANGUAGE', 'INSTREAM-ID', 'CHARACTERISTICS', 'CHANNELS', 'BYTERANGE'],
]);
const forms: Partial<Record<string, RegExp>> = {
  BANDWIDTH: /^\d+$/,
  'AVERAGE-BANDWIDTH': /^\d+$/,
  RESOLUTION: /^\d+x\d+$/,
  'FRAME-RATE': /^\d+(\.\d+)?$/,
  'VIDEO-RANGE': /^(SDR|HLG|PQ)$/,
  TYPE: /^(AUDIO|VIDEO|SUBTITLES|CLOSED-CAPTIONS)$/,
  DEFAULT: /^(YES|NO)$/,
  AUTOSELECT: /^(YES|NO)$/,
  FORCED: /^(YES|NO)$/,
};

function parseAttributes({ line, name: tag, value }: Line, faults: Fault[]): Attributes {
  const attributes: Attributes = {};
  const pattern = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]*)(,|$)/y;
  while (pattern.lastIndex < value.length) {
    const from = pattern.lastIndex;
    const found = pattern.exec(value);
    if (!found) {
      const message = `${tag}: “${value.slice(from, from + 40)}” is no list of attributes.`;
      faults.push({ rule: 'attributes', line, message });
      break;
    }
    const [, name = '', raw = ''] = found;
    const isQuoted = raw.startsWith('"');
    if (name in attributes) {
      const message = `${tag}: ${name} stands twice.`;
      faults.push({ rule: 'duplicate-attribute', line, message });
    }
    const form = forms[name];
    if (quoted.has(name) !== isQuoted && (quoted.has(name) || form)) {
      const message = `${tag}: ${name} must ${isQuoted ? 'not ' : ''}stand in quotes.`;
      faults.push({ rule: 'attributes', line, message });
    } else if (form && !form.test(raw)) {
      faults.push({ rule: 'attributes', line, message: `${tag}: ${name} cannot be “${raw}”.` });
    }
    attributes[name] = isQuoted ? raw.slice(1, -1) : raw;
  }
  return attributes;
}

/** `bytes@offset`; without an offset the range goes on where the last one of that resource ended. */
function parseRange(words: string, after: number | undefined): ByteRange | null {
  const [, bytes, offset] = /^(\d+)(?:@(\d+))?$/.exec(words) ?? [];
  const from = offset === undefined ? after : Number(offset);
  return bytes === undefined || from === undefined ? null : { bytes: Number(bytes), offset: from };
}
