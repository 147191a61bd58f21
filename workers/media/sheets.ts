import type { Sheet } from '../../shared/contracts/images.ts';

const perRow = 10;
const mostRows = 10;

/** The sprites for so many tiles: ten by ten, and the last one with no more rows than it needs. */
export function planSheets(tiles: number): Sheet[] {
  const sheets: Sheet[] = [];
  for (let left = tiles; left > 0; left -= perRow * mostRows) {
    const here = Math.min(left, perRow * mostRows);
    const columns = Math.min(here, perRow);
    sheets.push({ columns, rows: Math.ceil(here / columns), tiles: here });
  }
  return sheets;
}
