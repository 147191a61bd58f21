import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { isSettled } from '../../scripts/client.ts';
import { clip, clipFolder } from '../support/clips.ts';
import { type System, startSystem } from '../support/system.ts';

const run = promisify(execFile);
const seconds = 13;
const rate = 30_000 / 1001;

type Entry = { attributes: Record<string, string>; uri: string };
type Media = {
  head: string;
  map: string;
  target: number;
  items: { seconds: number; uri: string; range?: string }[];
};

/** Apple's HLS authoring rules, as far as they can be seen from outside, on what a player is given. */
describe('the published HLS', () => {
  let system: System;
  let master: { text: string; url: string };

  before(async () => {
    system = await startSystem();
    await system.startWorker();
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(await clip(seconds, '1280x720', '30000/1001'));
    const { state } = await client.follow(videoId, isSettled);
    expect(state).to.equal('ready');
    const { playlist } = await client.playback(videoId);
    master = { text: await read(playlist), url: playlist };
  });
  after(() => system.stop());

  async function read(url: string): Promise<string> {
    const response = await fetch(url, { redirect: 'error' });
    expect(response.status, url).to.equal(200);
    return response.text();
  }

  async function bytesOf(url: string, range?: string): Promise<Buffer> {
    const [length = 0, offset = 0] = (range ?? '').split('@').map(Number);
    const headers: Record<string, string> = range ? { Range: `bytes=${offset}-${offset + length - 1}` } : {};
    const response = await fetch(url, { redirect: 'error', headers });
    expect(response.status).to.equal(range ? 206 : 200);
    return Buffer.from(await response.arrayBuffer());
  }

  function attributesOf(line: string): Record<string, string> {
    const found = line.slice(line.indexOf(':') + 1).matchAll(/([A-Z-]+)=("[^"]*"|[^,]*)/g);
    return Object.fromEntries(
      [...found].map(([, name = '', value = '']) => [name, value.replaceAll('"', '')]),
    );
  }

  function entries(tag: string): Entry[] {
    const lines = master.text.split('\n');
    return lines.flatMap((line, index) => {
      if (!line.startsWith(`#${tag}:`)) return [];
      const attributes = attributesOf(line);
      return [{ attributes, uri: new URL(attributes.URI ?? lines[index + 1] ?? '', master.url).href }];
    });
  }
  const variants = () => entries('EXT-X-STREAM-INF');
  const audio = () => entries('EXT-X-MEDIA');
  const keyFrames = () => entries('EXT-X-I-FRAME-STREAM-INF');

  async function media(url: string): Promise<Media> {
    const head = await read(url);
    const items: Media['items'] = [];
    let next: Partial<Media['items'][number]> = {};
    for (const line of head.split('\n')) {
      if (line.startsWith('#EXTINF:')) next.seconds = Number.parseFloat(line.slice(8));
      else if (line.startsWith('#EXT-X-BYTERANGE:')) next.range = line.slice(17);
      else if (line.startsWith('http')) {
        items.push({ seconds: 0, ...next, uri: line });
        next = {};
      }
    }
    const map = /#EXT-X-MAP:URI="([^"]+)"/.exec(head)?.[1] ?? '';
    return { head, map, target: Number(/#EXT-X-TARGETDURATION:(\d+)/.exec(head)?.[1]), items };
  }

  it('describes every variant whole', () => {
    expect(variants()).to.have.length(4);
    for (const { attributes } of variants()) {
      expect(attributes.CODECS).to.match(/^avc1\.[0-9a-f]{6},mp4a\.40\.2$/);
      expect(attributes.RESOLUTION).to.match(/^\d+x\d+$/);
      expect(attributes['FRAME-RATE']).to.equal('29.970');
      expect(attributes['VIDEO-RANGE']).to.equal('SDR');
      expect(attributes.AUDIO).to.equal('audio');
      const [average, peak] = [Number(attributes['AVERAGE-BANDWIDTH']), Number(attributes.BANDWIDTH)];
      expect(peak).to.be.within(average, average * 2);
    }
    expect(master.text).to.include('#EXT-X-INDEPENDENT-SEGMENTS');
  });

  it('begins with the variant nearest to 2 Mbit/s', () => {
    const distances = variants().map(({ attributes }) =>
      Math.abs(Number(attributes['AVERAGE-BANDWIDTH']) - 2e6),
    );
    expect(distances[0]).to.equal(Math.min(...distances));
  });

  it('has its sound apart, with a language and the target duration of the picture', async () => {
    const [track] = audio();
    expect(track?.attributes).to.include({ TYPE: 'AUDIO', LANGUAGE: 'und', DEFAULT: 'YES', CHANNELS: '2' });
    const targets = await Promise.all(
      [...variants(), ...audio()].map(async ({ uri }) => (await media(uri)).target),
    );
    expect(new Set(targets)).to.have.property('size', 1);
  });

  it('lists whole playlists whose segments sum up to the truth', async () => {
    for (const { uri } of [...variants(), ...audio()]) {
      const { head, map, items, target } = await media(uri);
      expect(head)
        .to.include('#EXT-X-PLAYLIST-TYPE:VOD')
        .and.to.match(/#EXT-X-ENDLIST\n$/);
      expect(map).to.match(/init\.mp4/);
      for (const item of items) expect(item.seconds).to.be.at.most(target + 0.5);
      const sum = items.reduce((total, item) => total + item.seconds, 0);
      expect(sum).to.be.closeTo(Math.round(seconds * rate) / rate, 1 / rate);
    }
  });

  it('states rates that its segments keep', async () => {
    const track = await sizesOf(audio()[0]?.uri ?? '');
    for (const { attributes, uri } of variants()) {
      const own = await sizesOf(uri);
      const average = (own.bits + track.bits) / (Math.round(seconds * rate) / rate);
      expect(Number(attributes['AVERAGE-BANDWIDTH'])).to.be.closeTo(average, average * 0.01);
      expect(Number(attributes.BANDWIDTH)).to.be.at.least(own.fullest);
    }
  });

  async function sizesOf(uri: string): Promise<{ bits: number; fullest: number }> {
    const { items, target } = await media(uri);
    let bits = 0;
    let fullest = 0;
    for (const item of items) {
      const own = (await bytesOf(item.uri)).length * 8;
      bits += own;
      if (item.seconds >= target / 2) fullest = Math.max(fullest, own / item.seconds);
    }
    return { bits, fullest };
  }

  it('begins every segment with a key frame, at the same times in every variant', async () => {
    const times = new Set<string>();
    for (const { uri } of variants()) {
      const { map, items } = await media(uri);
      const init = await bytesOf(map);
      for (const item of items) {
        const [first] = await packetsOf(Buffer.concat([init, await bytesOf(item.uri)]));
        expect(first).to.match(/K/);
      }
      times.add(items.map((item) => item.seconds).join(' '));
    }
    expect(times).to.have.property('size', 1);
  });

  it('offers key frames alone, as ranges from a moof box that decode to one picture', async () => {
    expect(keyFrames()).to.have.length(4);
    for (const { uri } of keyFrames()) {
      const { head, map, items } = await media(uri);
      expect(head).to.include('#EXT-X-I-FRAMES-ONLY');
      expect(items).to.have.length(Math.ceil(Math.round(seconds * rate) / 60));
      const init = await bytesOf(map);
      for (const item of items.slice(0, 3)) {
        const range = await bytesOf(item.uri, item.range);
        expect(range.toString('latin1', 4, 8)).to.equal('moof');
        expect(await packetsOf(Buffer.concat([init, range]))).to.have.length(1);
      }
    }
  });

  /** The flags of each packet that can be read, key frames by K. */
  async function packetsOf(bytes: Buffer): Promise<string[]> {
    const path = join(await clipFolder(), 'piece.mp4');
    await writeFile(path, bytes);
    const { stdout } = await run('ffprobe', [
      '-v',
      'quiet',
      '-show_entries',
      'packet=flags',
      '-of',
      'csv=p=0',
      path,
    ]);
    return stdout.split('\n').filter(Boolean);
  }

  it('is sent compressed, playlists alone', async () => {
    for (const url of [master.url, variants()[0]?.uri ?? '']) {
      const response = await fetch(url, { headers: { 'Accept-Encoding': 'gzip' } });
      expect(response.headers.get('content-encoding')).to.equal('gzip');
    }
  });
});
