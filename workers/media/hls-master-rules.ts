import type { Attributes, Entry } from './hls-parse.ts';
import type { Report } from './hls-rule-table.ts';
import { codecsOf, type Stream, type Variant } from './hls-stream.ts';

/** The rate of the variant that players should begin with, bit/s. */
const startBandwidth = 2_000_000;
/** Small pictures cannot have the ratio of the large ones to the pixel. */
const ratioTolerance = 0.02;

/** What can be said of a master playlist by itself. */
export function checkMaster(stream: Stream, report: Report): void {
  checkVersion(stream, report);
  checkVariants(stream, report);
  checkLadder(stream, report);
  checkKeyFrameEntries(stream, report);
  checkGroups(stream, report);
  const { master, where, listed } = stream;
  const pictures = listed.filter(({ kind }) => kind === 'picture');
  if (!master.isIndependent && !pictures.every(({ playlist }) => playlist.isIndependent)) {
    report('independent-segments', where(), 'EXT-X-INDEPENDENT-SEGMENTS is missing.');
  }
}

function checkVersion({ master, where }: Stream, report: Report): void {
  const services = master.media.some(({ attributes }) => attributes['INSTREAM-ID']?.startsWith('SERVICE'));
  const needed = master.tags.has('EXT-X-DEFINE') ? 8 : services ? 7 : 1;
  if (master.version < needed) {
    report('version', where(), `It says version ${master.version}, and needs ${needed}.`);
  }
}

function checkVariants({ variants, isGrowing }: Stream, report: Report): void {
  const missing = (variant: Variant, rule: Parameters<Report>[0], name: string) => {
    if (variant.attributes[name] === undefined) report(rule, variant.where, `It has no ${name}.`);
  };
  const isWide = variants.some(({ attributes }) => /^(PQ|HLG)$/.test(attributes['VIDEO-RANGE'] ?? ''));
  const seen = new Set<string>();
  for (const variant of variants) {
    const { attributes, uri, where } = variant;
    missing(variant, 'variant-bandwidth', 'BANDWIDTH');
    missing(variant, 'variant-average-bandwidth', 'AVERAGE-BANDWIDTH');
    missing(variant, 'variant-codecs', 'CODECS');
    if (variant.hasPicture) {
      missing(variant, 'variant-resolution', 'RESOLUTION');
      missing(variant, 'variant-frame-rate', 'FRAME-RATE');
      if (isWide) missing(variant, 'variant-video-range', 'VIDEO-RANGE');
    }
    const use = [uri, attributes.AUDIO, attributes.SUBTITLES, attributes.VIDEO].join(' ');
    if (seen.has(use)) report('variant-unique', where, 'It is listed twice with the same groups.');
    seen.add(use);
    const [average, peak] = [rate(attributes, 'AVERAGE-BANDWIDTH'), rate(attributes, 'BANDWIDTH')];
    // The final rates of a video that still grows are not known.
    if (!isGrowing && average && peak > average * 2) {
      report(
        'peak-to-average',
        where,
        `BANDWIDTH is ${percent(peak / average)} of AVERAGE-BANDWIDTH, ${average}.`,
      );
    }
  }
}

/** Variants are compared where one player may switch: with the same sound, codec and range. */
function checkLadder({ variants, isGrowing }: Stream, report: Report): void {
  const pictures = variants.filter(({ hasPicture }) => hasPicture);
  const [first] = pictures;
  const nearest = (some: Variant[]) =>
    Math.min(
      ...some.map(({ attributes }) => Math.abs(rate(attributes, 'AVERAGE-BANDWIDTH') - startBandwidth)),
    );
  if (first && !isGrowing) {
    const own = pictures.filter(({ attributes }) => attributes.AUDIO === first.attributes.AUDIO);
    if (nearest([first]) > nearest(own)) {
      report('start-variant', first.where, 'The first variant is not the one nearest to 2 Mbit/s.');
    }
  }
  const ladders = new Map<string, Variant[]>();
  for (const variant of pictures) {
    const [codec = ''] = codecsOf(variant);
    const { AUDIO, 'VIDEO-RANGE': range = 'SDR' } = variant.attributes;
    const id = [AUDIO, codec.split('.')[0], range].join(' ');
    ladders.set(id, [...(ladders.get(id) ?? []), variant]);
  }
  for (const ladder of isGrowing ? [] : ladders.values()) {
    const rising = ladder.sort((a, b) => area(a) - area(b));
    for (const [index, variant] of rising.entries()) {
      const below = rising.slice(0, index).filter((other) => area(other) > 0 && area(other) < area(variant));
      const average = rate(variant.attributes, 'AVERAGE-BANDWIDTH');
      const richer = below.find((other) => rate(other.attributes, 'AVERAGE-BANDWIDTH') > average);
      if (richer) {
        const { RESOLUTION } = richer.attributes;
        report('ladder-order', variant.where, `The smaller ${RESOLUTION} has a higher average bandwidth.`);
      }
    }
  }
  const ratio = first && ratioOf(first);
  for (const variant of pictures) {
    const own = ratioOf(variant);
    if (ratio && own && Math.abs(own / ratio - 1) > ratioTolerance) {
      const { RESOLUTION } = variant.attributes;
      report(
        'aspect-ratio',
        variant.where,
        `${RESOLUTION} is ${own.toFixed(3)} to 1, the first ${ratio.toFixed(3)}.`,
      );
    }
  }
}

function checkKeyFrameEntries({ keyFrames, variants, where }: Stream, report: Report): void {
  if (keyFrames.length === 0 && variants.some(({ hasPicture }) => hasPicture)) {
    report('key-frame-playlists', where(), 'There is no EXT-X-I-FRAME-STREAM-INF.');
  }
  for (const { attributes, where: place } of keyFrames) {
    for (const name of ['BANDWIDTH', 'CODECS', 'RESOLUTION']) {
      if (attributes[name] === undefined) report('key-frame-attributes', place, `It has no ${name}.`);
    }
  }
}

function checkGroups({ master, variants, where }: Stream, report: Report): void {
  const groups = new Map<string, Entry[]>();
  for (const entry of master.media) {
    const { TYPE: type = '', 'GROUP-ID': id = '' } = entry.attributes;
    checkMedia(entry, (rule, message) => report(rule, where(entry.line), message));
    groups.set(`${type} ${id}`, [...(groups.get(`${type} ${id}`) ?? []), entry]);
  }
  for (const [name, members] of groups) {
    checkMembers(name, members, (rule, { line }, message) => report(rule, where(line), message));
  }
  const membersByType = new Map<string, string>();
  for (const [name, members] of groups) {
    const [type = ''] = name.split(' ');
    const names = members.map(({ attributes }) => `${attributes.NAME} (${attributes.LANGUAGE})`).sort();
    const others = membersByType.get(type) ?? names.join(', ');
    membersByType.set(type, others);
    if (others !== names.join(', ')) {
      const message = `The group ${name} holds ${names.join(', ')}; another of its type holds ${others}.`;
      report('group-members', where(members[0]?.line), message);
    }
  }
  for (const variant of variants) {
    for (const type of ['AUDIO', 'VIDEO', 'SUBTITLES', 'CLOSED-CAPTIONS']) {
      const id = variant.attributes[type];
      const isNone = type === 'CLOSED-CAPTIONS' && id === 'NONE';
      if (id !== undefined && !isNone && !groups.has(`${type} ${id}`)) {
        report('group-exists', variant.where, `There is no group “${id}” of type ${type}.`);
      }
    }
  }
  const without = variants.filter(({ attributes }) => attributes['CLOSED-CAPTIONS'] === 'NONE').length;
  if (without > 0 && without < variants.length) {
    report(
      'closed-captions',
      where(),
      `CLOSED-CAPTIONS is NONE for ${without} of ${variants.length} variants.`,
    );
  }
}

function checkMedia(
  { attributes, uri }: Entry,
  report: (rule: Parameters<Report>[0], message: string) => void,
) {
  const { TYPE: type } = attributes;
  for (const name of ['TYPE', 'GROUP-ID', 'NAME']) {
    if (!attributes[name]) report('media-attributes', `It has no ${name}.`);
  }
  if (type === 'SUBTITLES' && uri === null) report('media-attributes', 'Subtitles need a URI.');
  if (type === 'CLOSED-CAPTIONS' && uri !== null) report('media-attributes', 'Closed captions have no URI.');
  if (type === 'CLOSED-CAPTIONS' && !attributes['INSTREAM-ID']) {
    report('media-attributes', 'Closed captions need an INSTREAM-ID.');
  }
  if (type !== 'VIDEO' && !attributes.LANGUAGE) report('media-language', 'It has no LANGUAGE.');
  if (attributes.DEFAULT === 'YES' && attributes.AUTOSELECT === 'NO') {
    report('media-default', 'AUTOSELECT is NO for the default.');
  }
}

function checkMembers(
  name: string,
  members: Entry[],
  report: (rule: Parameters<Report>[0], entry: Entry, message: string) => void,
): void {
  const names = new Set<string>();
  const choices = new Set<string>();
  for (const entry of members) {
    const { NAME = '', LANGUAGE, FORCED = 'NO', CHARACTERISTICS, AUTOSELECT } = entry.attributes;
    if (names.has(NAME)) report('media-name', entry, `“${NAME}” stands twice in the group ${name}.`);
    names.add(NAME);
    const choice = [LANGUAGE, entry.attributes['ASSOC-LANGUAGE'], FORCED, CHARACTERISTICS].join(' ');
    if (AUTOSELECT === 'YES' && choices.has(choice)) {
      report('autoselect-distinct', entry, `A player cannot choose between “${NAME}” and another.`);
    }
    if (AUTOSELECT === 'YES') choices.add(choice);
  }
  const defaults = members.filter(({ attributes }) => attributes.DEFAULT === 'YES');
  const [first] = members;
  if (defaults[1]) report('media-default', defaults[1], `The group ${name} has ${defaults.length} defaults.`);
  if (first && name.startsWith('AUDIO ') && defaults.length === 0) {
    report('audio-default', first, `The group ${name} has no default.`);
  }
}

const rate = (attributes: Attributes, name: string) => Number(attributes[name] ?? Number.NaN);
const percent = (share: number) => `${Math.round(share * 100)} %`;

function sizeOf({ attributes: { RESOLUTION = '' } }: Entry): [number, number] {
  const [width = 0, height = 0] = RESOLUTION.split('x').map(Number);
  return [width, height];
}

function area(entry: Entry): number {
  const [width, height] = sizeOf(entry);
  return width * height;
}

function ratioOf(entry: Entry): number {
  const [width, height] = sizeOf(entry);
  return height > 0 ? width / height : 0;
}
