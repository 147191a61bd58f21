import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { prepareFfmpeg } from '../../../workers/media/ffmpeg.ts';
import { lookLater } from '../../../workers/media/look-later.ts';
import { type PlanOptions, planEncoding } from '../../../workers/media/plan.ts';
import { findSandboxTools } from '../../../workers/media/sandbox.ts';
import { h264, lookAt, smallProfile, useMedia } from '../../support/media.ts';

const options: PlanOptions = { maxSeconds: 3600, profile: smallProfile, slots: 1, copyRefused: false };
const run = promisify(execFile);
const black = 30;
const white = 220;

describe('A picture that changes its shape', () => {
  const media = useMedia();
  const tool = () => prepareFfmpeg(media.path(''), 'ffmpeg', findSandboxTools(process.env.PATH ?? ''));

  const planOf = async (source: string) => {
    const found = await lookAt(source);
    const later = await lookLater(tool(), found.video, source, new AbortController().signal);
    return planEncoding({ ...found, later }, options);
  };
  /** The middle of the left border, that of the top, and that of the whole. */
  const looksOf = (path: string) => async (second: number) => {
    const at = ['-ss', String(second), '-i', path, '-frames:v', '1'];
    const gray = ['-vf', 'scale=9:9:flags=area,format=gray', '-f', 'rawvideo', '-'];
    const { stdout } = await run('ffmpeg', ['-v', 'error', ...at, ...gray], { encoding: 'buffer' });
    return [stdout[4 * 9], stdout[4], stdout[4 * 9 + 4]].map((level = 0) =>
      level < black ? 'black' : level > white ? 'white' : String(level),
    );
  };

  const vp9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-b:v', '300k', '-pix_fmt', 'yuv420p'];
  for (const [name, codec] of [
    ['H.264 in MP4', [...h264(25), '-f', 'mp4']],
    ['H.264 in Matroska', [...h264(25), '-f', 'matroska']],
    ['H.264 in MPEG-TS', [...h264(25), '-f', 'mpegts']],
    ['HEVC in MPEG-TS', ['-c:v', 'libx265', '-x265-params', 'log-level=none', '-f', 'mpegts']],
    ['VP9 in WebM', [...vp9, '-f', 'webm']],
  ] as const) {
    it(`is shown whole (${name})`, async () => {
      const parts: string[] = [];
      for (const size of ['320x180', '180x320', '640x360'])
        parts.push(
          await media.make(size, '-f', 'lavfi', '-t', '1', '-i', `color=white:${size}:r=25`, ...codec),
        );
      await writeFile(media.path('list'), parts.map((part) => `file '${part}'\n`).join(''));
      const words = [
        '-f',
        'concat',
        '-safe',
        '0',
        '-i',
        media.path('list'),
        '-c',
        'copy',
        ...codec.slice(-2),
      ];
      const source = await media.make('joined', ...words);

      const plan = await planOf(source);
      expect(plan.copied).to.equal(null);
      await media.encode(plan, source);
      const looks = looksOf(media.path(`0-${plan.rungs.at(-1)?.name}.mp4`));
      expect(await looks(0.5)).to.deep.equal(['white', 'white', 'white']);
      expect(await looks(1.5)).to.deep.equal(['black', 'white', 'white']);
      expect(await looks(2.5)).to.deep.equal(['white', 'white', 'white']);
    });
  }

  const interlaced = [...h264(25), '-flags', '+ildct+ilme'];
  for (const [name, codec] of [
    ['MPEG-2', ['-c:v', 'mpeg2video']],
    ['H.264', h264(25)],
    ['interlaced H.264', interlaced],
  ] as const)
    it(`is shown whole (${name} that goes from 4:3 to 16:9 and back, in pictures of one size)`, async () => {
      const parts: Buffer[] = [];
      for (const [n, aspect] of ['16/15', '64/45', '16/15'].entries()) {
        const white720 = ['-f', 'lavfi', '-t', '1', '-i', 'color=white:720x576:r=25'];
        const words = ['-vf', `setsar=${aspect}`, ...codec, '-output_ts_offset', String(n)];
        parts.push(await readFile(await media.make(`${n}.ts`, ...white720, ...words, '-muxdelay', '0')));
      }
      const source = media.path('joined.ts');
      await writeFile(source, Buffer.concat(parts));
      const plan = await planOf(source);
      expect(plan.picture.first).to.deep.equal({ width: 720, height: 576, aspect: [16, 15] });
      await media.encode(plan, source);
      const top = plan.rungs.at(-1);
      expect([top?.width, top?.height]).to.deep.equal([120, 90]);
      const looks = looksOf(media.path(`0-${top?.name}.mp4`));
      expect(await looks(0.5)).to.deep.equal(['white', 'white', 'white']);
      expect(await looks(1.5)).to.deep.equal(['white', 'black', 'white']);
      expect(await looks(2.5)).to.deep.equal(['white', 'white', 'white']);
    });
});
