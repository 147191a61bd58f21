import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  candidatesCommand,
  closerCommand,
  frameCommand,
  masterSize,
  previewCommand,
} from '../../../workers/media/picture-args.ts';
import { withBothFfmpegs } from '../../support/both-ffmpegs.ts';
import { clip, clipFolder, ffmpeg } from '../../support/clips.ts';
import { averageColor, averageLuma, pictureFacts } from '../../support/pixels.ts';
import { simplePlan } from '../../support/plans.ts';

const tags = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';
const encoded = `out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p,${tags}`;
const bt601 = 'in_color_matrix=bt601:out_color_matrix=bt601';
const toJpeg = `colormatrix=bt709:bt601,scale=${bt601}:in_range=tv:out_range=pc,format=yuvj420p`;

/** 30 s of which the source's clock begins at 10 s, and its picture 0.4 s later. */
const plan = simplePlan(
  { frameCount: 750, width: 1920, height: 1080 },
  {
    originSeconds: 10.4,
    containerStartSeconds: 10,
    rebuilt: null,
    picture: { streamIndex: 2, isInterlaced: false, ignoresMatrix: false, hdr: null, matrix: null },
    chunks: [
      { startFrame: 0, endFrame: 150, seekSeconds: null },
      { startFrame: 150, endFrame: 750, seekSeconds: 4.2 },
    ],
  },
);

describe('pictures taken from a video', () => {
  it('are looked for at key frames, each with a graph of its own', () => {
    const fileOf = (n: number, kind: string) => `${kind}-${n}`;
    const { input, moreInputs, outputs, filter } = candidatesCommand(plan, [3, 9], 'source', fileOf);
    const options = ['-max_error_rate', '1', '-threads', '1', '-noaccurate_seek', '-skip_frame', 'nokey'];
    expect(input).to.deep.equal({ path: 'source', options: [...options, '-ss', '3.4'] });
    expect(moreInputs).to.deep.equal([{ path: 'source', options: [...options, '-ss', '9.4'] }]);
    expect(filter).to.equal(undefined);
    expect(outputs.map(({ path }) => path)).to.deep.equal([
      'picture-0',
      'miniature-0',
      'picture-1',
      'miniature-1',
    ]);
    expect(outputs[2]?.options).to.deep.equal([
      ...['-frames:v', '1', '-map', '1:2', '-vf', `scale=1280:720:${encoded},${toJpeg}`],
      ...['-fps_mode', 'passthrough', '-map_metadata', '-1', '-map_chapters', '-1'],
      ...['-c:v', 'mjpeg', '-qmin', '1', '-q:v', '1', '-threads', '1', '-f', 'mjpeg'],
    ]);
    expect(outputs[3]?.options).to.deep.equal([
      ...['-frames:v', '1', '-map', '1:2', '-vf', `scale=64:64:${encoded},format=gray`],
      ...['-fps_mode', 'passthrough', '-f', 'rawvideo'],
    ]);
  });

  it('are looked for more closely in ten seconds, or in all of a short video', () => {
    const { command, stepSeconds } = closerCommand(plan, 10, 'source', (kind) => kind);
    expect(stepSeconds).to.equal(1.25);
    expect(command.input.options.slice(-2)).to.deep.equal(['-ss', '10.4']);
    expect(command.outputs[0]?.options.join(' ')).to.include(
      `-frames:v 8 -map 0:2 -vf select='isnan(prev_selected_t)+gte(t-prev_selected_t,1.25)',scale=`,
    );
    const short = closerCommand({ ...plan, durationSeconds: 0.04 }, 0, 'source', (kind) => kind);
    expect(short.stepSeconds).to.equal(0.005);
  });

  it('of a chosen frame are made as the encoded one is, from the key frame before, else from where its chunk is', () => {
    const near = frameCommand(plan, 200, false, 'source', 'file');
    expect(near.input.options).to.deep.equal([
      ...['-copyts', '-threads', '1', '-noaccurate_seek', '-ss', '8.38'],
    ]);
    expect(near.filter).to.equal(
      '[0:2]setpts=round(PTS-10.4/TB),fps=25/1,tpad=stop=-1:stop_mode=clone,trim=start_pts=200:end_pts=201,' +
        `scale=1280:720:${encoded},${toJpeg}[p]`,
    );
    expect(frameCommand(plan, 200, true, 'source', 'file').input.options.slice(-1)).to.deep.equal(['4.2']);
    const first = frameCommand(plan, 3, true, 'source', 'file');
    expect(first.input.options).to.not.include('-ss');
    expect(first.filter).to.include('fps=25/1:start_time=0,');
  });

  it('are 1280 at most on the longer side, and never larger than they are', () => {
    const size = (width: number, height: number) => masterSize(simplePlan({ frameCount: 1, width, height }));
    expect(size(1080, 1920)).to.deep.equal({ width: 720, height: 1280 });
    expect(size(640, 360)).to.deep.equal({ width: 640, height: 360 });
    expect(size(162, 122)).to.deep.equal({ width: 162, height: 122 });
  });

  withBothFfmpegs((bench) => {
    const bt709 = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'];

    /** Frame n has the brightness 2 n of 219 steps, which is 2.33 n of 255; a key frame every 40. */
    async function countingClip(name: string, ...words: string[]): Promise<string> {
      const path = join(await clipFolder(), name);
      const source = `nullsrc=size=160x90:rate=25:duration=4,geq=lum='16+2*N':cb=128:cr=128`;
      const encoder = ['-c:v', 'libx264', '-preset', 'fast', '-crf', '3', '-g', '40', '-pix_fmt', 'yuv420p'];
      await ffmpeg('-f', 'lavfi', '-i', source, ...encoder, ...bt709, '-sc_threshold', '0', ...words, path);
      return path;
    }
    const counting = simplePlan({ frameCount: 100, width: 160, height: 90 });

    async function frameShown(source: string, frame: number, about = counting): Promise<number> {
      const file = join(bench().folder, `frame-${frame}`);
      for (const isCareful of [false, true]) {
        await bench().run(frameCommand(about, frame, isCareful, source, file));
        if ((await stat(file)).size > 0) break;
      }
      return Math.round((((await averageLuma(file)) / 255) * 219) / 2);
    }

    it('show the very frame that was asked for', async () => {
      const source = await countingClip('counting.mp4');
      for (const frame of [0, 1, 24, 39, 40, 41, 77, 99])
        expect(await frameShown(source, frame)).to.equal(frame);
    });

    it('show it in a container without an index, too', async () => {
      const source = await countingClip('counting.ts', '-muxdelay', '0', '-muxpreload', '0');
      const start = 0.08;
      const about = { ...counting, originSeconds: start, containerStartSeconds: start };
      for (const frame of [0, 38, 41, 83, 99]) expect(await frameShown(source, frame, about)).to.equal(frame);
    });

    it('show the last one where the end of the file cannot be decoded', async () => {
      const source = await countingClip('counting-short.mp4');
      const longer = simplePlan({ frameCount: 110, width: 160, height: 90 });
      expect(await frameShown(source, 109, longer)).to.equal(99);
    });

    it('show a picture that has stood still for long', async () => {
      const path = join(await clipFolder(), 'still.mkv');
      const source = "nullsrc=size=160x90:rate=25:duration=8,geq=lum='16+10*min(N,20)':cb=128:cr=128";
      const sparse = "select='lt(n,10)+gte(n,190)'";
      const words = ['-vf', sparse, '-fps_mode', 'vfr', '-c:v', 'libx264', '-g', '5', '-crf', '3'];
      await ffmpeg('-f', 'lavfi', '-i', source, ...words, path);
      const file = join(bench().folder, 'still');
      const about = simplePlan({ frameCount: 200, width: 160, height: 90 });
      await bench().run(frameCommand(about, 120, false, path, file));
      expect(Math.round(((await averageLuma(file)) / 255) * 219)).to.be.closeTo(90, 2);
    });

    it('have the colours of the video', async () => {
      const path = join(await clipFolder(), 'green.mp4');
      const source = 'color=c=0x20B040:size=320x180:rate=25:duration=1';
      const toMatrix = 'scale=out_color_matrix=bt709:out_range=tv,format=yuv420p';
      const encoder = ['-c:v', 'libx264', '-crf', '5', ...bt709];
      await ffmpeg('-f', 'lavfi', '-i', source, '-vf', toMatrix, ...encoder, path);
      const file = join(bench().folder, 'green');
      const about = simplePlan({ frameCount: 25, width: 320, height: 180 });
      await bench().run(frameCommand(about, 12, false, path, file));
      const [red, green, blue] = await averageColor(file);
      expect(red).to.be.closeTo(0x20, 8);
      expect(green).to.be.closeTo(0xb0, 8);
      expect(blue).to.be.closeTo(0x40, 8);
    });

    it('make a preview of three seconds that runs over and over', async () => {
      const file = join(bench().folder, 'preview');
      const about = simplePlan({ frameCount: 150, width: 640, height: 360 });
      await bench().run(previewCommand(about, 3, 50, await clip(6), file));
      const bytes = await readFile(file);
      expect(bytes.length).to.be.within(5000, 300 * 1024);
      const { width, height, delays, loops } = animationOf(bytes);
      expect([width, height, loops]).to.deep.equal([320, 180, 0]);
      expect(delays.reduce((sum, delay) => sum + delay, 0)).to.be.closeTo(3000, 110);
      expect(delays.length).to.be.within(25, 30);
    });

    it('make a preview that begins at a key frame, before the time that was asked for', async () => {
      const path = await countingClip('previewed.mp4');
      const file = join(bench().folder, 'early-preview');
      await bench().run(previewCommand(counting, 1.5, 50, path, file));
      const { delays } = animationOf(await readFile(file));
      expect(delays.reduce((sum, delay) => sum + delay, 0)).to.be.closeTo(3000, 110);
    });

    it('make a preview of what there is of a video shorter than that', async () => {
      const file = join(bench().folder, 'short-preview');
      const about = simplePlan({ frameCount: 30, width: 360, height: 640 });
      await bench().run(previewCommand(about, 0, 50, await clip(1.2, '360x640'), file));
      const { width, height, delays } = animationOf(await readFile(file));
      expect([width, height]).to.deep.equal([180, 320]);
      expect(delays.reduce((sum, delay) => sum + delay, 0)).to.be.closeTo(1200, 110);
    });

    it('leave an empty file for a place where there is none', async () => {
      const fileOf = (n: number, kind: string) => join(bench().folder, `${kind}-${n}`);
      const about = simplePlan({ frameCount: 5000, width: 640, height: 360 });
      await bench().run(candidatesCommand(about, [1, 150], await clip(2), fileOf));
      expect(await pictureFacts(fileOf(0, 'picture'))).to.equal('mjpeg 640x360');
      expect((await stat(fileOf(0, 'miniature'))).size).to.equal(64 * 64);
    });
  });
});

/** Reads an animated WebP by its chunks: sizes in pixels, how long each picture stands in milliseconds. */
function animationOf(bytes: Buffer) {
  const found = { width: 0, height: 0, loops: -1, delays: [] as number[] };
  for (let at = 12; at + 8 <= bytes.length; ) {
    const kind = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const body = at + 8;
    if (kind === 'VP8X') {
      found.width = bytes.readUIntLE(body + 4, 3) + 1;
      found.height = bytes.readUIntLE(body + 7, 3) + 1;
    }
    if (kind === 'ANIM') found.loops = bytes.readUInt16LE(body + 4);
    if (kind === 'ANMF') found.delays.push(bytes.readUIntLE(body + 12, 3));
    at = body + length + (length % 2);
  }
  return found;
}
