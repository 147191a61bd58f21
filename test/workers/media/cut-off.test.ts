import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { findCutOff, isCutAvi } from '../../../workers/media/cut-off.ts';
import { h264, lookAt, moving, tone, useMedia } from '../../support/media.ts';

describe('a file that was cut off', () => {
  const media = useMedia();
  const kinds = {
    wmv: ['-c:v', 'wmv2', '-c:a', 'wmav2'],
    flv: ['-c:v', 'flv', '-c:a', 'libmp3lame', '-ar', '44100'],
    ogv: ['-c:v', 'libtheora', '-c:a', 'libvorbis'],
    mp4: [...h264(25), '-c:a', 'aac'],
    mov: [...h264(25), '-c:a', 'aac', '-movflags', '+faststart'],
  };
  type Kind = keyof typeof kinds;
  const clip = (kind: Kind) => media.make(`whole.${kind}`, ...moving('25', 4), ...tone(4), ...kinds[kind]);

  async function messagesOf(source: string): Promise<string[]> {
    const { report, packets, soundPackets } = await lookAt(source);
    const end = Math.max(packets.endByte, soundPackets?.endByte ?? 0);
    return (await findCutOff(source, report.format.format_name, end)).map(({ message }) => message);
  }
  async function changed(source: string, change: (bytes: Buffer) => Buffer): Promise<string> {
    await writeFile(media.path('changed'), change(await readFile(source)));
    return media.path('changed');
  }
  const cut = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * 0.6));
  const cutAtEnd = (bytes: Buffer) => bytes.subarray(0, -10);
  const twice = (bytes: Buffer) => Buffer.concat([bytes, bytes]);

  for (const [kind, change] of [
    ['wmv', cut],
    ['ogv', cut],
    ['mp4', cutAtEnd],
  ] as const) {
    it(`is told of: ${kind}`, async () => {
      const source = await clip(kind);
      expect(await messagesOf(source)).to.deep.equal([]);
      const messages = await messagesOf(await changed(source, change));
      expect(messages.join()).to.match(
        /^The end is missing: the file holds \d+ of the \d+ bytes that it names\.$/,
      );
    });
  }

  for (const kind of ['wmv', 'flv', 'mp4', 'mov'] as const) {
    it(`is told of where another one was added: ${kind}`, async () => {
      const source = await clip(kind);
      expect(await messagesOf(source)).to.deep.equal([]);
      const messages = await messagesOf(await changed(source, twice));
      expect(messages.join()).to.match(/^The end is missing: nothing can be found behind byte \d+ of \d+\.$/);
    });
  }

  it('is told of where a transport stream goes on with another program', async () => {
    const part = (name: string, ...more: string[]) =>
      media.make(name, ...moving('25', 8), ...tone(8), ...h264(25), '-c:a', 'aac', ...more);
    const first = await part('first.ts');
    const ids = ['-mpegts_service_id', '2', '-mpegts_pmt_start_pid', '0x1100', '-mpegts_start_pid', '0x200'];
    const next = await readFile(await part('next.ts', ...ids));
    expect(await messagesOf(first)).to.deep.equal([]);
    expect(await messagesOf(await changed(first, twice))).to.deep.equal([]);
    const messages = await messagesOf(await changed(first, (bytes) => Buffer.concat([bytes, next])));
    expect(messages.join()).to.match(/^The end is missing: nothing can be found behind byte \d+ of \d+\.$/);
  });

  it('is no MP4 with something else behind it', async () => {
    const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(bytes.length)]);
    expect(await messagesOf(await changed(await clip('mp4'), padded))).to.deep.equal([]);
  });

  it('is an AVI that is shorter than it says, whatever it lacks in the middle', async () => {
    const source = await media.make('whole.avi', ...moving('25', 4), ...tone(4), '-c:v', 'mpeg4');
    const holed = (bytes: Buffer) => bytes.fill(0, bytes.length >> 2, bytes.length >> 1);
    expect(await isCutAvi(source, 'avi')).to.be.false;
    expect(await isCutAvi(await changed(source, holed), 'avi')).to.be.false;
    expect(await isCutAvi(await changed(source, cut), 'avi')).to.be.true;
  });

  it('is none that was never finished, or joined where ffmpeg goes on', async () => {
    const broadcast = (bytes: Buffer) => {
      const flags = bytes.indexOf('a1dcab8c47a9cf118ee400c00c205365', 0, 'hex') + 88;
      bytes.writeUInt32LE(bytes.readUInt32LE(flags) | 1, flags);
      return cut(bytes);
    };
    expect(await messagesOf(await changed(await clip('wmv'), broadcast))).to.deep.equal([]);
    expect(await messagesOf(await changed(await clip('ogv'), twice))).to.deep.equal([]);
  });
});
