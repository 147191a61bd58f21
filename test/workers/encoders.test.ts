import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { findEncoders } from '../../workers/encoders.ts';

describe('encoders', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Ends in that way the first time that it runs, and well afterwards. */
  async function ffmpegThat(ends: string): Promise<string> {
    const path = join(folder, 'ffmpeg');
    await writeFile(path, `#!/bin/sh\n[ -e "$0.ran" ] || { touch "$0.ran"; ${ends}; }\n`);
    await chmod(path, 0o755);
    return path;
  }

  it('are tried again where the trial was killed', async () => {
    const encoders = findEncoders(await ffmpegThat('kill -9 $$'));
    expect(await encoders.canUse('h264_nvenc')).to.equal(false);
    expect(await encoders.canUse('h264_nvenc')).to.equal(true);
  });

  it('are tried once where they do not work', async () => {
    const encoders = findEncoders(await ffmpegThat('exit 1'));
    expect(await encoders.canUse('h264_nvenc')).to.equal(false);
    expect(await encoders.canUse('h264_nvenc')).to.equal(false);
  });
});
