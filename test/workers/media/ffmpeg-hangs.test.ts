import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { prepareFfmpeg, runFfmpeg } from '../../../workers/media/ffmpeg.ts';
import { findSandboxTools } from '../../../workers/media/sandbox.ts';

describe('an ffmpeg that hangs before it begins', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-hangs-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('holds no job: neither beyond its time nor when that is cancelled', async () => {
    const program = join(folder, 'hangs');
    await writeFile(program, '#!/bin/sh\nexec sleep 20\n');
    await chmod(program, 0o755);
    const tool = prepareFfmpeg(folder, program, findSandboxTools(process.env.PATH ?? ''));
    const command = {
      input: { path: program, options: [] },
      outputs: [{ path: '-', options: ['-f', 'null'] }],
    };
    const outcome = (run: { signal: AbortSignal; timeoutSeconds?: number }) =>
      runFfmpeg(tool, command, run).then(
        () => 'ended',
        (error) => error.message,
      );
    const late = outcome({ signal: new AbortController().signal, timeoutSeconds: 1 });
    expect(await late).to.match(/longer than 1 s/);
    expect(await outcome({ signal: AbortSignal.timeout(500) })).to.match(/timeout/);
  });
});
