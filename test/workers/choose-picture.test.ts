import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createLog } from '../../shared/log.ts';
import { choosePicture } from '../../workers/choose-picture.ts';
import { jpegSize } from '../../workers/media/jpeg.ts';
import type { Step } from '../../workers/run.ts';
import { type Bench, withBothFfmpegs } from '../support/both-ffmpegs.ts';
import { clip, clipFolder, ffmpeg } from '../support/clips.ts';
import { averageColor } from '../support/pixels.ts';
import { simplePlan } from '../support/plans.ts';

const fast = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];

/** 320x180 at 25 a second: `parts` one after another, each a lavfi source without its size. */
async function assembled(name: string, parts: string[], ...words: string[]): Promise<string> {
  const path = join(await clipFolder(), name);
  const inputs = parts.flatMap((part) => ['-f', 'lavfi', '-i', part.replace('@', 'size=320x180:rate=25')]);
  const joined = `${parts.map((_, n) => `[${n}:v]`).join('')}concat=n=${parts.length}:v=1[v]`;
  await ffmpeg(...inputs, '-filter_complex', joined, '-map', '[v]', ...fast, ...words, path);
  return path;
}

withBothFfmpegs((bench) => {
  describe('the picture that stands for a video', () => {
    async function choose(source: string, frameCount: number, size = { width: 320, height: 180 }) {
      const folder = await mkdtemp(join(bench().folder, 'choice-'));
      try {
        const chosen = await choosePicture(
          simplePlan({ frameCount, ...size }),
          source,
          folder,
          stepOf(bench()),
        );
        const file = join(folder, 'chosen');
        await writeFile(file, chosen.jpeg);
        return { ...chosen, color: await averageColor(file), size: jpegSize(chosen.jpeg) };
      } finally {
        await rm(folder, { recursive: true });
      }
    }

    it('is one with something to see, not black, white or plain', async () => {
      const path = await assembled(
        'mostly-plain.mp4',
        ['color=c=black:@:d=9', 'testsrc2=@:d=4', 'color=c=white:@:d=3', 'color=c=0x3050a0:@:d=4'],
        ...['-g', '25'],
      );
      const { atSeconds, look } = await choose(path, 500);
      expect(atSeconds).to.equal(12);
      expect(look.isUsable).to.equal(true);
    });

    it('is looked for between key frames, when there is but one and it is black', async () => {
      const parts = ['color=c=black:@:d=4', 'testsrc2=@:d=4'];
      const path = await assembled('one-key-frame.mp4', parts, '-g', '9999', '-sc_threshold', '0');
      const { atSeconds, look } = await choose(path, 200);
      expect(look.isUsable).to.equal(true);
      expect(atSeconds).to.be.within(4, 8);
    });

    it('is the best there is in a video that is dark all over', async () => {
      const parts = ['color=c=black:@:d=5', 'color=c=0x080808:@:d=5'];
      const { size } = await choose(await assembled('dark.mp4', parts, '-g', '25'), 250);
      expect(size).to.deep.equal({ width: 320, height: 180 });
    });

    it('is the picture, where there is but one', async () => {
      const path = join(await clipFolder(), 'one-frame.mp4');
      await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=320x180', '-frames:v', '1', ...fast, path);
      expect((await choose(path, 1)).look.isUsable).to.equal(true);
    });

    it('is found in a short video, upright ones too', async () => {
      const { size } = await choose(await clip(1.2, '360x640'), 30, { width: 360, height: 640 });
      expect(size).to.deep.equal({ width: 360, height: 640 });
    });

    it('is found in one of a line or two', async () => {
      const path = join(await clipFolder(), 'thin.mkv');
      await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=4097x3:rate=25', '-t', '1', '-c:v', 'ffv1', path);
      expect((await choose(path, 25, { width: 4096, height: 2 })).size).to.deep.equal({
        width: 1280,
        height: 2,
      });
    });

    it('is found in a transport stream, where a seek lands anywhere', async () => {
      const parts = ['color=c=black:@:d=4', 'testsrc2=@:d=8'];
      const path = await assembled('seeking.ts', parts, '-g', '50');
      expect((await choose(path, 300)).look.isUsable).to.equal(true);
    });

    it('is found where the picture ends long before the sound', async () => {
      const path = await assembled('short-picture.ts', ['testsrc2=@:d=4'], '-g', '50');
      const { atSeconds, look } = await choose(path, 1000);
      expect(look.isUsable).to.equal(true);
      expect(atSeconds).to.be.below(4);
    });

    it('is found although some places are damaged', async () => {
      const bytes = Buffer.from(await readFile(await clip(10)));
      const from = bytes.indexOf('mdat');
      for (const share of [0.1, 0.3, 0.5]) {
        const at = from + 1000 + Math.floor(share * (bytes.length - from));
        bytes.fill(0xa5, at, at + 60_000);
      }
      const path = join(await clipFolder(), 'damaged-inside.mp4');
      await writeFile(path, bytes);
      const { look, size } = await choose(path, 250, { width: 640, height: 360 });
      expect(look.isUsable).to.equal(true);
      expect(size).to.deep.equal({ width: 640, height: 360 });
    });

    it('is none when nothing can be decoded', async () => {
      const path = join(await clipFolder(), 'nothing.mp4');
      await writeFile(path, Buffer.alloc(1000));
      const ended = await choose(path, 100).catch((error) => error);
      expect(ended).to.include({ name: 'MillraceError', code: 'undecodable' });
    });
  });
});

/** As much of a step as choosing a picture asks for. */
function stepOf({ tool }: Bench): Step {
  const { signal } = new AbortController();
  return { tools: { ffmpeg: tool } as Step['tools'], log: createLog('silent', 'worker'), signal };
}
