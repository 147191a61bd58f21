import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { skip } from '../support/skip.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
/** How many cases an operation gets from each who asks. */
const examples = process.env.FUZZ_EXAMPLES ?? '2';

async function hasPython(): Promise<boolean> {
  const isNewEnough = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  return run('python3', ['-c', isNewEnough]).then(
    () => true,
    () => false,
  );
}

/** Whether the process whose stack lies there still runs: other tests begin stacks beside this one. */
function hasOwner(folder: string): boolean {
  try {
    process.kill(JSON.parse(readFileSync(join(folder, 'stack.json'), 'utf8')).owner.pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the api, fuzzed by its document', function () {
  this.timeout(30 * 60_000);

  // Everything by everyone takes three times as long.
  const asked = process.env.FUZZ_EVERYONE ? [] : ['--once'];

  const who = process.env.FUZZ_EVERYONE ? 'whoever asks' : 'each operation asked by one (FUZZ_EVERYONE)';

  it(`never fails, ignores nobody’s credentials and sends what it declares, ${who}`, async function () {
    if (!(await hasPython())) skip(this, 'there is no Python 3.10 or newer that can make environments');
    const data = join(root, '.data');
    // Stacks that are there already may end meanwhile.
    const before = await readdir(data).catch((): string[] => []);
    const { stdout } = await run(join(root, 'scripts/fuzz-api'), ['--examples', examples, ...asked], {
      maxBuffer: 64 * 1024 ** 2,
    }).catch((error) => error);
    expect(stdout, `${stdout}\n`).to.match(/\nNothing was found\.\n$/);
    const after = await readdir(data).catch((): string[] => []);
    const left = after.filter((name) => !before.includes(name) && !hasOwner(join(data, name)));
    expect(left, 'what is left behind').to.deep.equal([]);
  });
});
