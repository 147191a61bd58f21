import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';

/** The most that buffers held while 200 MiB went through them in pieces as they come from a socket, in MiB. */
function mostHeld(flags: string[]): number {
  const script = `
    import { spendBuffers } from './shared/spent-buffers.ts';
    let most = 0;
    for (let n = 0; n < 3200; n += 1) {
      spendBuffers(Buffer.allocUnsafeSlow(65536).length);
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    console.log(most / 2 ** 20);`;
  const words = [...flags, '--import', 'tsx', '--input-type=module', '-e', script];
  const cwd = join(import.meta.dirname, '..', '..');
  return Number(execFileSync(process.execPath, words, { cwd, encoding: 'utf8' }));
}

describe('buffers that were spent', () => {
  it('are collected every 8 MiB where the process is started for it, as workers are', () => {
    expect(mostHeld(['--expose-gc'])).to.be.below(20);
  });

  it('are left to V8 elsewhere', () => {
    expect(mostHeld([])).to.be.above(20);
  });
});
