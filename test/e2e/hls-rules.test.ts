import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { isSettled } from '../../scripts/client.ts';
import { type MediaText, parseMaster, parseMedia } from '../../workers/media/hls-parse.ts';
import { clip, clipFolder } from '../support/clips.ts';
import { type System, startSystem } from '../support/system.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const seconds = 13;
const rate = 30_000 / 1001;

/** What a player is given, checked as anyone can check it, and what the rules of HLS do not say. */
describe('the published HLS', () => {
  let system: System;
  let playlist: string;
  let master: ReturnType<typeof parseMaster>;

  before(async () => {
    system = await startSystem();
    await system.startWorker();
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(await clip(seconds, '1280x720', '30000/1001'));
    const { state } = await client.follow(videoId, isSettled);
    expect(state).to.equal('ready');
    ({ playlist } = await client.playback(videoId));
    master = parseMaster((await bytesOf(playlist)).toString());
  });
  after(() => system.stop());

  async function bytesOf(url: string, range?: { bytes: number; offset: number } | null): Promise<Buffer> {
    const last = range ? range.offset + range.bytes - 1 : 0;
    const headers: Record<string, string> = range ? { Range: `bytes=${range.offset}-${last}` } : {};
    const response = await fetch(url, { redirect: 'error', headers });
    expect(response.status).to.equal(range ? 206 : 200);
    return Buffer.from(await response.arrayBuffer());
  }

  async function media({ uri }: { uri: string | null }): Promise<MediaText> {
    return parseMedia((await bytesOf(new URL(uri ?? '', playlist).href)).toString());
  }

  it('keeps every rule that scripts/check-hls knows', async () => {
    const { stdout } = await run(join(root, 'scripts', 'check-hls'), [playlist, '--json']).catch(
      (error) => error,
    );
    const { violations, notes, segments, broken } = JSON.parse(stdout);
    expect(violations).to.deep.equal([]);
    expect({ notes, broken }).to.deep.equal({ notes: [], broken: 0 });
    const lists = await Promise.all([...master.variants, ...master.media].map(media));
    expect(segments).to.equal(lists.reduce((sum, { items }) => sum + items.length, 0));
  });

  it('describes every variant as what it is', () => {
    expect(master.variants).to.have.length(4);
    for (const { attributes } of master.variants) {
      expect(attributes.CODECS).to.match(/^avc1\.[0-9a-f]{6},mp4a\.40\.2$/);
      expect(attributes).to.include({ 'FRAME-RATE': '29.970', 'VIDEO-RANGE': 'SDR', AUDIO: 'audio' });
    }
    const [track] = master.media;
    expect(track?.attributes).to.include({ TYPE: 'AUDIO', LANGUAGE: 'und', DEFAULT: 'YES', CHANNELS: '2' });
  });

  it('lasts as long as the source', async () => {
    for (const entry of [...master.variants, ...master.media]) {
      const { items } = await media(entry);
      const sum = items.reduce((total, item) => total + item.seconds, 0);
      expect(sum).to.be.closeTo(Math.round(seconds * rate) / rate, 1 / rate);
    }
  });

  it('begins every segment with a frame that decodes alone', async () => {
    for (const entry of master.variants) {
      const { items } = await media(entry);
      for (const { uri, map } of items) {
        const [first] = await packetsOf(Buffer.concat([await bytesOf(map?.uri ?? ''), await bytesOf(uri)]));
        expect(first).to.match(/K/);
      }
    }
  });

  it('offers key frames alone, as ranges from a moof box that decode to one picture', async () => {
    expect(master.keyFrames).to.have.length(4);
    for (const entry of master.keyFrames) {
      const { items } = await media(entry);
      expect(items).to.have.length(Math.ceil(Math.round(seconds * rate) / 60));
      for (const { uri, range, map } of items.slice(0, 3)) {
        const bytes = await bytesOf(uri, range);
        expect(bytes.toString('latin1', 4, 8)).to.equal('moof');
        const init = await bytesOf(map?.uri ?? '');
        expect(await packetsOf(Buffer.concat([init, bytes]))).to.have.length(1);
      }
    }
  });

  /** The flags of each packet that can be read, key frames by K. */
  async function packetsOf(bytes: Buffer): Promise<string[]> {
    const path = join(await clipFolder(), 'piece.mp4');
    await writeFile(path, bytes);
    const words = ['-v', 'quiet', '-show_entries', 'packet=flags', '-of', 'csv=p=0', path];
    const { stdout } = await run('ffprobe', words);
    return stdout.split('\n').filter(Boolean);
  }
});
