/** Numbers in [0, 1), the same for the same seed (Mulberry32, by Tommy Ettinger). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Mutation = { bytes: Buffer; what: string };

/** Damages a copy: bytes anywhere or near the front, where containers say what follows, or the end cut off, or both. */
export function mutate(original: Buffer, random: () => number): Mutation {
  const whole = (most: number) => Math.floor(random() * most);
  const bytes = Buffer.from(original);
  const isCut = random() < 0.4;
  const flips = isCut && random() < 0.5 ? 0 : Math.ceil(2 ** (random() * 8));
  const reach = random() < 0.4 ? Math.min(1024, bytes.length) : bytes.length;
  for (let flip = 0; flip < flips; flip += 1) bytes[whole(reach)] = whole(256);
  const kept = isCut ? 1 + whole(bytes.length) : bytes.length;
  const what = `${flips} of the first ${reach} bytes changed, ${kept} of ${bytes.length} kept`;
  return { bytes: bytes.subarray(0, kept), what };
}
