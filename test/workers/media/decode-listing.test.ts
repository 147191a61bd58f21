import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type Decoded, listingCommand, readListing } from '../../../workers/media/decode-listing.ts';
import { clip, clipFolder, ffmpeg } from '../../support/clips.ts';

const run = promisify(execFile);

describe('listing the frames of a file', () => {
  async function list(path: string): Promise<Decoded> {
    const { input, outputs } = listingCommand(path, join(await clipFolder(), 'frames.txt'));
    const [output] = outputs;
    await run('ffmpeg', ['-y', ...input.options, '-i', path, ...(output?.options ?? []), output?.path ?? '']);
    return readListing(await readFile(output?.path ?? '', 'utf8'));
  }

  it('counts them, and keeps times that are no multiple of the rate', async () => {
    const late = join(await clipFolder(), 'late.mkv');
    const source = await clip(2, '320x180', '30000/1001');
    await ffmpeg('-i', source, '-an', '-c', 'copy', '-output_ts_offset', '1.01', late);
    const { frames, startSeconds, endSeconds } = await list(late);
    expect(frames).to.equal(60);
    expect(startSeconds).to.be.closeTo(1.01, 0.001);
    expect(endSeconds).to.be.closeTo(1.01 + 2.002, 0.002);
  });

  it('does so for sound', async () => {
    const sound = join(await clipFolder(), 'late-sound.mkv');
    const words = ['-vn', '-c:a', 'pcm_s16le', '-output_ts_offset', '3'];
    await ffmpeg('-i', await clip(2, '320x180', '30000/1001'), ...words, sound);
    const { startSeconds, endSeconds } = await list(sound);
    expect(startSeconds).to.be.closeTo(3, 0.001);
    expect(endSeconds).to.be.closeTo(5, 0.03);
  });

  it('reads an empty list as nothing', () => {
    expect(readListing('#software: Lavf\n')).to.deep.equal({ frames: 0, startSeconds: 0, endSeconds: 0 });
  });

  it('takes frames as shown, in whatever order they come', () => {
    const text = '#tb 0: 1/10\n#codec_id 0: rawvideo\n0, 4, 6, 2, 9, 0x1\n0, 5, 4, 2, 9, 0x2\n';
    expect(readListing(text)).to.deep.equal({ frames: 2, startSeconds: 0.4, endSeconds: 0.8 });
  });
});
