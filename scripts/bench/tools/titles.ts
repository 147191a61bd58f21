/** Languages and how much of the catalogue each has; the words of each are its own. */
const shares: Record<string, number> = { en: 0.4, es: 0.15, de: 0.1, fr: 0.1, ru: 0.1, pt: 0.1, ar: 0.05 };

const latin = 'ka lo mi ren sto ta vel no pri du shi ba gor le fan qui'.split(' ');
const syllables: Record<string, string[]> = {
  ru: 'ка ло ми рен сто та вел но при ду ши ба гор ле фан ку'.split(' '),
  ar: 'كا لو مي رن سط تا فل نو بر دو شي با جر لي فن قو'.split(' '),
};

const vocabulary = 100_000;
/** Zipf's law as Mandelbrot has it: in titles the commonest word is not that far before the others. */
const offset = 2.7;

type MadeTitle = { title: string; language: string };

/**
 * Titles of 3 to 8 words out of 100,000, in seven languages, of which the n-th commonest of a language comes in
 * proportion to 1 / (n + 2.7). The same for the same seed.
 */
export function titleMaker(seed: number): () => MadeTitle {
  const random = randomFrom(seed);
  const languages = Object.entries(shares).map(([language, share]) => ({
    language,
    share,
    draw: drawZipf(vocabulary * share, random),
  }));
  return () => {
    let place = random();
    const chosen = languages.find(({ share }) => {
      place -= share;
      return place < 0;
    });
    const { language, draw } = chosen ?? (languages[0] as (typeof languages)[number]);
    const length = 3 + Math.floor(random() * 6);
    const words = Array.from({ length }, () => spell(draw(), language));
    return { title: words.join(' '), language };
  };
}

/** A linear congruential generator: the same numbers from 0 up to 1 for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Ranks from 0. */
function drawZipf(count: number, random: () => number): () => number {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank += 1) {
    sum += 1 / (rank + 1 + offset);
    sums[rank] = sum;
  }
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function spell(rank: number, language: string): string {
  const parts = syllables[language] ?? latin;
  let word = '';
  for (let rest = rank + parts.length; rest > 0; rest = Math.floor(rest / parts.length)) {
    word += parts[rest % parts.length];
  }
  return word;
}
