import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { ffmpeg } from '../support/clips.ts';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'check-hls');
const types: Record<string, string> = {
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.m4s': 'video/iso.segment',
  '.mp4': 'video/mp4',
  '.ts': 'video/mp2t',
  '.vtt': 'text/vtt',
};

/** A stream as another program makes it, on a server of ours that can be told to do wrong. */
describe('scripts/check-hls', () => {
  let folder: string;
  let server: Server;
  let origin: string;
  let misbehave: (request: IncomingMessage, response: ServerResponse) => boolean;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-check-hls-'));
    const source = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=9'];
    const sound = ['-f', 'lavfi', '-i', 'sine=duration=9:sample_rate=48000'];
    const codecs = [
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
      '-g',
      '50',
      '-c:a',
      'aac',
    ];
    const hls = [
      '-f',
      'hls',
      '-hls_time',
      '6',
      '-hls_playlist_type',
      'vod',
      '-hls_flags',
      'independent_segments',
    ];
    const at = (name: string) => join(folder, name);
    await ffmpeg(
      ...[...source, ...sound, ...codecs, ...hls, '-hls_segment_type', 'fmp4'],
      ...['-hls_segment_filename', at('seg-%d.m4s'), '-master_pl_name', 'master.m3u8', at('index.m3u8')],
    );
    await ffmpeg(
      ...[...source, ...sound, ...codecs, ...hls, '-hls_segment_filename', at('seg-%d.ts')],
      ...['-master_pl_name', 'ts-master.m3u8', at('ts.m3u8')],
    );
    server = createServer(serveFile);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    misbehave = () => false;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  function serveFile(request: IncomingMessage, response: ServerResponse): void {
    if (misbehave(request, response)) return;
    const name = (request.url ?? '').slice(1).replace(/\?.*/, '');
    let body: Buffer;
    try {
      body = readFileSync(join(folder, name));
    } catch {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', types[extname(name)] ?? 'application/octet-stream');
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (from !== undefined) {
      const part = body.subarray(Number(from), Number(to) + 1);
      const range = `bytes ${from}-${Number(from) + part.length - 1}/${body.length}`;
      response.writeHead(206, { 'Content-Range': range }).end(part);
    } else if (name.endsWith('.m3u8') && /gzip/.test(request.headers['accept-encoding'] ?? '')) {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(body));
    } else response.end(body);
  }

  type Outcome = { code: number; output: string; notes: string };
  function check(...words: string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      execFile(script, words, (error, output, notes) => {
        resolve({ code: error ? Number(error.code) : 0, output, notes });
      });
    });
  }

  /** The rules that the stream breaks beyond those that ffmpeg's playlists always break. */
  async function brokenBy(name = 'master.m3u8'): Promise<Record<string, string>> {
    const { output, notes } = await check(`${origin}/${name}`, '--json');
    expect(notes).to.equal('');
    const { violations } = JSON.parse(output) as {
      violations: { rule: string; where: string; message: string }[];
    };
    const usual = [
      'key-frame-playlists',
      'variant-frame-rate',
      'variant-average-bandwidth',
      'peak-overstated',
    ];
    const others = violations.filter(({ rule }) => ![...usual, 'peak-measured'].includes(rule));
    return Object.fromEntries(others.map(({ rule, where, message }) => [rule, `${where}: ${message}`]));
  }

  /** Runs with one file changed. */
  async function having<T>(name: string, change: (bytes: Buffer) => Buffer | string, work: () => Promise<T>) {
    const path = join(folder, name);
    const before = readFileSync(path);
    writeFileSync(path, change(Buffer.from(before)));
    try {
      return await work();
    } finally {
      writeFileSync(path, before);
    }
  }

  it('tells what another program’s stream breaks, a line each, and how many rules it keeps', async () => {
    const { code, output } = await check(`${origin}/master.m3u8`);
    expect(code).to.equal(1);
    expect(output).to.match(
      /^must {3}key-frame-playlists {2}master\.m3u8 {2}There is no EXT-X-I-FRAME-STREAM-INF\.$/m,
    );
    expect(output).to.match(/^must {3}variant-average-bandwidth {2}master\.m3u8:\d+ {2}\S.*\.$/m);
    expect(output).to.match(/\n\d+ rules kept, \d+ broken\n$/);
    expect(await brokenBy()).to.deep.equal({});
  });

  it('looks into segments: times, key frames, EXTINF', async () => {
    const shift = (bytes: Buffer) => {
      const at = bytes.indexOf('tfdt') + 4;
      bytes.writeBigUInt64BE(bytes.readBigUInt64BE(at + 4) + 12_800n, at + 4);
      return bytes;
    };
    const broken = await having('seg-1.m4s', shift, brokenBy);
    expect(broken['decode-times']).to.match(/^index\.m3u8:\d+: It begins at 7\.000 s, not at 6\.000 s\.$/);
    const short = (bytes: Buffer) => bytes.toString().replace('#EXTINF:6.0', '#EXTINF:5.0');
    expect((await having('index.m3u8', short, brokenBy))['extinf-measured']).to.match(/1\.000 s astray/);
    const late = (bytes: Buffer) => {
      // The first slice becomes one that needs others before it.
      const moof = bytes.readUInt32BE(0) === 24 ? 24 : 0;
      const idr = bytes.indexOf(Buffer.from([0x65]), bytes.indexOf('mdat', moof));
      bytes[idr] = 0x61;
      return bytes;
    };
    expect(await having('seg-1.m4s', late, brokenBy)).to.have.property('key-frame-first');
  });

  it('says when init segment and segments cannot be read', async () => {
    const words = () => 'These are only words, and no boxes at all.';
    expect((await having('seg-0.m4s', words, brokenBy)).boxes).to.match(
      /^seg-0\.m4s: The segment cannot be read/,
    );
    expect((await having('init.mp4', words, brokenBy)).boxes).to.match(/^init\.mp4: The init segment cannot/);
    const codecs = (bytes: Buffer) => bytes.toString().replace(/avc1\.\w{6}/, 'avc1.640028');
    expect(await having('master.m3u8', codecs, brokenBy)).to.have.all.keys('codecs-measured');
  });

  it('sees what a server does wrong', async () => {
    misbehave = (request, response) => {
      const isMoved = request.url === '/seg-0.m4s';
      if (isMoved) response.writeHead(302, { Location: '/seg-0.m4s?moved' }).end();
      return isMoved;
    };
    expect(await brokenBy()).to.deep.equal({ redirect: 'seg-0.m4s: The request is redirected.' });
    misbehave = (request) => {
      delete request.headers.range;
      delete request.headers['accept-encoding'];
      return false;
    };
    expect(await brokenBy(), 'no ranges, no gzip').to.have.all.keys('gzip');
    misbehave = (request, response) => {
      const isGone = request.url === '/seg-1.m4s';
      if (isGone) response.writeHead(403).end();
      return isGone;
    };
    expect((await brokenBy()).status).to.equal('seg-1.m4s: It cannot be had: the server answers 403.');
    misbehave = (_, response) => {
      response.setHeader = () => response;
      return false;
    };
    expect(await brokenBy()).to.have.all.keys('content-type');
  });

  it('says when a stream is not fragmented MP4, and checks the rest', async () => {
    const { code, output } = await check(`${origin}/ts-master.m3u8`);
    expect(code).to.equal(1);
    expect(output).to.match(/^note {3}Its segments are MPEG transport streams\. Of those only the sizes/m);
    expect(output)
      .to.include('key-frame-playlists')
      .and.not.match(/boxes|must {3}map/);
  });

  it('ends with 2 when there is nothing to check, and says why', async () => {
    const cases: [string[], RegExp][] = [
      [[], /^Give one address\.\n\nUsage: scripts\/check-hls URL/],
      [['--quick', origin], /^Unknown option '--quick'/],
      [['stream.m3u8'], /^“stream\.m3u8” is no http or https address\.\n$/],
      [['http://127.0.0.1:1/master.m3u8'], /^127\.0\.0\.1:1 does not answer: .+\.\n$/],
      [[`${origin}/absent.m3u8`], /absent\.m3u8 answers 404\.\n$/],
      [[`${origin}/seg-0.m4s`], /is no HLS playlist; it was sent as video\/iso\.segment\.\n$/],
      [[`${origin}/index.m3u8`], /is a media playlist; give the address of the master/],
    ];
    for (const [words, sentence] of cases) {
      const { code, output, notes } = await check(...words);
      expect({ code, output }).to.deep.equal({ code: 2, output: '' });
      expect(notes).to.match(sentence);
    }
    const { code, output } = await check('--help');
    expect(code).to.equal(0);
    expect(output).to.match(/^ {2}should +gzip +playlists are sent with gzip/m);
  });
});
