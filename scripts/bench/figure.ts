import type { System, SystemOptions } from '../local/system.ts';

/** One measured number. */
export type Figure = {
  name: string;
  value: number;
  unit: string;
  /** What it must keep to; null for one that only informs. */
  bar: number | null;
  better: 'lower' | 'higher';
  holds: boolean;
};

export type BenchContext = {
  note(line: string): void;
  /** A folder that is gone after the benchmark. */
  folder: string;
  /** A folder for sources that several benchmarks use; gone after the last. */
  clips: string;
  /** How often a side is measured, when the command line says so. */
  rounds?: number;
  /** A real clip to measure with, from the command line. */
  media?: string;
  /** Starts an api, and a worker unless told otherwise, that end with the run. */
  startSystem(options?: SystemOptions): Promise<System>;
};

export type Bench = { run(context: BenchContext): Promise<Figure[]> };

export function figure(
  name: string,
  value: number,
  unit: string,
  better: Figure['better'],
  bar: number | null = null,
): Figure {
  const holds = bar === null || (better === 'lower' ? value <= bar : value >= bar);
  return { name, value, unit, bar, better, holds };
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new RangeError('no values');
  return (low + high) / 2;
}

/** Measures two sides in turn, A B A B A B, so that what else the machine does falls on both. @returns medians. */
export async function inTurn(
  rounds: number,
  measureA: () => Promise<number>,
  measureB: () => Promise<number>,
): Promise<[a: number, b: number]> {
  const a: number[] = [];
  const b: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    a.push(await measureA());
    b.push(await measureB());
  }
  return [median(a), median(b)];
}
