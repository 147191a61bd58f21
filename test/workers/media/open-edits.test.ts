import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { openEdits } from '../../../workers/media/open-edits.ts';
import { h264, lookAt, moving, tone, useMedia } from '../../support/media.ts';

type Edit = { seconds: number; from: number; rate?: number };

/** With other edits in place of that of every track; the index must be the last thing in the file. */
async function withEdits(source: string, path: string, edits: Edit[]): Promise<string> {
  let bytes = await readFile(source);
  for (let at = bytes.indexOf('elst'); at >= 0; at = bytes.indexOf('elst', at + 4)) {
    const begin = bytes.readInt32BE(at + 16);
    const added = (edits.length - bytes.readUInt32BE(at + 8)) * 12;
    const list = Buffer.alloc(edits.length * 12);
    const timeScale = bytes.readUInt32BE(bytes.indexOf('mdhd', at) + 16);
    for (const [index, { seconds, from, rate = 1 }] of edits.entries()) {
      list.writeUInt32BE(seconds * 1000, index * 12);
      list.writeInt32BE(from < 0 ? -1 : begin + from * timeScale, index * 12 + 4);
      list.writeInt16BE(rate, index * 12 + 8);
    }
    for (const box of ['moov', 'trak', 'edts', 'elst']) {
      const size = bytes.lastIndexOf(box, at) - 4;
      bytes.writeUInt32BE(bytes.readUInt32BE(size) + added, size);
    }
    bytes.writeUInt32BE(edits.length, at + 8);
    bytes = Buffer.concat([bytes.subarray(0, at + 12), list, bytes.subarray(at + 12 + list.length - added)]);
  }
  await writeFile(path, bytes);
  return path;
}

describe('an edit that names no length', () => {
  const media = useMedia();
  const clip = (name: string, ...more: string[]) =>
    media.make(name, ...moving('25', 2), ...tone(2), ...h264(10), '-c:a', 'aac', ...more);

  /** Times of the picture, and how many packets of sound. */
  async function seen(source: string) {
    const { packets, soundPackets } = await lookAt(source);
    const times = [...packets.times].sort((a, b) => a - b);
    return { frames: times.length, from: times[0], to: times.at(-1), sound: soundPackets?.times.length };
  }

  /** With 0 in place of the length of each edit. */
  async function withoutLengths(source: string, name: string): Promise<string> {
    const bytes = await readFile(source);
    for (let at = bytes.indexOf('elst'); at >= 0; at = bytes.indexOf('elst', at + 4)) {
      bytes.fill(0, at + 12, at + 16);
    }
    await writeFile(media.path(name), bytes);
    return media.path(name);
  }

  for (const [name, ...words] of [
    ['plain'],
    ['with an index in front', '-movflags', '+faststart'],
    ['with its first fragment in the index', '-movflags', '+frag_keyframe', '-use_editlist', '1'],
    ['with fragments alone', '-movflags', '+frag_keyframe+delay_moov', '-use_editlist', '1'],
  ] as const) {
    it(`shows all of what follows: ${name}`, async () => {
      const source = await withoutLengths(await clip(`${name}.mp4`, ...words), `${name}-0.mp4`);
      await openEdits(source);
      const { sound, ...picture } = await seen(source);
      expect(picture).to.deep.equal({ frames: 50, from: 0, to: 1.96 });
      expect(sound).to.be.at.least(94);
    });
  }

  it('leaves every other file as it is', async () => {
    const delayed = ['-itsoffset', '1', ...tone(1), '-movflags', '+faststart'];
    const files = [
      await clip('as-it-is.mp4'),
      await media.make('delayed.mp4', ...moving('25', 2), ...delayed, ...h264(10)),
      await clip('as-it-is.mkv'),
      await clip('as-it-is.ts'),
      media.path('letter.mp4'),
      media.path('empty.mp4'),
    ];
    await writeFile(media.path('letter.mp4'), 'moov or trak, edts or elst '.repeat(100));
    await writeFile(media.path('empty.mp4'), '');
    for (const file of files) {
      await copyFile(file, media.path('copy'));
      await openEdits(media.path('copy'));
      expect((await readFile(media.path('copy'))).equals(await readFile(file)), file).to.equal(true);
    }
  });
});

describe('an edit that is empty or stands still', () => {
  const media = useMedia();
  const played = { seconds: 1, from: 0 };
  const nothing = { seconds: 1, from: -1 };
  const still = { seconds: 1, from: 0.96, rate: 0 };
  const rest = { seconds: 1, from: 1 };

  /** The seconds in which pictures and sound begin, and how many pictures each has; sound by its packets. */
  async function heardAndSeen(edits: Edit[]) {
    const name = `${edits.map(({ from, rate = 1 }) => `${from}x${rate}`).join(' ')}.mp4`;
    const clip = await media.make('clip.mp4', ...moving('25', 2), ...tone(2), ...h264(25), '-c:a', 'aac');
    const source = await withEdits(clip, media.path(name), edits);
    await openEdits(source);
    const { packets, soundPackets } = await lookAt(source);
    const counts: Record<number, number> = {};
    for (const time of packets.times) counts[Math.floor(time)] = (counts[Math.floor(time)] ?? 0) + 1;
    const sounds = [...(soundPackets?.times ?? [])].map((time) => Math.round(time - 0.5));
    return { pictures: counts, sounds: [...new Set(sounds)].filter((second) => second >= 0) };
  }

  for (const [name, edits, seconds] of [
    ['empty between others', [played, nothing, rest], [0, 2]],
    ['still between others', [played, still, rest], [0, 2]],
    ['empty at the end', [played, rest, nothing], [0, 1]],
    ['still at the end', [played, rest, still], [0, 1]],
    ['empty in front', [nothing, played, rest], [1, 2]],
    ['still in front', [still, played, rest], [1, 2]],
    ['every one still, which nobody means', [{ seconds: 2, from: 0, rate: 0 }], [0, 1]],
  ] as const) {
    it(`shows nothing of its own: ${name}`, async () => {
      const { pictures, sounds } = await heardAndSeen([...edits]);
      expect(pictures).to.deep.equal(Object.fromEntries(seconds.map((second) => [second, 25])));
      expect(sounds).to.deep.equal([...seconds]);
    });
  }
});
