import { bots, monthHours, slowHit, spike, type Watched, watched } from './month.ts';
import type { Rank, Ranks } from './replay.ts';

const width = 1000;
const panel = { left: 64, right: 20, top: 40, height: 220, gap: 46 };
const header = 116;
const footer = 48;
const inner = width - panel.left - panel.right;
const mostRank = 500;
const ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500];
/** A point each hour: more cannot be told apart. */
const everyHours = 1;

/** Told apart by eyes that do not see all colours, too (Okabe and Ito). */
const looks: Record<Watched, { colour: string; dash?: string }> = {
  'viral spike': { colour: '#d55e00' },
  'slow hit': { colour: '#0072b2' },
  'bots, as counted': { colour: '#009e73' },
  'bots, each call counted': { colour: '#8a5a83', dash: '6 4' },
};

/** Rank over time, a panel for each formula, as SVG. */
export function rankChart(replayed: Map<string, Ranks>, seed: number): string {
  const panels = [...replayed].map(([name, ranks], at) =>
    panelOf(name, ranks, header + at * (panel.height + panel.gap)),
  );
  const height = header + replayed.size * (panel.height + panel.gap) - panel.gap + footer;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="13" fill="#222">
<title>Rank over a simulated month</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${text(panel.left, 28, 'Rank over a simulated month', 'font-size="18" font-weight="600"')}
${text(panel.left, 48, `560 ordinary videos and four others, shaded while it happens; npm run simulate -- trending --seed ${seed}`, 'fill="#555"')}
${legend()}
${panels.join('\n')}
${text(panel.left + inner / 2, height - 10, 'day of the month', 'text-anchor="middle" fill="#555"')}
</svg>
`;
}

function legend(): string {
  let x = panel.left;
  const entries = watched.map((name) => {
    const entry = `<path d="M${x} 70h26" ${strokeOf(name)}/>${text(x + 32, 74, name)}`;
    x += 32 + name.length * 7 + 26;
    return entry;
  });
  return entries.join('\n');
}

function panelOf(name: string, ranks: Ranks, y: number): string {
  const grid = ticks.map((rank) => {
    const at = round(y + yOf(rank));
    const isBorder = rank === 10;
    return (
      `<path d="M${panel.left} ${at}h${inner}" stroke="${isBorder ? '#888' : '#e4e4e4'}"${isBorder ? ' stroke-dasharray="2 3"' : ''}/>` +
      text(panel.left - 8, at + 4, String(rank), 'text-anchor="end" fill="#555"')
    );
  });
  const days = Array.from({ length: 11 }, (_, n) => n * 3).map((day) =>
    text(xOf(day * 24), y + panel.height + 18, String(day), 'text-anchor="middle" fill="#555"'),
  );
  const lines = [...watched].reverse().map((one) => `<path d="${pathOf(ranks[one], y)}" ${strokeOf(one)}/>`);
  return [
    `<g>`,
    text(panel.left, y - 8, name, 'font-weight="600"'),
    ...events(y),
    ...grid,
    ...days,
    ...lines,
    text(
      0,
      0,
      'rank',
      `transform="translate(18 ${y + panel.height / 2}) rotate(-90)" text-anchor="middle" fill="#555"`,
    ),
    `</g>`,
  ].join('\n');
}

/** When what the lines are about happens. */
function events(y: number): string[] {
  const spans = [
    { from: spike.beginsAt, to: spike.beginsAt + 24, name: 'viral spike' },
    { from: slowHit.peaksAt, to: slowHit.fallsFrom, name: 'slow hit' },
    { from: bots.beginsAt, to: bots.beginsAt + bots.hours, name: 'bots, as counted' },
  ] as const;
  return spans.map(({ from, to, name }) => {
    const [x, end] = [xOf(from), xOf(to)];
    return `<rect x="${x}" y="${y}" width="${round(end - x)}" height="${panel.height}" fill="${looks[name].colour}" opacity="0.1"/>`;
  });
}

function pathOf(ranks: Rank[], y: number): string {
  let path = '';
  let last = '';
  const perHour = Math.round(ranks.length / monthHours);
  for (let at = perHour - 1; at < ranks.length; at += perHour * everyHours) {
    const one = ranks[at];
    if (one?.rank == null) continue;
    const height = String(round(y + yOf(one.rank)));
    // Steps: a rank holds until the next one.
    if (path === '') path = `M${xOf(one.at)} ${height}`;
    else if (height !== last) path += `H${xOf(one.at)}V${height}`;
    last = height;
  }
  return `${path}H${xOf(monthHours)}`;
}

function strokeOf(name: Watched): string {
  const { colour, dash } = looks[name];
  return `fill="none" stroke="${colour}" stroke-width="2"${dash ? ` stroke-dasharray="${dash}"` : ''}`;
}

const xOf = (hour: number) => round(panel.left + (hour / monthHours) * inner);
/** Logarithmic: the first ten places take as much room as the next hundred. */
const yOf = (rank: number) => (Math.log(Math.min(rank, mostRank)) / Math.log(mostRank)) * panel.height;
const round = (value: number) => Math.round(value * 10) / 10;

function text(x: number, y: number, words: string, attributes = ''): string {
  return `<text x="${x}" y="${y}"${attributes ? ` ${attributes}` : ''}>${words}</text>`;
}
