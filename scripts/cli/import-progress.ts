/** What an import has done so far. `rows` has the broken ones too, but no empty lines. */
export type Figures = {
  rows: number;
  broken: number;
  added: number;
  changed: number;
  same: number;
  deleted: number;
  bytesRead: number;
};

const everyMilliseconds = 1000;

/** A line on standard error each second. @returns what ends that */
export function reportProgress(figures: Figures, bytes: number | undefined): () => void {
  const beganAt = performance.now();
  const timer = setInterval(() => {
    const seconds = (performance.now() - beganAt) / 1000;
    console.error(progressLine(figures, seconds, bytes));
  }, everyMilliseconds);
  return () => clearInterval(timer);
}

function progressLine({ rows, broken, bytesRead }: Figures, seconds: number, bytes?: number): string {
  const share = bytes ? `${Math.floor((bytesRead / bytes) * 100)} %, ` : '';
  return `${share}${rows} rows, ${Math.round(rows / seconds)} rows/s, ${broken} broken`;
}

export function summaryOf({ rows, broken, added, changed, same, deleted }: Figures): string {
  const kept = deleted > 0 ? `, ${deleted} deleted here and left so` : '';
  const bad = broken > 0 ? `, ${broken} broken` : '';
  return `${rows} rows: ${added} added, ${changed} changed, ${same} as they were${kept}${bad}.`;
}
