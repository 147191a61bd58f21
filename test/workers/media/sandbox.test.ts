import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { firstPictureCommand } from '../../../workers/media/ffmpeg-args.ts';
import { findSandboxTools, inputWhitelists, sandboxPrefix } from '../../../workers/media/sandbox.ts';
import { h264, lookAt, moving, tone, useMedia } from '../../support/media.ts';

const limits = { memoryBytes: 1024, cpuSeconds: 60, fileBytes: 2048 };

describe('the sandbox', () => {
  it('ties a program to the worker, holds it to its limits, and lets it give way', () => {
    expect(sandboxPrefix({ setpriv: true, prlimit: true, nice: true }, limits)).to.deep.equal([
      ...['setpriv', '--pdeathsig', 'SIGKILL', '--no-new-privs', '--'],
      ...['prlimit', '--as=1024', '--cpu=60', '--fsize=2048', '--nofile=256', '--core=0', '--'],
      ...['nice', '-n', '5'],
    ]);
  });

  it('does what the system can', () => {
    expect(sandboxPrefix({ setpriv: false, prlimit: false, nice: true }, limits)).to.deep.equal([
      'nice',
      '-n',
      '5',
    ]);
    expect(sandboxPrefix({ setpriv: false, prlimit: false, nice: false }, limits)).to.deep.equal([]);
  });

  it('opens local files only, and no playlist', () => {
    const [, protocols = '', , formats = ''] = inputWhitelists;
    expect(protocols).to.equal('file');
    const reachOut = formats.split(',').filter((name) => /hls|dash|concat|image|tty|lavfi|sdp/.test(name));
    expect(formats.split(',')).to.include('mp4');
    expect(reachOut).to.deep.equal([]);
  });

  describe('of ffmpeg', () => {
    const media = useMedia();

    it('lets it read a file of as many tracks as ffprobe tells of', async () => {
      const tracks = Array.from({ length: 200 }, () => ['-map', '1']).flat();
      const sound = ['-c:a', 'pcm_u8', '-ar', '8000'];
      const words = [...moving('25', 0.4), ...tone(0.4), ...h264(10), '-map', '0', ...tracks, ...sound];
      const source = await media.make('tracks.mkv', ...words);
      expect((await lookAt(source)).report.streams).to.have.length(201);
      expect((await media.run(firstPictureCommand(0, source))).frames).to.equal(1);
    });
  });

  describe('on a system with one of its tools', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'millrace-sandbox-'));
      for (const name of ['nice', 'prlimit']) writeFileSync(join(folder, name), '');
      chmodSync(join(folder, 'nice'), 0o755);
      chmodSync(join(folder, 'prlimit'), 0o644);
    });
    after(() => rmSync(folder, { recursive: true }));

    it('finds the one that can be run', () => {
      const path = [join(folder, 'missing'), folder].join(delimiter);
      expect(findSandboxTools(path)).to.deep.equal({ setpriv: false, prlimit: false, nice: true });
    });
  });
});
