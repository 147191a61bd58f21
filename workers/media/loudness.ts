import type { Loudness } from '../../shared/contracts/encoding.ts';

/** What the ebur128 filter says at its end; null when it heard nothing but silence. */
export function parseLoudness(stderr: string): Loudness | null {
  const summary = stderr.slice(stderr.lastIndexOf('Integrated loudness'));
  const integrated = Number(/\bI:\s+(-?[\d.]+) LUFS/.exec(summary)?.[1] ?? Number.NaN);
  const range = Number(/\bLRA:\s+(-?[\d.]+) LU\b/.exec(summary)?.[1] ?? Number.NaN);
  // Its gate lies at -70 LUFS: below there is nothing to measure.
  if (!Number.isFinite(integrated) || !Number.isFinite(range) || integrated <= -70) return null;
  return { integrated, range };
}
