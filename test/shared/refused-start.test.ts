import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { startApi } from '../../api/start.ts';
import type { Config } from '../../shared/config.ts';
import { checkProgram } from '../../workers/media/sandbox.ts';
import { startWorker } from '../../workers/start.ts';
import { onLinuxOnly } from '../support/ffmpegs.ts';
import { type System, startSystem } from '../support/system.ts';

const run = promisify(execFile);

describe('a start that is refused', () => {
  let system: System;
  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  /** What is said instead of starting. */
  const said = (start: (config: Config) => Promise<unknown>, overrides: Partial<Config>): Promise<string> =>
    start({ ...system.config, ...overrides }).then(
      () => 'started',
      ({ message }) => message,
    );

  it('names where the api would listen', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    expect(await said(startApi, { API_PORT: port })).to.match(
      /^Nothing can listen at API_HOST and API_PORT: .*EADDRINUSE/,
    );
    taken.close();
  });

  it('names FFMPEG_PATH and FFPROBE_PATH where they are of other programs', async () => {
    for (const [variable, program, name] of [
      ['FFMPEG_PATH', '/bin/true', 'ffmpeg'],
      ['FFMPEG_PATH', 'ffprobe', 'ffmpeg'],
      ['FFPROBE_PATH', '/bin/true', 'ffprobe'],
    ] as const) {
      expect(await said(startWorker, { [variable]: program })).to.equal(
        `The program of ${variable} is not ${name}.`,
      );
    }
  });

  it('names WORK_DIR where that is a file, or below one', async () => {
    for (const WORK_DIR of ['/etc/passwd', '/etc/passwd/work']) {
      expect(await said(startWorker, { WORK_DIR })).to.match(/^WORK_DIR cannot be used: E/);
    }
  });

  // By a process of its own, as one that hangs does not end.
  it('names WORK_DIR where no folder can be made, without hanging', async function () {
    onLinuxOnly(this);
    const script = `import { openScratch } from './workers/scratch.ts';
      await openScratch('/proc/millrace/work').catch(({ message }) => console.log(message));`;
    const options = { timeout: 20_000, killSignal: 'SIGKILL' } as const;
    const { stdout } = await run(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      options,
    );
    expect(stdout).to.match(/^ENOENT: .*mkdir '\/proc\/millrace'/);
  }).timeout(30_000);

  it('asks for the name of the replica set', async () => {
    const url = new URL(system.config.MONGO_URL);
    url.searchParams.set('replicaSet', 'another');
    expect(await said(startApi, { MONGO_URL: url.href })).to.match(
      /^MongoDB \(MONGO_URL\) cannot be used: .*is replicaSet the name of its replica set\?$/,
    );
  }).timeout(20_000);

  it('blames the limits, and not ffmpeg, where they cannot be set', async function () {
    onLinuxOnly(this);
    // Who is root may set any limit, unless without that right.
    const asUsual = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--'] : [];
    const words = [
      'prlimit',
      '--nofile=200:200',
      '--',
      ...asUsual,
      'prlimit',
      '--nofile=256',
      '--',
      'ffmpeg',
    ];
    const told = await checkProgram('ffmpeg', words).catch(({ message }) => message);
    expect(told).to.match(/^The limits of ffmpeg cannot be set: prlimit: .*ulimit -n 256/);
  });
});
