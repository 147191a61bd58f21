import { bots, spike, spikeIsOverAt } from './month.ts';
import type { Rank, Ranks } from './replay.ts';

const top = 10;

/** A row of the table: what, and how it was by each formula. */
export type Row = { what: string; values: string[] };

/** What the pictures show, in figures. */
function figuresOf(replayed: Map<string, Ranks>): Row[] {
  const row = (what: string, tell: (ranks: Ranks) => string): Row => ({
    what,
    values: [...replayed.values()].map(tell),
  });
  return [
    row('spike: in the first 10 after', (ranks) => {
      const seen = firstInTop(ranks['viral spike'], spike.beginsAt);
      return seen === undefined ? 'never' : spanOf(seen - spike.beginsAt);
    }),
    row('spike: best rank', (ranks) => bestOf(ranks['viral spike'], spike.beginsAt)),
    row('spike: out of the first 10, after it was over', (ranks) => {
      const left = leftTop(ranks['viral spike'], spike.beginsAt);
      return left === undefined
        ? 'never in'
        : left === 'still in'
          ? 'not in this month'
          : spanOf(left - spikeIsOverAt);
    }),
    row('slow hit: days in the first 10', (ranks) => daysInTop(ranks['slow hit'])),
    row('slow hit: best rank', (ranks) => bestOf(ranks['slow hit'], 0)),
    row('bots, as counted: best rank', (ranks) => bestOf(ranks['bots, as counted'], bots.beginsAt)),
    row('bots, each call counted: best rank', (ranks) =>
      bestOf(ranks['bots, each call counted'], bots.beginsAt),
    ),
    row('bots, each call counted: days in the first 10', (ranks) =>
      daysInTop(ranks['bots, each call counted']),
    ),
  ];
}

/** The same as a table in Markdown. */
export function figureTable(replayed: Map<string, Ranks>): string {
  const rows = figuresOf(replayed).map(({ what, values }) => [what, ...values]);
  const all = [['', ...replayed.keys()], ...rows];
  const [head = '', ...lines] = all.map((row) => `| ${row.join(' | ')} |`);
  return [head, `|${'---|'.repeat(replayed.size + 1)}`, ...lines].join('\n');
}

const isTop = ({ rank }: Rank) => rank !== null && rank <= top;

function firstInTop(ranks: Rank[], from: number): number | undefined {
  return ranks.find((one) => one.at > from && isTop(one))?.at;
}

/** When it was there for the last time; undefined: never. */
function leftTop(ranks: Rank[], from: number): number | 'still in' | undefined {
  const last = ranks.findLastIndex((one) => one.at > from && isTop(one));
  if (last < 0) return undefined;
  return ranks[last + 1]?.at ?? 'still in';
}

function bestOf(ranks: Rank[], from: number): string {
  const known = ranks.flatMap(({ at, rank }) => (rank !== null && at > from ? [rank] : []));
  return String(Math.min(...known));
}

function daysInTop(ranks: Rank[]): string {
  const share = ranks.filter(isTop).length / ranks.length;
  return (share * 30).toFixed(1);
}

function spanOf(hours: number): string {
  const amount = Math.abs(hours);
  const span =
    amount < 2
      ? `${Math.round(amount * 60)} min`
      : amount < 48
        ? `${amount.toFixed(1)} h`
        : `${(amount / 24).toFixed(1)} days`;
  return hours < 0 ? `${span} before` : span;
}
