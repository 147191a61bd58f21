import { termOf } from './stems.ts';

/**
 * Terms that are common enough to be looked up two at a time, and which choice of them this is: each has the next
 * number.
 */
export type CommonTerms = { edition: number; terms: ReadonlySet<string> };

export const noCommonTerms: CommonTerms = { edition: 0, terms: new Set() };

/** A term, in about how many rows it is, and whether every row has its pairs with the other paired ones that it has. */
export type KnownForm = { _id: string; rows: number; isPaired?: true };

/** Rarer ones are as soon read by themselves: so many rows take some 5 ms. */
export const leastRows = 1000;
/** A word in more of the rows than this, as "the" may be, makes a pair hardly rarer than its other word is. */
const mostShare = 0.1;
/**
 * A row with more common terms has this term in place of their pairs, or a description could make tens of thousands.
 */
export const manyPairs = '*';
const mostPaired = 32;
/** So many pairs a row has on average, if its terms come independently: with long descriptions all words are common. */
const mostPairs = 4;

/** Two terms as one; no term has a space. */
function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

export function isPair(term: string): boolean {
  return term.includes(' ');
}

/** All pairs of those of the terms that are common, or `manyPairs`. */
export function pairsOf(terms: Iterable<string>, { terms: common }: CommonTerms): string[] {
  const some = [...terms].filter((term) => common.has(term));
  if (some.length > mostPaired) return [manyPairs];
  return some.flatMap((one, n) => some.slice(n + 1).map((other) => pairOf(one, other)));
}

/** Which terms should be common, from the counts of all that `least` of `all` rows have: the commonest first. */
export function chooseCommon(counted: { _id: string; rows: number }[], all: number): string[] {
  const chosen: string[] = [];
  let shares = 0;
  for (const { _id, rows } of counted.toSorted((a, b) => b.rows - a.rows || (a._id < b._id ? -1 : 1))) {
    const share = rows / all;
    if (_id === manyPairs || share > mostShare) continue;
    shares += share;
    if (shares ** 2 / 2 > mostPairs) break;
    chosen.push(_id);
  }
  return chosen;
}

/**
 * Terms of which every row with both words has one: their pairs where there are such, else the rarer of the two; and
 * `manyPairs`, where some rows have that instead: `many`, about. Of one word alone its forms, and of two where fewer
 * rows have the first than have `manyPairs`.
 */
export function leadsOf(
  word: KnownForm[],
  other: KnownForm[] | undefined,
  many: number | undefined,
): string[] {
  const rows = word.reduce((sum, form) => sum + form.rows, 0);
  if (!other || (many ?? 0) > rows) return word.map(({ _id }) => _id);
  const leads = word.flatMap((a) =>
    other
      .filter((b) => mayMeet(a._id, b._id))
      .map((b) => {
        if (a.isPaired && b.isPaired && a._id !== b._id) return pairOf(a._id, b._id);
        return a.rows <= b.rows ? a._id : b._id;
      }),
  );
  return [...new Set(many !== undefined && leads.some(isPair) ? [...leads, manyPairs] : leads)];
}

/** The terms of one row are of one language, and in it a word has one form. */
function mayMeet(a: string, b: string): boolean {
  const [one, other] = [languageOf(a), languageOf(b)];
  if (one === other) return true;
  if (other === '') return termOf(b, one) === b;
  return one === '' && termOf(a, other) === a;
}

function languageOf(term: string): string {
  return term.slice(0, Math.max(0, term.indexOf(':')));
}
