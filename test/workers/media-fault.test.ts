import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { MillraceError } from '../../shared/errors.ts';
import { FfmpegError, runFfmpeg } from '../../workers/media/ffmpeg.ts';
import { mediaFault } from '../../workers/media-fault.ts';
import { openBench } from '../support/both-ffmpegs.ts';
import { tinyClips } from '../support/clips.ts';
import { onLinuxOnly } from '../support/ffmpegs.ts';

const run = promisify(execFile);

describe('the fault of a file', () => {
  it('is sound of which most does not decode', async () => {
    const bench = await openBench();
    try {
      const path = `${bench.folder}/noise.mkv`;
      const words = ['-f', 'lavfi', '-i', 'sine=duration=2', '-c:a', 'ac3', '-bsf:a', 'noise=amount=3'];
      await run('ffmpeg', ['-v', 'error', ...words, path]);
      const { signal } = new AbortController();
      const decode = { input: { path, options: [] }, outputs: [{ path: '-', options: ['-f', 'null'] }] };
      const error = await runFfmpeg(bench.tool, decode, { signal })
        .catch(mediaFault)
        .catch((cause) => cause);
      expect(error).to.be.instanceOf(MillraceError).and.include({ code: 'undecodable' });
    } finally {
      await bench.close();
    }
  });

  it('is sound of which nothing decodes', async () => {
    const bench = await openBench();
    try {
      const path = `${bench.folder}/cut.ts`;
      const whole = (await tinyClips()).find((name) => name.endsWith('.ts')) ?? expect.fail('no clip');
      // Two pictures, and the beginning of a packet of sound.
      await writeFile(path, (await readFile(whole)).subarray(0, 7959));
      const decode = {
        input: { path, options: [] },
        filter: '[0:1]aresample=48000[a]',
        outputs: [{ path: '-', options: ['-map', '[a]', '-f', 'null'] }],
      };
      const error = await runFfmpeg(bench.tool, decode, { signal: new AbortController().signal })
        .catch(mediaFault)
        .catch((cause) => cause);
      expect(error).to.be.instanceOf(MillraceError).and.include({ code: 'undecodable' });
    } finally {
      await bench.close();
    }
  });

  const said: [message: string, stderr: string, code: string][] = [
    ['ffmpeg exited with code 69', 'Conversion failed!', 'undecodable'],
    ['ffmpeg exited with code 1', 'x.avi: Invalid data found when processing input', 'undecodable'],
    ['ffmpeg exited with code 1', 'Decoding requested, but no decoder found for: xhe_aac', 'undecodable'],
    ['ffmpeg exited with code 1', 'Decoder (codec vvc) not found for input stream #0:0', 'undecodable'],
    ['ffmpeg exited with code 1', 'Cannot determine format of input stream 0:1 after EOF', 'undecodable'],
    ['ffmpeg exited with code 1', 'Rematrix is needed between 17 channels and stereo', 'undecodable'],
    ['ffmpeg exited with code 690', 'Conversion failed!', 'encoding_failed'],
    ['ffmpeg was killed', 'frame=  100 fps=25', 'encoding_failed'],
  ];
  for (const [message, stderr, code] of said) {
    it(`${code === 'undecodable' ? 'is' : 'is not'} what ends with: ${message}: ${stderr}`, () => {
      expect(() => mediaFault(new FfmpegError(message, stderr)))
        .to.throw(MillraceError)
        .with.property('code', code);
    });
  }

  it('is not a disk without room', async function () {
    onLinuxOnly(this, '/dev/full is a disk without room');
    const bench = await openBench();
    try {
      const [path = ''] = await tinyClips();
      // An encoder has its say after that, too.
      const picture = { path: `${bench.folder}/picture.mp4`, options: ['-c:v', 'libx264'] };
      const outputs = [{ path: '/dev/full', options: ['-f', 'rawvideo'] }, picture];
      const error = await bench.run({ input: { path, options: [] }, outputs }).catch((thrown) => thrown);
      expect(error).to.be.instanceOf(MillraceError).and.include({ code: 'unavailable' });
    } finally {
      await bench.close();
    }
  });
});
