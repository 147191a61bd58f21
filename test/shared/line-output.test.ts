import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';

const root = join(import.meta.dirname, '..', '..');

describe('lines that nobody waits for', () => {
  const children: ChildProcess[] = [];

  /** A process whose standard output is `stdout`; `out` writes there, `tell` says something to this one. */
  function start(script: string, stdout: 'pipe' | number): ChildProcess {
    const words = [
      `import { lineOutput } from ${JSON.stringify(join(root, 'shared', 'line-output.ts'))};`,
      'const out = lineOutput(1, (lost) => out.write("lost " + lost + "\\n"));',
      'const tell = (word) => process.send(word);',
    ];
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', [...words, script].join('\n')],
      { cwd: root, stdio: ['ignore', stdout, 'inherit', 'ipc'] },
    );
    children.push(child);
    return child;
  }

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  it('are kept while nothing reads them, and those beyond the bound are counted', async () => {
    const count = 40_000;
    const child = start(
      `const rest = 'x'.repeat(990);
       for (let n = 0; n < ${count}; n += 1) {
         out.write(String(n).padStart(8, '0') + ' ' + rest + '\\n');
         if (n % 100 === 0) await new Promise(setImmediate);
       }
       tell('written');
       await new Promise((resolve) => process.once('message', resolve));
       process.exit();`,
      'pipe',
    );
    expect((await once(child, 'message'))[0]).to.equal('written');

    const read: string[] = [];
    child.stdout?.setEncoding('utf8').on('data', (some: string) => {
      read.push(some);
      if (some.includes('lost ')) child.send('enough');
    });
    expect((await once(child, 'close'))[0]).to.equal(0);

    const lines = read.join('').split('\n').slice(0, -1);
    const kept = lines.slice(0, -1).map((line) => Number(line.slice(0, 8)));
    expect(kept).to.deep.equal([...kept.keys()]);
    expect(kept.length).to.be.within(16_000, 20_000);
    expect(lines.at(-1)).to.equal(`lost ${count - kept.length}`);
  });

  it('do not end a process whose disk is full, nor keep it from ending', async () => {
    const full = openSync('/dev/full', 'w');
    const child = start(
      `for (let n = 0; n < 5; n += 1) {
         out.write('a line\\n'.repeat(10_000));
         await new Promise((resolve) => setTimeout(resolve, 60));
       }
       tell('still here');
       process.disconnect();`,
      full,
    );
    closeSync(full);
    expect((await once(child, 'message'))[0]).to.equal('still here');
    expect((await once(child, 'close'))[0]).to.equal(0);
  });

  it('are all written when the process exits', async () => {
    const child = start(
      `for (let n = 0; n < 9; n += 1) out.write('é' + n + '\\n'); process.exit(3);`,
      'pipe',
    );
    const [read, [code]] = await Promise.all([text(child.stdout as Readable), once(child, 'close')]);
    expect(read).to.equal(Array.from({ length: 9 }, (_, n) => `é${n}\n`).join(''));
    expect(code).to.equal(3);
  });

  it('end where nobody is left to read them', async () => {
    const child = start(
      `process.on('message', async () => {
         for (let n = 0; n < 5; n += 1) {
           out.write('a line\\n'.repeat(10_000));
           await new Promise((resolve) => setTimeout(resolve, 60));
         }
         tell('still here');
         process.disconnect();
       });
       tell('ready');`,
      'pipe',
    );
    await once(child, 'message');
    child.stdout?.destroy();
    child.send('go on');
    expect((await once(child, 'message'))[0]).to.equal('still here');
    expect((await once(child, 'close'))[0]).to.equal(0);
  });
});
