import { basename } from 'node:path';
import type { VideoReply } from '../client.ts';
import type { Outcome } from './ingest.ts';

/** What one file's work tells. */
type ProgressLine = {
  sent(bytes: number, of: number): void;
  seen(video: VideoReply, rungs: string[]): void;
  done(outcome: Outcome): void;
};

export type Progress = {
  add(file: string): ProgressLine;
  /** A line above the bars. */
  note(line: string): void;
  /** Leaves the bars as they are, whatever is still told about them. */
  close(): void;
};

type Bar = { name: string; phase: string; percent: number; detail: string; ended: boolean };

const barWidth = 24;
const redrawMilliseconds = 100;
const lineMilliseconds = 2000;

/** Bars at a terminal; elsewhere a plain line at each new phase and each further quarter of it. */
export function showProgress(out: NodeJS.WriteStream): Progress {
  return out.isTTY ? drawBars(out) : writeLines(out);
}

function drawBars(out: NodeJS.WriteStream): Progress {
  const bars: Bar[] = [];
  let drawn = 0;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    clearTimeout(timer);
    timer = undefined;
    const lines = bars.map((bar) => `\x1b[2K${render(bar).slice(0, (out.columns || 80) - 1)}\n`);
    out.write(`${drawn > 0 ? `\x1b[${drawn}A` : ''}${lines.join('')}`);
    drawn = lines.length;
  };
  const drawSoon = () => {
    if (!isClosed) timer ??= setTimeout(draw, redrawMilliseconds);
  };
  return {
    add(file) {
      const bar = newBar(file);
      bars.push(bar);
      draw();
      return updates(bar, drawSoon);
    },
    note(line) {
      // Above the bars, which are then drawn again below it.
      out.write(`${drawn > 0 ? `\x1b[${drawn}A\x1b[0J` : ''}${line}\n`);
      drawn = 0;
      draw();
    },
    close() {
      if (timer) draw();
      isClosed = true;
      bars.length = 0;
      drawn = 0;
    },
  };
}

function writeLines(out: NodeJS.WriteStream): Progress {
  let isClosed = false;
  return {
    add(file) {
      const bar = newBar(file);
      let written = { phase: '', quarter: 0, at: 0, ended: false };
      return updates(bar, () => {
        if (isClosed) return;
        const { phase, ended } = bar;
        const now = { phase, quarter: Math.floor(bar.percent / 25), at: performance.now(), ended };
        const isFurther = now.quarter > written.quarter && now.at - written.at > lineMilliseconds;
        if (phase === written.phase && ended === written.ended && !isFurther) return;
        written = now;
        out.write(`${describe(bar)}\n`);
      });
    },
    note: (line) => void out.write(`${line}\n`),
    close() {
      isClosed = true;
    },
  };
}

function newBar(file: string): Bar {
  return { name: basename(file), phase: 'waiting', percent: 0, detail: '', ended: false };
}

function updates(bar: Bar, changed: () => void): ProgressLine {
  const set = (change: Partial<Bar>) => {
    Object.assign(bar, change);
    changed();
  };
  return {
    sent(bytes, of) {
      set({
        phase: 'uploading',
        percent: of > 0 ? (bytes / of) * 100 : 0,
        detail: `${mega(bytes)} of ${mega(of)} MB`,
      });
    },
    seen({ state, percent, playable }, rungs) {
      if (state === 'ready' || state === 'failed') return; // `done` says it with the reason or the times
      set({ phase: state, percent, detail: playable ? `playable ${rungs.join(' ')}`.trimEnd() : '' });
    },
    done({ state, error, playableSeconds, readySeconds, renditions }) {
      const rungs = renditions.map(({ name }) => name).join(' ');
      const times = `${readySeconds} s, playable after ${playableSeconds} s`;
      const detail = error ?? `in ${times}: ${rungs}`;
      set({ phase: state, percent: state === 'ready' ? 100 : bar.percent, detail, ended: true });
    },
  };
}

function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function render(bar: Bar): string {
  const full = Math.round((Math.min(100, bar.percent) / 100) * barWidth);
  const drawing = bar.phase === 'failed' ? '-'.repeat(barWidth) : '#'.repeat(full).padEnd(barWidth, '.');
  const name = bar.name.length > 28 ? `${bar.name.slice(0, 27)}…` : bar.name.padEnd(28);
  return `${name} [${drawing}] ${percentOf(bar)} ${bar.phase.padEnd(10)} ${bar.detail}`.trimEnd();
}

function describe(bar: Bar): string {
  const percent = bar.ended ? '' : ` ${percentOf(bar).trim()}`;
  return `${bar.name}: ${bar.phase}${percent}${bar.detail && `, ${bar.detail}`}`;
}

function percentOf({ percent }: Bar): string {
  return `${Math.floor(percent)} %`.padStart(5);
}
