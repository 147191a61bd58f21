import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { figureTable } from '../../scripts/simulate/figures.ts';
import { bots, monthHours, spike, spikeIsOverAt } from '../../scripts/simulate/month.ts';
import { addCounts } from '../../scripts/simulate/our-heat.ts';
import { seededRandom } from '../../scripts/simulate/random.ts';
import { rankChart } from '../../scripts/simulate/rank-chart.ts';
import { type Ranks, replay } from '../../scripts/simulate/replay.ts';

const root = join(import.meta.dirname, '..', '..');
const document = readFileSync(join(root, 'docs', 'performance.md'), 'utf8');

describe('npm run simulate -- trending', function () {
  this.timeout(60_000);
  let replayed: Map<string, Ranks>;
  let folder: string;
  before(async () => {
    replayed = replay(1);
    folder = await mkdtemp(join(tmpdir(), 'millrace-simulate-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const simulate = async (...words: string[]) => {
    const command = ['--import', 'tsx', join(root, 'scripts', 'simulate.ts'), ...words];
    const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const all = [once(child, 'exit'), text(child.stdout), text(child.stderr)] as const;
    const [[code], output, notes] = await Promise.all(all);
    return { code, output, notes };
  };

  it('gives the figures and the picture that the documents show', async () => {
    expect(document).to.include(figureTable(replayed));
    const shown = await readFile(join(root, 'docs', 'trending-simulation.svg'), 'utf8');
    expect(
      rankChart(replayed, 1) === shown,
      'docs/trending-simulation.svg is what the command draws',
    ).to.equal(true);
  });

  it('is the same again for the same seed, and another month for another', async () => {
    const [one, again, other] = [
      await simulate('trending', '--out', join(folder, 'one')),
      await simulate('trending', '--out', join(folder, 'again'), '--seed', '1'),
      await simulate('trending', '--out', join(folder, 'other'), '--seed', '2'),
    ];
    expect([one.code, again.code, other.code]).to.deep.equal([0, 0, 0]);
    expect(one.output.split('\n').slice(0, -2)).to.deep.equal(again.output.split('\n').slice(0, -2));
    const pictures = await Promise.all(
      ['one', 'again', 'other'].map((name) =>
        readFile(join(folder, name, 'trending-simulation.svg'), 'utf8'),
      ),
    );
    expect(pictures[0]).to.equal(pictures[1]).and.not.equal(pictures[2]);
    expect(pictures[0])
      .to.match(/^<svg [^>]+>/)
      .and.not.match(/NaN|Infinity|undefined/);
  });

  it('ranks every five minutes of a month, by each formula', () => {
    expect(replayed.size).to.equal(3);
    for (const ranks of replayed.values()) {
      const { 'viral spike': all } = ranks;
      expect(all).to.have.length(monthHours * 12);
      expect(all.every(({ rank }) => rank === null || (Number.isInteger(rank) && rank >= 1))).to.equal(true);
    }
  });

  it('shows the spike within an hour, and lets it go', () => {
    const spiked = replayed.get('Millrace')?.['viral spike'] ?? [];
    const isTop = (at: number) => (spiked.find((one) => one.at >= at)?.rank ?? Infinity) <= 10;
    expect(isTop(spike.beginsAt - 1)).to.equal(false);
    expect(isTop(spike.beginsAt + 1)).to.equal(true);
    expect(isTop(spikeIsOverAt + 72)).to.equal(false);
  });

  it('shows what the rule of views is worth', () => {
    const best = (name: 'bots, as counted' | 'bots, each call counted') =>
      Math.min(
        ...(replayed.get('Millrace')?.[name] ?? []).flatMap(({ at, rank }) =>
          rank !== null && at > bots.beginsAt ? [rank] : [],
        ),
      );
    expect(best('bots, each call counted')).to.equal(1);
    expect(best('bots, as counted')).to.be.greaterThan(1);
  });

  it('counts as the pages about trending say: half after a half-life', () => {
    const none = { views: 0, watchShare: 0, likes: 0, comments: 0 };
    const early = addCounts(undefined, { ...none, views: 20, watchShare: 20 }, 0);
    const late = addCounts(undefined, { ...none, views: 10, watchShare: 10 }, 6);
    expect(early).to.be.closeTo(late ?? 0, 1e-9);
    expect(addCounts(undefined, none, 3)).to.equal(undefined);
    const both = addCounts(early, { ...none, likes: 5 }, 0);
    expect((both ?? 0) - (early ?? 0), 'twice the heat').to.be.closeTo(1, 1e-9);
  });

  it('draws chances whose mean and spread are right', () => {
    const random = seededRandom(7);
    for (const mean of [0.2, 5, 200]) {
      const drawn = Array.from({ length: 200_000 }, () => random.poisson(mean));
      const average = drawn.reduce((sum, one) => sum + one, 0) / drawn.length;
      const variance = drawn.reduce((sum, one) => sum + (one - average) ** 2, 0) / drawn.length;
      expect(average / mean).to.be.closeTo(1, 0.02);
      expect(variance / mean).to.be.closeTo(1, 0.03);
    }
  });

  for (const words of [[], ['else'], ['trending', '--seed', 'x'], ['trending', '--what']]) {
    it(`shows how it is used when it is told "${words.join(' ')}"`, async () => {
      const { code, notes } = await simulate(...words);
      expect(code).to.equal(2);
      expect(notes).to.include('Usage: npm run simulate -- trending');
    });
  }
});
