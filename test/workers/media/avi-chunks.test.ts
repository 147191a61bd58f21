import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { restoreChunks } from '../../../workers/media/avi-chunks.ts';
import { lookAt, moving, tone, useMedia } from '../../support/media.ts';

describe('an AVI with holes', () => {
  const media = useMedia();
  const clip = () =>
    media.make('whole.avi', ...moving('25', 4), ...tone(4), '-c:v', 'mjpeg', '-c:a', 'pcm_s16le');

  async function restored(bytes: Buffer): Promise<Buffer> {
    await writeFile(media.path('changed'), bytes);
    await restoreChunks(media.path('changed'));
    return readFile(media.path('changed'));
  }
  async function timesOf(source: string) {
    const { packets, soundPackets } = await lookAt(source);
    return [packets, soundPackets].map((read) => [...(read?.times ?? [])]);
  }

  it('has its packets where the index says', async () => {
    const source = await clip();
    const bytes = await readFile(source);
    const whole = await timesOf(source);
    for (const share of [0.2, 0.4]) {
      const [from, to] = [share, 1 - share].map((part) => Math.floor(bytes.length * part));
      const holed = Buffer.from(bytes).fill(0, from, to);
      await writeFile(media.path('holed'), holed);
      expect(await timesOf(media.path('holed'))).to.not.deep.equal(whole);
      await restored(holed);
      expect(await timesOf(media.path('changed'))).to.deep.equal(whole);
    }
  });

  it('is left alone where it is whole, cut off, or has the index of another', async () => {
    const bytes = await readFile(await clip());
    const cut = bytes.subarray(0, bytes.length * 0.8);
    const wrong = Buffer.from(bytes);
    for (let entry = wrong.lastIndexOf('idx1') + 8 + 16 * 40; entry < wrong.length; entry += 16) {
      wrong.writeUInt32LE(wrong.readUInt32LE(entry + 8) + 100, entry + 8);
    }
    for (const each of [bytes, cut, wrong])
      expect((await restored(Buffer.from(each))).equals(each)).to.be.true;
  });

  it('does not grow where packets are named behind its end', async () => {
    const chunk = (id: string, length: number, ...held: Buffer[]) => {
      const head = Buffer.from(`${id}\0\0\0\0`);
      head.writeUInt32LE(length, 4);
      return Buffer.concat([head, ...held]);
    };
    const entry = (start: number, length: number) => {
      const [at, long] = [Buffer.alloc(4), Buffer.alloc(4)];
      at.writeUInt32LE(start);
      long.writeUInt32LE(length);
      return Buffer.concat([Buffer.from('00dc'), Buffer.alloc(4), at, long]);
    };
    const index = chunk('idx1', 32, entry(4, 8), entry(4096, 8));
    const packets = chunk('LIST', 1 << 20, Buffer.from('movi'), chunk('00dc', 8, Buffer.alloc(64)));
    const bytes = chunk('RIFF', 1 << 20, Buffer.from('AVI '), index, packets);
    expect((await restored(bytes)).equals(bytes)).to.be.true;
  });
});
