/** Numbers of chance that are the same for the same seed (mulberry32). */
export type Random = {
  /** From 0 up to 1. */
  uniform(): number;
  /** Of mean 0 and deviation 1. */
  normal(): number;
  /** How often something happens that happens `mean` times on average. */
  poisson(mean: number): number;
};

/** From there on the normal distribution is close enough, and much faster. */
const manyEvents = 30;

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return {
    uniform,
    normal,
    poisson(mean) {
      if (mean > manyEvents) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      const end = Math.exp(-mean);
      let events = 0;
      for (let left = uniform(); left > end; left *= uniform()) events += 1;
      return events;
    },
  };
}
