import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { findDifferences, type Seen } from '../../scripts/corpus/compare.ts';
import { type Expectation, parseExpectations } from '../../scripts/corpus/expectations.ts';
import { audioFile, clip, textFile } from '../support/clips.ts';
import { newMark, untilGone } from '../support/marked.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the corpus check', () => {
  describe('reads its table', () => {
    it('by the names of the columns, in any order, with notes among them', () => {
      const table = [
        'seconds\twhy\tfile\tdisplay\toutcome',
        '5.28\tordinary\ta.mp4\t1280x720\tready',
        '-\t\tb.mp4\t-\tfailed:not_a_video',
        '\tanything goes\tc d.mp4\t\t-',
        '',
      ];
      const expected: Expectation[] = [
        { file: 'a.mp4', outcome: 'ready', display: { width: 1280, height: 720 }, seconds: 5.28 },
        { file: 'b.mp4', outcome: 'failed:not_a_video', display: null, seconds: null },
        { file: 'c d.mp4', outcome: null, display: null, seconds: null },
      ];
      expect(parseExpectations(table.join('\n'))).to.deep.equal(expected);
      expect(parseExpectations(`\uFEFF${table.join('\r\n')}`)).to.deep.equal(expected);
    });

    it('without the columns that are not compared', () => {
      expect(parseExpectations('file\toutcome\na.mp4\tfailed:*\nb.mp4\tany\n')).to.deep.equal([
        { file: 'a.mp4', outcome: 'failed', display: null, seconds: null },
        { file: 'b.mp4', outcome: 'any', display: null, seconds: null },
      ]);
    });

    it('and names every line that it cannot understand', () => {
      const head = 'file\toutcome\tdisplay\tseconds';
      const rows = ['a\tperfect', 'b\tready\twide', 'c\tready\t-\tlong', '-\tready', 'd\tready', 'd\tany'];
      expect(() => parseExpectations([head, ...rows].join('\n'))).to.throw(
        /^line 2: .*\nline 3: .*\nline 4: .*\nline 5: .*\nline 7: d was named before$/,
      );
      expect(() => parseExpectations('name\toutcome\n')).to.throw('no column "file"');
    });
  });

  describe('compares', () => {
    const rung = { name: '720p', width: 1280, height: 720, frames: 50, seconds: 2, complaints: [] };
    const ready: Seen = {
      ...{ state: 'ready', code: null, durationSeconds: 2, warnings: [] },
      rungs: [{ ...rung, name: '240p', width: 426, height: 240 }, rung],
      audio: [{ name: 'audio/und', frames: 90, complaints: [] }],
      violations: [],
    };
    const failed: Seen = { ...ready, state: 'failed', code: 'truncated', rungs: [], audio: [] };
    const row = (change: Partial<Expectation> = {}): Expectation => ({
      ...{ file: 'a.mp4', outcome: 'ready', display: { width: 1280, height: 720 }, seconds: 2 },
      ...change,
    });
    const sized = (width: number, height: number): Seen => ({
      ...ready,
      rungs: [{ ...rung, width, height }],
    });

    it('outcomes', () => {
      const outcomes = ['ready', 'failed', 'failed:truncated', 'failed:encrypted', 'any', null];
      const passing = (seen: Seen) =>
        outcomes.filter((outcome) => findDifferences(row({ outcome }), seen).length === 0);
      expect(passing(ready)).to.deep.equal(['ready', 'any', null]);
      expect(passing(failed)).to.deep.equal(['failed', 'failed:truncated', 'any', null]);
      expect(passing({ ...failed, code: null })).to.deep.equal([null]);
      expect(passing({ ...failed, state: 'encoding', code: null })).to.deep.equal([]);
      expect(findDifferences(row(), failed)).to.deep.equal(['failed:truncated, ready is due']);
    });

    it('sizes: rounded down to even, never larger, in proportion past the highest rung', () => {
      const isRight = (width: number, height: number, got: [number, number]) =>
        findDifferences(row({ display: { width, height } }), sized(...got)).length === 0;
      expect(isRight(161, 121, [160, 120])).to.equal(true);
      expect(isRight(1138, 480, [1136, 480])).to.equal(true);
      expect(isRight(161, 121, [162, 122])).to.equal(false);
      expect(isRight(161, 121, [156, 120])).to.equal(false);
      expect(isRight(960, 540, [852, 480])).to.equal(false);
      expect(isRight(720, 1080, [1080, 720])).to.equal(false);
      expect(isRight(2160, 3840, [2160, 3840])).to.equal(true);
      expect(isRight(4320, 7680, [2160, 3840])).to.equal(true);
      expect(isRight(4320, 7680, [2160, 3600])).to.equal(false);
      expect(findDifferences(row(), sized(640, 360))).to.deep.equal(['size 640x360, 1280x720 is due']);
    });

    it('what the api says of the length, and what is played, to 0.1 s or 2 %', () => {
      const lasting = (said: number, played: number): Seen => ({
        ...ready,
        durationSeconds: said,
        rungs: [{ ...rung, seconds: played }],
      });
      expect(findDifferences(row(), lasting(2.1, 1.9))).to.deep.equal([]);
      expect(findDifferences(row(), lasting(2.2, 2))).to.deep.equal(['the api says 2.2 s, 2 s are due']);
      expect(findDifferences(row(), lasting(2, 1.8))).to.deep.equal(['played 720p 1.8 s, 2 s are due']);
      expect(findDifferences(row({ seconds: 100 }), lasting(102, 98))).to.deep.equal([]);
      expect(findDifferences(row({ seconds: 100 }), lasting(102.1, 100))).to.have.length(1);
      expect(findDifferences(row({ seconds: null, display: null }), lasting(9, 9))).to.deep.equal([]);
    });

    it('rungs and tracks, and what the HLS rules say', () => {
      const [low] = ready.rungs;
      const short = low ? [{ ...low, frames: 49 }, rung] : [];
      expect(findDifferences(row(), { ...ready, rungs: short })).to.deep.equal([
        'frames differ: 240p 49, 720p 50',
      ]);
      expect(
        findDifferences(row(), { ...ready, rungs: [{ ...rung, complaints: ['A', 'B'] }] }),
      ).to.deep.equal(['720p does not decode cleanly: A and 1 more']);
      const silent = { name: 'audio/und', frames: 0, complaints: [] };
      expect(findDifferences(row(), { ...ready, audio: [silent] })).to.deep.equal([
        'audio/und holds nothing that decodes',
      ]);
      expect(findDifferences(row(), { ...ready, rungs: [] })).to.deep.equal(['no rung']);
      expect(findDifferences(row(), { ...ready, violations: ['a rule'] })).to.deep.equal(['a rule']);
    });
  });

  describe('run on a folder', () => {
    let folder: string;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'millrace-corpus-'));
      cpSync(await clip(2, '320x180'), join(folder, 'clip.mp4'));
      cpSync(await audioFile(), join(folder, 'sound.m4a'));
      cpSync(await textFile(), join(folder, 'text.mp4'));
      writeFileSync(join(folder, 'empty.mp4'), '');
      writeFileSync(join(folder, 'stranger.mp4'), 'Nobody expects me.\n');
    });
    after(() => rmSync(folder, { recursive: true }));

    function start(rows: string[], ...words: string[]) {
      writeFileSync(
        join(folder, 'expected.tsv'),
        `${['file\toutcome\tdisplay\tseconds', ...rows].join('\n')}\n`,
      );
      const mark = newMark();
      const child = spawn(process.execPath, ['--import', 'tsx', join('scripts', 'corpus.ts'), ...words], {
        cwd: root,
        env: { ...process.env, INIT_CWD: folder, ...mark },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const outcome = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
      return { child, mark, ended: outcome.then(([[code], output, notes]) => ({ code, output, notes })) };
    }

    async function expectNothingLeft(notes: string, mark: Record<string, string>): Promise<void> {
      const dir = /^Data and logs, until the end: (\S+)$/m.exec(notes)?.[1] ?? '';
      expect(dir).to.match(/^\.data.stack-/);
      expect(existsSync(join(root, dir)), dir).to.equal(false);
      await untilGone(mark);
    }

    it('passes files that come to what is expected, and names those that the table does not', async () => {
      const rows = ['clip.mp4\tready\t320x180\t2', 'sound.m4a\tfailed:no_video_stream', 'text.mp4\tany'];
      const { code, output, notes } = await start([...rows, 'empty.mp4\tfailed'], '.').ended;
      expect(code, notes).to.equal(0);
      expect(output).to.match(/^clip\.mp4 +ready +ready +320x180 +2\.00 +\S+ +passed$/m);
      expect(output).to.match(/^text\.mp4 +any +failed:not_a_video +- +- +- +passed$/m);
      expect(output).to.match(/^stranger\.mp4: .+\n4 passed, 0 failed\n$/m);
    });

    it('fails those that do not, and those that are missing, and says why', async () => {
      const rows = ['clip.mp4\tready\t640x360\t3', 'absent.mp4\tany', 'text.mp4\tready', 'empty.mp4\tready'];
      const words = ['--json', '.', '--only', 'clip.mp4', 'absent.mp4', 'text.mp4'];
      const { ended, mark } = start(rows, ...words);
      const { code, output, notes } = await ended;
      expect(code, notes).to.equal(1);
      const { files, ...counts } = JSON.parse(output);
      expect(counts).to.deep.equal({ passed: 0, failed: 3 });
      const reasons = files.map((row: { file: string; differences: string[] }) => [
        row.file,
        row.differences,
      ]);
      expect(reasons).to.deep.equal([
        [
          'clip.mp4',
          ['size 320x180, 640x360 is due', 'the api says 2 s, 3 s are due', 'played 180p 2 s, 3 s are due'],
        ],
        ['absent.mp4', ['there is no such file']],
        ['text.mp4', ['failed:not_a_video, ready is due']],
      ]);
      expect(notes).to.match(/^text\.mp4 .* FAILED: failed:not_a_video, ready is due$/m);
      expect(notes).to.match(/\n0 passed, 3 failed\n$/);
      await expectNothingLeft(notes, mark);
    });

    it('starts nothing when its words or its table are wrong', async () => {
      const rows = ['clip.mp4\tready'];
      const wrong = [[], ['.', 'more'], ['absent'], ['.', '--only', 'absent.mp4'], ['.', '--quick']];
      for (const words of wrong) {
        const { code, output, notes } = await start(rows, ...words).ended;
        expect({ code, output }, words.join(' ')).to.deep.equal({ code: 2, output: '' });
        expect(notes)
          .to.match(/Usage: npm run corpus/)
          .and.not.match(/is ready/);
      }
      expect((await start(['clip.mp4\tperfect'], '.').ended).notes).to.include('line 2: "perfect" is not');
    });

    it('stops on Ctrl-C and leaves nothing behind', async () => {
      const { child, ended, mark } = start(['clip.mp4\tready'], '.');
      child.stdout.on('data', (chunk) => {
        if (String(chunk).includes('verdict')) child.kill('SIGINT');
      });
      const { code, output, notes } = await ended;
      expect(code, notes).to.equal(130);
      expect(output).not.to.match(/passed|failed/);
      await expectNothingLeft(notes, mark);
    });
  });
});
