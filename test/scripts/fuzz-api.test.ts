import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

const root = join(import.meta.dirname, '..', '..');

describe('scripts/fuzz-api', () => {
  it('says in a sentence that it needs Python where there is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-fuzz-'));
    try {
      for (const name of ['bash', 'dirname', 'env']) {
        await symlink(join('/usr/bin', name), join(folder, name));
      }
      const env = { PATH: folder, MILLRACE_CACHE: join(folder, 'cache') };
      const outcome = await promisify(execFile)(join(root, 'scripts/fuzz-api'), [], { env }).catch(
        (error) => error,
      );
      expect(outcome).to.include({ code: 1, stdout: '' });
      expect(outcome.stderr).to.equal(
        'fuzz-api: this needs Python 3.10 or newer, and there is no python3.\n',
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
