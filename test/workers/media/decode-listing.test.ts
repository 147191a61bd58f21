import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import {
  type Decoded,
  judgePicture,
  judgeSound,
  listingCommand,
  readListing,
} from '../../../workers/media/decode-listing.ts';
import { clip, clipFolder, ffmpeg } from '../../support/clips.ts';

const run = promisify(execFile);

describe('listing the frames of a file', () => {
  async function list(path: string): Promise<Decoded> {
    const { input, outputs } = listingCommand({ path, listing: join(await clipFolder(), 'frames.txt') });
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

describe('judging what came out of a decoder', () => {
  const rate = { numerator: 25, denominator: 1 };
  const span = { startFrame: 50, endFrame: 100 };
  const picture = { frames: 50, startSeconds: 2, endSeconds: 4 };

  it('takes the frames of a picture that are due, within half a frame', () => {
    expect(judgePicture(picture, span, rate)).to.equal(undefined);
    expect(judgePicture({ ...picture, startSeconds: 2.019, endSeconds: 4.019 }, span, rate)).to.equal(
      undefined,
    );
    expect(judgePicture({ ...picture, frames: 49 }, span, rate)).to.equal(
      'holds 49 frames that decode; 50 are due',
    );
    expect(judgePicture({ ...picture, startSeconds: 1.9 }, span, rate)).to.equal(
      'is shown from 1.900 s; 2.000 s is due',
    );
    expect(judgePicture({ ...picture, endSeconds: 4.1 }, span, rate)).to.equal(
      'is shown until 4.100 s; 4.000 s is due',
    );
  });

  const frame = 1024 / 48_000;
  const sound = { start: 282 * frame, seconds: 100 * frame, latest: 20 };

  it('takes sound with its early frame, or without the first one', () => {
    const [start, end] = [281 * frame, 381 * frame];
    expect(judgeSound({ frames: 100, startSeconds: start, endSeconds: end }, sound)).to.equal(undefined);
    const without = { frames: 99, startSeconds: start + frame, endSeconds: end };
    expect(judgeSound(without, sound)).to.equal(undefined);
    expect(judgeSound({ ...without, frames: 98 }, sound)).to.match(
      /^holds 98 frames that decode; 100 are due/,
    );
    expect(judgeSound({ frames: 100, startSeconds: start + 0.011, endSeconds: end }, sound)).to.match(
      /^is heard from 6\.006 s; 5\.995 s is due/,
    );
  });

  it('takes a last frame that counts in part, or is all there is', () => {
    const last = { start: 282 * frame, seconds: 256 / 48_000, latest: 20 };
    const shown = { frames: 1, startSeconds: 281 * frame, endSeconds: 282 * frame };
    expect(judgeSound(shown, last)).to.equal(undefined);
    expect(judgeSound({ frames: 0, startSeconds: 0, endSeconds: 0 }, last)).to.equal(undefined);
    const sample = { ...last, seconds: 100 * frame + 1 / 48_000 };
    const all = { frames: 101, startSeconds: 281 * frame, endSeconds: 382 * frame };
    expect(judgeSound(all, sample)).to.equal(undefined);
  });

  it('refuses sound that goes on long after the picture', () => {
    const decoded = { frames: 100, startSeconds: 281 * frame, endSeconds: 381 * frame };
    expect(judgeSound(decoded, { ...sound, latest: 7 })).to.equal(
      'goes on until 8.128 s, long after the picture',
    );
  });
});
