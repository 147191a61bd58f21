/** A picture made small and gray, to judge it by: so many pixels each way, a byte each. */
export const miniatureSide = 64;

export type Look = {
  /** Neither almost black, nor almost white, nor almost of one colour. */
  isUsable: boolean;
  /** How evenly the picture's brightness is spread, in bits: 0 for one colour, 6 for all of them alike. */
  entropy: number;
};

const darkest = 24;
const brightest = 232;
/** A line of text on a plain ground has about 1 bit. */
const leastEntropy = 1.5;

/** Judges a miniature: luma from 0 (black) to 255 (white). The entropy is Shannon's, of 64 steps of brightness. */
export function lookAt(luma: Uint8Array): Look {
  const counts = new Array<number>(64).fill(0);
  let sum = 0;
  for (const value of luma) {
    sum += value;
    counts[value >> 2] = (counts[value >> 2] ?? 0) + 1;
  }
  const mean = sum / Math.max(1, luma.length);
  const entropy = counts.reduce((bits, count) => {
    const share = count / luma.length;
    return count === 0 ? bits : bits - share * Math.log2(share);
  }, 0);
  return { isUsable: mean >= darkest && mean <= brightest && entropy >= leastEntropy, entropy };
}

/** The usable one with most to see; when none is usable, the one with most to see of all. The earliest of equals. */
export function liveliest<T extends { look: Look }>(candidates: T[]): T | undefined {
  const usable = candidates.filter(({ look }) => look.isUsable);
  const among = usable.length > 0 ? usable : candidates;
  return among.reduce<T | undefined>(
    (best, one) => (best === undefined || one.look.entropy > best.look.entropy ? one : best),
    undefined,
  );
}
