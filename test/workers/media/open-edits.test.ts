import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { openEdits } from '../../../workers/media/open-edits.ts';
import { h264, lookAt, moving, tone, useMedia } from '../../support/media.ts';

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
