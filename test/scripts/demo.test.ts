import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { makeClip } from '../../scripts/demo-steps/sample-clip.ts';
import { newMark, untilGone } from '../support/marked.ts';

const root = join(import.meta.dirname, '..', '..');

describe('scripts/demo', () => {
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-demo-'));
    await makeClip({
      path: join(folder, 'clip.mp4'),
      seconds: 2,
      picture: 'testsrc2=size=320x240:rate=25',
    });
    writeFileSync(join(folder, 'notes.mp4'), 'These are only words.\n');
  });
  after(() => rmSync(folder, { recursive: true }));

  function start(...words: string[]) {
    const mark = newMark();
    const child = spawn(join(root, 'scripts', 'demo'), words, {
      cwd: folder,
      env: { ...process.env, ...mark },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const outcome = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
    return { child, mark, ended: outcome.then(([[code], output, notes]) => ({ code, output, notes })) };
  }

  it('ingests a clip, ranks it in two regions, says so as JSON, and leaves nothing behind', async () => {
    const { ended, mark } = start('--once', '--json', 'clip.mp4');
    const { code, output, notes } = await ended;
    expect(code, notes).to.equal(0);

    const { videos, trending } = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
    expect(videos).to.have.length(1);
    const [{ videoId, playableSeconds, readySeconds, playlist, renditions, ...rest }] = videos;
    expect(rest).to.deep.equal({ file: 'clip.mp4', state: 'ready', error: null, durationSeconds: 2 });
    expect(playableSeconds).to.be.greaterThan(0).and.at.most(readySeconds);
    expect(playlist)
      .to.match(/^http:\S+\.m3u8$/)
      .and.include(videoId);
    expect(renditions.at(-1)).to.include({ name: '240p', width: 320, height: 240 });
    expect(renditions.at(-1).averageBandwidth).to.be.greaterThan(0);
    expect(trending).to.deep.equal({ GB: [{ rank: 1, videoId }], US: [{ rank: 1, videoId }] });

    for (const path of [`/watch/${videoId}`, '/docs', '/admin/queues', '/api/auth/login', playlist]) {
      expect(notes).to.include(path);
    }
    const dir = /Data, logs +(\S+)/.exec(notes)?.[1] ?? '';
    expect(dir).to.match(/^\.data.stack-/);
    expect(existsSync(join(root, dir))).to.equal(false);
    await untilGone(mark);
  });

  it('tells why a file failed, and ends with 1', async () => {
    const { code, output, notes } = await start('--once', '--json', 'notes.mp4').ended;
    expect(code, notes).to.equal(1);
    const { videos, trending } = JSON.parse(output);
    expect(videos[0]).to.include({ file: 'notes.mp4', state: 'failed', playlist: null });
    expect(videos[0].error).to.match(/^The file is .+\.$/);
    expect(notes).to.include(videos[0].error);
    expect(trending).to.deep.equal({ GB: [], US: [] });
  });

  it('starts nothing and ends with 2 when a file is missing or an option unknown', async () => {
    const missing = await start('clip.mp4', 'absent.mp4').ended;
    expect(missing).to.include({ code: 2, output: '' });
    expect(missing.notes).to.include('There is no file absent.mp4.').and.not.include('is ready');
    const unknown = await start('--quick').ended;
    expect(unknown).to.include({ code: 2, output: '' });
    expect(unknown.notes).to.include("Unknown option '--quick'").and.include('Usage: scripts/demo');
  });

  it('stops on Ctrl-C while it starts, and leaves nothing behind', async () => {
    const { child, ended, mark } = start('--json', 'clip.mp4');
    child.stderr.on('data', (chunk) => {
      if (String(chunk).includes('mongod is ready')) child.kill('SIGINT');
    });
    expect(await ended).to.include({ code: 130, output: '' });
    await untilGone(mark);
  });
});
