import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { describe as describeFile } from '../../../workers/media/describe.ts';
import { hideCodec } from '../../../workers/media/hide-codec.ts';
import { findSandboxTools } from '../../../workers/media/sandbox.ts';
import { clip } from '../../support/clips.ts';
import { useMedia } from '../../support/media.ts';

const probe = { path: 'ffprobe', tools: findSandboxTools(process.env.PATH ?? '') };

describe('the codec of one track, hidden', () => {
  const media = useMedia();
  const codecsOf = async (path: string) =>
    (await describeFile(probe, path, new AbortController().signal)).streams.map(
      ({ codec_type, codec_name = 'unknown' }) => `${codec_type} ${codec_name}`,
    );

  const mp4 = ['-movflags', '+frag_keyframe+empty_moov'];
  for (const [name, words] of [
    ['plain.mp4', []],
    ['fragments.mp4', mp4],
    ['old.mov', []],
    ['tracks.mkv', []],
  ] as const) {
    it(`is unknown, and the others are as they were (${name})`, async () => {
      const twice = ['-map', '0:v', '-map', '0:a', '-map', '0:a', '-c', 'copy', ...words];
      const path = await media.make(name, '-i', await clip(), ...twice);
      expect(await hideCodec(path, 1)).to.equal(true);
      expect(await codecsOf(path)).to.deep.equal(['video h264', 'audio unknown', 'audio aac']);
      expect(await hideCodec(path, 3)).to.equal(false);
    });
  }

  it('is not looked for in other files', async () => {
    const path = await media.make('stream.ts', '-i', await clip(), '-c', 'copy');
    const before = await readFile(path);
    expect(await hideCodec(path, 1)).to.equal(false);
    expect((await readFile(path)).equals(before)).to.equal(true);
    for (const some of ['', 'ab', '\x1aE\xdf\xa3', '\0\0\0\x08moov']) {
      await writeFile(path, Buffer.from(some, 'latin1'));
      expect(await hideCodec(path, 0)).to.equal(false);
    }
  });
});
