import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { FfmpegError } from '../../../workers/media/ffmpeg.ts';
import {
  posterSizes,
  sizesCommand,
  spritesCommand,
  tilesIn,
  tilesOutput,
  uploadCommand,
} from '../../../workers/media/image-args.ts';
import { jpegSize, splitJpegs } from '../../../workers/media/jpeg.ts';
import { planSheets } from '../../../workers/media/sheets.ts';
import { type Bench, withBothFfmpegs } from '../../support/both-ffmpegs.ts';
import { clip, clipFolder, dressedPlaylist, textFile } from '../../support/clips.ts';
import { pictureFile, turnedPicture } from '../../support/pictures.ts';
import { averageColor, pictureFacts } from '../../support/pixels.ts';

const forJpeg = 'out_color_matrix=bt601:out_range=pc,setsar=1,format=yuvj420p';
const forWebp = 'out_color_matrix=bt601:out_range=tv,setsar=1,format=yuv420p';
const bare = ['-map_metadata', '-1', '-map_chapters', '-1'];

const picture = { streamIndex: 0, isInterlaced: false, ignoresMatrix: false, hdr: null, matrix: null };

describe('the sizes of a poster', () => {
  const widths = (width: number, height: number) =>
    posterSizes({ width, height }).map((size) => `${size.width}x${size.height}`);

  it('are 320, 640 and 1280 across', () => {
    expect(widths(1280, 720)).to.deep.equal(['320x180', '640x360', '1280x720']);
    expect(widths(4000, 3000)).to.deep.equal(['320x240', '640x480', '1280x960']);
  });

  it('are as many pixels of an upright picture', () => {
    expect(widths(1080, 1920)).to.deep.equal(['180x320', '360x640', '720x1280']);
  });

  it('are never larger than the picture, and end with its own', () => {
    expect(widths(852, 480)).to.deep.equal(['320x180', '640x360', '852x480']);
    expect(widths(640, 360)).to.deep.equal(['320x180', '640x360']);
    expect(widths(161, 121)).to.deep.equal(['160x120']);
    expect(widths(1, 1)).to.deep.equal(['2x2']);
  });
});

describe('the command for', () => {
  it('the sizes of a poster makes all of them in one run', () => {
    const sizes = posterSizes({ width: 640, height: 360 });
    expect(sizesCommand('picture', sizes, (width, format) => `${width}.${format}`)).to.deep.equal({
      input: {
        path: 'picture',
        options: ['-threads', '1', '-format_whitelist', 'jpeg_pipe,png_pipe,webp_pipe'],
      },
      filter:
        `[0:v]split=4[j0][w0][j1][w1];[j0]scale=320:180:${forJpeg}[jpg0];[w0]scale=320:180:${forWebp}[webp0];` +
        `[j1]scale=640:360:${forJpeg}[jpg1];[w1]scale=640:360:${forWebp}[webp1]`,
      outputs: ['320', '640'].flatMap((width, n) => [
        {
          path: `${width}.jpg`,
          options: [
            ...['-map', `[jpg${n}]`, '-frames:v', '1', '-threads', '1', ...bare],
            ...['-c:v', 'mjpeg', '-q:v', '3', '-f', 'mjpeg'],
          ],
        },
        {
          path: `${width}.webp`,
          options: [
            ...['-map', `[webp${n}]`, '-frames:v', '1', '-threads', '1', ...bare],
            ...['-c:v', 'libwebp', '-quality', '75', '-compression_level', '2', '-f', 'webp'],
          ],
        },
      ]),
    });
  });

  it('a chunk’s tiles chooses its frames by number', () => {
    const storyboard = { intervalSeconds: 1, width: 160, height: 90, frames: [0, 25, 50, 75] };
    const made = tilesOutput({ storyboard, picture }, [0, 25], '[t]', '[tiles]', 'file');
    expect(made).to.deep.equal({
      filter: `[t]select='eq(n,0)+eq(n,25)',scale=160:90:${forJpeg}[tiles]`,
      output: {
        path: 'file',
        options: [
          ...['-map', '[tiles]', '-fps_mode', 'passthrough', ...bare],
          ...['-c:v', 'mjpeg', '-q:v', '5', '-threads', '1', '-f', 'mjpeg'],
        ],
      },
    });
    const none = tilesOutput({ storyboard, picture }, [], '[t]', '[tiles]', 'file');
    expect(none, 'a chunk without tiles').to.equal(undefined);
  });

  it('sprites fills each sheet in turn', () => {
    const { input, filter, outputs } = spritesCommand('tiles', planSheets(112), ['a', 'b']);
    expect(input.options).to.deep.equal(['-threads', '1', '-format_whitelist', 'mjpeg', '-f', 'mjpeg']);
    expect(filter).to.equal(
      '[0:v]split=2[t0][t1];[t0]trim=start_frame=0:end_frame=100,tile=10x10[s0];' +
        '[t1]trim=start_frame=100:end_frame=112,tile=10x2[s1]',
    );
    expect(outputs.map(({ path }) => path)).to.deep.equal(['a', 'b']);
  });
});

withBothFfmpegs((bench) => {
  const made = (name: string) => join(bench().folder, name);

  describe('an uploaded picture', () => {
    const upload = async (path: string) => {
      await bench().run(uploadCommand(path, made('upload')));
      return jpegSize(await readFile(made('upload')));
    };

    for (const kind of ['jpg', 'png', 'webp'] as const) {
      it(`may be a ${kind}, whatever it is called`, async () => {
        expect(await upload(await pictureFile(kind))).to.deep.equal({ width: 900, height: 600 });
      });
    }

    it('is made upright when its camera was turned', async () => {
      const left = 'color=c=red:size=200x100,drawbox=w=100:h=100:color=blue:t=fill';
      expect(await upload(await turnedPicture(left))).to.deep.equal({ width: 100, height: 200 });
      const [red, , blue] = await averageColor(made('upload'), '100:90:0:0');
      expect([red < 40, blue > 200], 'what was left is above').to.deep.equal([true, true]);
    });

    it('is made no larger than 1280, and keeps its shape', async () => {
      const path = await pictureFile('png', 'testsrc2=size=1000x3000', 'tall');
      expect(await upload(path)).to.deep.equal({ width: 426, height: 1280 });
    });

    it('may be larger than any video', async () => {
      const path = await pictureFile('jpg', 'color=c=red:size=8160x6120', 'from-a-phone');
      expect(await upload(path)).to.deep.equal({ width: 1280, height: 960 });
    });

    it('may lack its last two bytes, which only say that it ends', async () => {
      const jpeg = await readFile(await pictureFile('jpg'));
      expect(await upload(await written('endless', jpeg.subarray(0, -2)))).to.include({ width: 900 });
    });

    for (const [size, width, height] of [
      ['3x2000', 2, 1280],
      ['4000x3', 1280, 2],
      ['2x2', 2, 2],
    ] as const) {
      it(`is taken when it is as narrow as ${size}`, async () => {
        const path = await pictureFile('png', `color=c=red:size=${size}`, size);
        expect(await upload(path)).to.deep.equal({ width, height });
      });
    }

    it('shows nothing that its transparency hides', async () => {
      const graph = "nullsrc=size=300x200,format=rgba,geq=r=255:g=0:b=0:a='255*gte(X,150)'";
      await upload(await pictureFile('png', graph, 'transparent'));
      const [hidden] = await averageColor(made('upload'), '100:200:0:0');
      const [shown] = await averageColor(made('upload'), '100:200:200:0');
      expect([hidden < 10, shown > 200]).to.deep.equal([true, true]);
    });

    const half = async (kind: 'png' | 'jpg' | 'webp') => {
      const bytes = await readFile(await pictureFile(kind));
      return written(`half-${kind}`, bytes.subarray(0, bytes.length / 2));
    };
    const refused: [string, () => Promise<string>][] = [
      ['a text', textFile],
      ['a video', () => clip(1)],
      ['an animation', () => pictureFile('gif')],
      ['a playlist dressed as a picture', () => dressedPlaylist('/etc/hostname')],
      ['an SVG', () => written('svg', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
      ['nothing at all', () => written('empty', '')],
      ['half a PNG', () => half('png')],
      ['half a JPEG', () => half('jpg')],
      ['half a WebP', () => half('webp')],
      ['larger than 50 megapixels', () => pictureFile('jpg', 'color=c=red:size=10000x5100', 'huge')],
    ];
    for (const [what, make] of refused) {
      it(`is refused when it is ${what}`, async () => {
        const file = made('refused');
        const path = await make();
        const ended = await bench()
          .run(uploadCommand(path, file))
          .then(
            async () => (await stat(file)).size,
            (error) => error,
          );
        if (ended !== 0) expect(ended).to.be.instanceOf(FfmpegError);
      });
    }

    it('is not one of many that its name is a pattern for', async () => {
      // The demuxer of numbered files would read picture-7-1 for picture-7-%d.
      await copyFile(await pictureFile('jpg'), made('numbered-1.jpg'));
      const ended = await bench()
        .run(uploadCommand(made('numbered-%d.jpg'), made('refused')))
        .catch((error) => error);
      expect(ended).to.be.instanceOf(FfmpegError);
    });
  });

  it('makes every size of a poster in JPEG and WebP, with its colours', async () => {
    const picture = await pictureFile('jpg', 'color=c=0x20B040:size=1280x720', 'green');
    const sizes = posterSizes({ width: 1280, height: 720 });
    const fileOf = (width: number, format: string) => made(`size-${width}-${format}`);
    await bench().run(sizesCommand(picture, sizes, fileOf));
    for (const { width, height } of sizes) {
      expect(await pictureFacts(fileOf(width, 'jpg'))).to.equal(`mjpeg ${width}x${height}`);
      expect(await pictureFacts(fileOf(width, 'webp'))).to.equal(`webp ${width}x${height}`);
      for (const format of ['jpg', 'webp']) {
        const [red, green, blue] = await averageColor(fileOf(width, format));
        expect(red, format).to.be.closeTo(0x20, 8);
        expect(green, format).to.be.closeTo(0xb0, 8);
        expect(blue, format).to.be.closeTo(0x40, 8);
      }
    }
  });

  it('makes tiles of a chunk’s very frames, and sprites without losing the last', async () => {
    const frames = Array.from({ length: 112 }, (_, tile) => tile * 2);
    const storyboard = { intervalSeconds: 0.08, width: 32, height: 18, frames };
    const stream = await tilesOf(bench(), storyboard, [0, 10, 11, 225]);
    expect(splitJpegs(stream)).to.have.length(112);
    await writeFile(made('tiles'), stream);
    const sheets = planSheets(112);
    const files = sheets.map((_, n) => made(`sheet-${n}`));
    await bench().run(spritesCommand(made('tiles'), sheets, files));
    expect(await Promise.all(files.map(pictureFacts))).to.deep.equal(['mjpeg 320x180', 'mjpeg 320x36']);

    /** Which frame stands at a place: each has a brightness of its own. */
    const shown = async (sheet: number, tile: number) => {
      const crop = `16:8:${(tile % 10) * 32 + 8}:${Math.floor(tile / 10) * 18 + 5}`;
      const [, green] = await averageColor(files[sheet] ?? '', crop);
      return green;
    };
    for (const [sheet, tile, k] of [
      [0, 0, 0],
      [0, 99, 99],
      [1, 0, 100],
      [1, 11, 111],
    ] as const) {
      expect(await shown(sheet, tile), `tile ${k}`).to.be.closeTo(2 * k, 4);
    }
    expect(await shown(1, 12), 'beyond the last').to.be.lessThan(4);
  });
});

async function written(name: string, content: string | Buffer): Promise<string> {
  const path = join(await clipFolder(), `written-${name}`);
  await writeFile(path, content);
  return path;
}

/** What chunks between these frames store, joined: frame n is gray of n. */
async function tilesOf(
  bench: Bench,
  storyboard: { intervalSeconds: number; width: number; height: number; frames: number[] },
  borders: number[],
): Promise<Buffer> {
  const source = await gradedClip(bench);
  const streams: Buffer[] = [];
  for (const [n, startFrame] of borders.slice(0, -1).entries()) {
    const span = { startFrame, endFrame: borders[n + 1] ?? startFrame };
    const file = join(bench.folder, `tiles-${n}`);
    const frames = tilesIn({ storyboard, chunks: [{ ...span, seekSeconds: null }] }, 0);
    const tiles = tilesOutput({ storyboard, picture }, frames, '[in]', '[tiles]', file);
    if (!tiles) continue;
    const trim = `[0:0]trim=start_frame=${span.startFrame}:end_frame=${span.endFrame}[in]`;
    await bench.run({
      input: { path: source, options: [] },
      filter: `${trim};${tiles.filter}`,
      outputs: [tiles.output],
    });
    streams.push(await readFile(file));
  }
  return Buffer.concat(streams);
}

async function gradedClip({ folder, run }: Bench): Promise<string> {
  const path = join(folder, 'graded.mkv');
  const picture = join(folder, 'one');
  await copyFile(await pictureFile('png', 'color=c=black:size=64x36', 'black'), picture);
  await run({
    input: { path: picture, options: ['-format_whitelist', 'png_pipe'] },
    filter: "[0:v]loop=224:1,setpts=N/25/TB,format=gray,geq=lum='N',format=yuvj420p[v]",
    outputs: [
      { path, options: ['-map', '[v]', '-r', '25', '-c:v', 'libx264', '-crf', '3', '-f', 'matroska'] },
    ],
  });
  return path;
}
