import { type Item, isMaster, isPlaylist, parseMaster, parseMedia } from '../../workers/media/hls-parse.ts';
import type { PlaylistFacts, Presentation, SegmentFacts } from '../../workers/media/hls-rules.ts';
import { resolve, shortName } from '../../workers/media/hls-stream.ts';
import { readInit, type Track } from './init-segment.ts';
import { get, openRemote, type Remote, Unreachable } from './remote.ts';
import type { Complain } from './rules.ts';
import { readSegment } from './segment.ts';

const requestsAtOnce = 8;
const playlistTypes = ['application/vnd.apple.mpegurl', 'audio/mpegurl'];
const mediaTypes = [
  ...['video/mp4', 'audio/mp4', 'video/iso.segment', 'audio/iso.segment', 'application/mp4'],
  ...['video/mp2t', 'audio/aac', 'audio/mpeg', 'text/vtt', 'text/plain'],
];

/** Says what is wrong with the address itself, so that there is nothing to check. */
export class NotHls extends Error {}

type Collected = Presentation & { segments: number; notes: string[] };

/**
 * Reads a stream: every playlist, and of every segment as much as tells its size, its times and its first frame.
 * What a server does wrong on the way is complained of.
 * @throws NotHls when the address gives no master playlist.
 */
export async function collect(address: string, complain: Complain): Promise<Collected> {
  const master = await readMaster(address, complain);
  const nameOf = (url: string) => shortName(url, master.url);
  const notes = new Set<string>();
  const inits = new Map<string, Promise<Track[]>>();

  const { variants, media, keyFrames } = parseMaster(master.text);
  const urls = (entries: { uri: string | null }[]) =>
    entries.flatMap(({ uri }) => (uri === null ? [] : (resolve(uri, master.url) ?? [])));
  const whole = new Set(urls([...variants, ...media]));
  const all = [...new Set([...whole, ...urls(keyFrames)])];
  const texts = await inTurns(all, async (url) => {
    const text = await readPlaylist(url, nameOf(url), complain);
    return text === undefined ? [] : [{ url, text }];
  });

  async function open(uri: string, from: string, range: Item['range']): Promise<Remote | undefined> {
    const url = resolve(uri, from);
    if (url === undefined) return undefined;
    try {
      const remote = await openRemote(url, range);
      if (remote.redirects > 0) complain('redirect', nameOf(url), 'The request is redirected.');
      if (!mediaTypes.includes(remote.contentType)) {
        complain('content-type', nameOf(url), `It is sent as “${remote.contentType}”.`);
      }
      return remote;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      complain('status', nameOf(url), `It cannot be had: ${error.message}.`);
      return undefined;
    }
  }

  /** One for all playlists and segments that name it. */
  function tracksOf(map: Item['map'], from: string): Promise<Track[]> {
    const url = map && resolve(map.uri, from);
    if (!map || !url) return Promise.resolve([]);
    const id = `${url} ${JSON.stringify(map.range)}`;
    const tracks =
      inits.get(id) ?? open(map.uri, from, map.range).then((remote) => readTracks(remote, nameOf(url)));
    inits.set(id, tracks);
    return tracks;
  }

  async function readTracks(remote: Remote | undefined, name: string): Promise<Track[]> {
    if (!remote) return [];
    try {
      return readInit(await remote.read(0, remote.bytes));
    } catch (error) {
      complain('boxes', name, `The init segment cannot be read: ${(error as Error).message}.`);
      return [];
    }
  }

  async function factsOf(item: Item, from: string): Promise<SegmentFacts | undefined> {
    const tracks = await tracksOf(item.map, from);
    const remote = await open(item.uri, from, item.range);
    if (!remote) return undefined;
    const bare = { bytes: remote.bytes };
    const name = nameOf(resolve(item.uri, from) ?? from);
    const start = await remote.read(0, 256);
    if (start.toString('utf8').replace('\uFEFF', '').startsWith('WEBVTT')) {
      const isMapped = start.includes('X-TIMESTAMP-MAP');
      if (!isMapped) complain('timestamp-map', name, 'There is no X-TIMESTAMP-MAP.');
      return bare;
    }
    const other = otherFormat(start);
    if (other) {
      notes.add(`Its segments are ${other}. Of those only the sizes are checked, not what is in them.`);
      return bare;
    }
    if (tracks.length === 0 && item.map) return bare;
    try {
      return await readSegment(remote, tracks);
    } catch (error) {
      complain('boxes', name, `The segment cannot be read: ${(error as Error).message}.`);
      return bare;
    }
  }

  const jobs = texts.flat().flatMap(({ url, text }) => {
    if (!whole.has(url)) return [];
    return parseMedia(text).items.map((item, index) => ({ url, item, index }));
  });
  const facts = new Map<string, PlaylistFacts>();
  const factsFor = (url: string): PlaylistFacts => {
    const known = facts.get(url) ?? { segments: [] };
    facts.set(url, known);
    return known;
  };
  await inTurns(jobs, async ({ url, item, index }) => {
    const own = factsFor(url);
    own.segments[index] = await factsOf(item, url);
    const codecs = (await tracksOf(item.map, url)).map(({ codec }) => codec);
    own.codecs = [...new Set([...(own.codecs ?? []), ...codecs])];
  });
  const playlists = texts.flat().map((document) => {
    const known = facts.get(document.url);
    return known ? { ...document, facts: known } : document;
  });
  return { master, playlists, segments: jobs.length, notes: [...notes] };
}

async function readMaster(address: string, complain: Complain): Promise<{ url: string; text: string }> {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new NotHls(`“${address}” is no http or https address.`);
  }
  const { response, url } = await get(address, { 'Accept-Encoding': 'gzip' }).catch((error) => {
    throw error instanceof Unreachable ? new NotHls(`${error.message}.`) : error;
  });
  if (!response.ok) throw new NotHls(`${address} answers ${response.status}.`);
  const text = await response.text();
  if (!isPlaylist(text)) {
    const type = response.headers.get('content-type') ?? 'something without a type';
    throw new NotHls(`${address} is no HLS playlist; it was sent as ${type}.`);
  }
  if (!isMaster(text)) {
    throw new NotHls(
      `${address} is a media playlist; give the address of the master playlist that names it.`,
    );
  }
  checkDelivery(response, shortName(url, url), complain);
  return { url, text };
}

async function readPlaylist(url: string, name: string, complain: Complain): Promise<string | undefined> {
  try {
    const { response } = await get(url, { 'Accept-Encoding': 'gzip' });
    const text = await response.text();
    if (!response.ok) throw new Unreachable(`the server answers ${response.status}`);
    checkDelivery(response, name, complain);
    return text;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    complain('status', name, `It cannot be had: ${error.message}.`);
    return undefined;
  }
}

function checkDelivery({ headers }: Response, name: string, complain: Complain): void {
  const type = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!playlistTypes.includes(type)) complain('content-type', name, `It is sent as “${type}”.`);
  if (headers.get('content-encoding') !== 'gzip') complain('gzip', name, 'It is not sent with gzip.');
}

function otherFormat(start: Buffer): string | undefined {
  if (start[0] === 0x47 && (start.length <= 188 || start[188] === 0x47)) return 'MPEG transport streams';
  if (start.toString('latin1', 0, 3) === 'ID3') return 'packed audio';
  if (start[0] === 0xff && ((start[1] ?? 0) & 0xf6) === 0xf0) return 'packed audio';
  return undefined;
}

/** Like `Promise.all`, with a few at once. */
async function inTurns<T, R>(some: T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const runner = async () => {
    while (next < some.length) {
      const index = next++;
      results[index] = await work(some[index] as T);
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, runner));
  return results;
}
