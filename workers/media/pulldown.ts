import type { Packets } from './packets.ts';

/** Film is shown for three fields and for two in turn; times may be rounded to milliseconds. */
const [leastRatio, mostRatio] = [1.35, 1.65];
/** Pictures this much alike in length are those of television. */
const steadyRatio = 1.2;
/** Where more is made for television, its rate is the one that loses no picture. */
const leastShare = 0.9;
/** Fewer may look like it by chance. */
const leastPairs = 12;

/**
 * The distance between the pictures of film on a DVD, or of a recording that leaves out what repeats: the mean, as
 * every other picture is shown half as long again as the next. The usual distance is one of the two, and no rate: at 20
 * a second every sixth picture would be lost. Undefined for others.
 */
export function pulldownDistance({ times }: Packets): number | undefined {
  const shown = times.slice().sort();
  let [pairs, steady, seconds] = [0, 0, 0];
  for (let at = 2; at < shown.length; at += 1) {
    const [first = 0, second = 0, third = 0] = [shown[at - 2], shown[at - 1], shown[at]];
    const [before, after] = [second - first, third - second];
    const ratio = Math.max(before, after) / Math.min(before, after);
    if (ratio < steadyRatio) steady += 1;
    if (!(ratio > leastRatio && ratio < mostRatio)) continue;
    pairs += 1;
    seconds += before + after;
  }
  const isMost = pairs >= leastPairs && pairs * 2 > shown.length && pairs >= (pairs + steady) * leastShare;
  return isMost ? seconds / pairs / 2 : undefined;
}
