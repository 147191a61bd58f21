import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { findLostFragments } from '../../../workers/media/lost-fragments.ts';
import { boxesIn } from '../../../workers/media/mp4-boxes.ts';
import { h264, lookAt, moving, tone, useMedia } from '../../support/media.ts';

describe('fragments behind damage', () => {
  const media = useMedia();
  const fragments = '+empty_moov+default_base_moof+frag_keyframe';
  const clip = (name: string, ...more: string[]) =>
    media.make(name, ...moving('25', 4), ...tone(4), ...h264(10), '-c:a', 'aac', ...more);

  async function codesOf(source: string): Promise<string[]> {
    const { report, video, packets } = await lookAt(source);
    const warnings = await findLostFragments(source, video, packets, report.format.format_name);
    return warnings.map(({ code }) => code);
  }
  const zeros = (bytes: Buffer) =>
    bytes.fill(0, Math.floor(bytes.length * 0.4), Math.floor(bytes.length * 0.6));
  async function changed(source: string, name: string, change: (bytes: Buffer) => Buffer): Promise<string> {
    await writeFile(media.path(name), change(await readFile(source)));
    return media.path(name);
  }

  for (const [name, flags] of [
    ['with a fragment a group', fragments],
    ['with a fragment a frame', '+empty_moov+separate_moof+frag_every_frame'],
    ['with its first frames in front of all', '+frag_keyframe'],
    ['with an index in front', '+dash+frag_keyframe'],
  ] as const) {
    it(`are told of ${name}`, async () => {
      const source = await clip(`${flags}.mp4`, '-movflags', flags);
      expect(await codesOf(source)).to.deep.equal([]);
      expect(await codesOf(await changed(source, `zeros-${flags}.mp4`, zeros))).to.deep.equal([
        'truncated_end',
      ]);
    });
  }

  it('are told of where the last one is cut off, in its samples or before', async () => {
    const source = await clip('whole.mp4', '-movflags', fragments);
    const boxes = await readFile(source).then((bytes) => boxesIn(bytes, 0, bytes.length));
    const [, moof, mdat] = boxes.slice(-4).map(({ start }) => start);
    const places = { samples: Number(mdat) + 500, index: Number(moof) + 50 };
    for (const [name, place] of Object.entries(places)) {
      const cut = await changed(source, `cut-${name}.mp4`, (bytes) => bytes.subarray(0, place));
      expect(await codesOf(cut), name).to.deep.equal(['truncated_end']);
    }
  });

  for (const [name, flags] of [
    ['of all', '+dash+frag_keyframe+global_sidx'],
    ['of each', '+dash+frag_keyframe'],
  ] as const) {
    it(`are told of where those are cut off whole that an index names: ${name}`, async () => {
      const source = await clip(`indexed-${flags}.mp4`, '-movflags', flags);
      expect(await codesOf(source)).to.deep.equal([]);
      const cut = await changed(source, 'cut-indexed.mp4', (bytes) =>
        bytes.subarray(0, bytes.lastIndexOf('moof') - 4),
      );
      expect(await codesOf(cut)).to.deep.equal(['truncated_end']);
    });
  }

  it('are none in what is padded, or followed by something else', async () => {
    const source = await clip('fragments.mp4', '-movflags', fragments);
    for (const [name, tail] of [
      ['zeros', Buffer.alloc(3 * 1024 ** 2)],
      ['free', Buffer.concat([Buffer.from([0, 0, 0x40, 0]), Buffer.from('free'), Buffer.alloc(0x3ff8)])],
      ['text', Buffer.from('an added note with moof and mfhd')],
    ] as const) {
      const added = await changed(source, `${name}.mp4`, (bytes) => Buffer.concat([bytes, tail]));
      expect(await codesOf(added), name).to.deep.equal([]);
    }
  });

  it('are not looked for in files that have none', async () => {
    for (const name of ['plain.mp4', 'plain.mkv']) {
      expect(await codesOf(await changed(await clip(name), `zeros-${name}`, zeros))).to.deep.equal([]);
    }
  });
});
