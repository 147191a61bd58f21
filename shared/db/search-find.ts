import type { Connection } from 'mongoose';
import { isPair, type KnownForm, leadsOf, manyPairs } from '../search/pairs.ts';
import type { SearchQuery } from '../search/parse-query.ts';
import { scoreExpression } from '../search/score.ts';
import { type SearchRow, spaced } from '../search/search-row.ts';
import { formsOf, termOf } from '../search/stems.ts';
import { shown } from './shown.ts';
import { type ListedVideo, listed, type Video } from './video-record.ts';

/** A hint for where to begin. Every term of any row is here; `seen` when last. */
export type SearchTerm = KnownForm & { seen: Date };

const searchOrders = ['relevance', 'newest', 'views'] as const;
type SearchOrder = (typeof searchOrders)[number];

/** What search may be narrowed to. Lengths in seconds, from `[0]` on and below `[1]`. */
export type SearchFilter = {
  region?: string | undefined;
  language?: string | undefined;
  /** One of them. */
  categories?: string[] | undefined;
  seconds?: [from: number, below: number] | undefined;
  publishedFrom?: Date | undefined;
};

export type Facet = { value: string; count: number };

export type Found = {
  items: ListedVideo[];
  total: number;
  category: Facet[];
  language: Facet[];
};

const nothing: Found = { items: [], total: 0, category: [], language: [] };
const mostSeconds = 5;

type Group = { _id: { c: string | null; l: string | null }; n: number; top?: Ranked[] };
/** What a video is ordered by, the highest first, and its id; of equal ones the higher id. */
type Ranked = [key: number, id: string];

/**
 * Pages up to here come with the counts, as each category and language keeps so many. Those behind are asked on their
 * own, or hundreds of groups would hand over thousands each.
 */
const mostKept = 200;

/** What viewers look for by words. By the driver alone: mongoose would cost about as much again. */
export function findRows(connection: Connection) {
  const rows = () => connection.collection<SearchRow>('search_rows');
  const terms = () => connection.collection<SearchTerm>('search_terms');
  const videos = () => connection.collection<Video>('videos');

  /**
   * The forms of each word that there are, the rarest word first; undefined when there is none of a word. `many`: so
   * many rows, about, have too many common terms for pairs, if any.
   */
  async function knownForms(
    words: string[],
    language: string | undefined,
  ): Promise<{ forms: KnownForm[][]; many: number | undefined } | undefined> {
    const forms = words.map((word) => (language === undefined ? formsOf(word) : [termOf(word, language)]));
    const found = await terms()
      .find({ _id: { $in: [...forms.flat(), manyPairs] } })
      .toArray();
    const byForm = new Map(found.map((term) => [term._id, term]));
    const known = forms.map((some) => some.flatMap((form) => byForm.get(form) ?? []));
    if (known.some((some) => some.length === 0)) return undefined;
    const countOf = (some: KnownForm[]) => some.reduce((sum, { rows }) => sum + rows, 0);
    return { forms: known.sort((a, b) => countOf(a) - countOf(b)), many: byForm.get(manyPairs)?.rows };
  }

  return async (
    query: SearchQuery,
    filter: SearchFilter,
    page: { order: SearchOrder; page: number; perPage: number },
    now = new Date(),
  ): Promise<Found> => {
    const found = await knownForms(query.words, filter.language);
    const [rarest, next] = found?.forms ?? [];
    if (!found || !rarest) return nothing;
    const known = found.forms.map((some) => some.map(({ _id }) => _id));
    const last = page.page * page.perPage;
    const first = last - page.perPage;
    const match = { $match: matching(leadsOf(rarest, next, found.many), known, query, filter, now) };
    const key = keyOf(page.order, query.words, now);
    const options = { hint: { terms: 1 }, maxTimeMS: mostSeconds * 1000 };
    const isKept = last <= mostKept;
    // Each group has no more of the page than the page and those before it hold.
    const top = { $maxN: { n: last, input: [key, '$_id'] } };
    const group = {
      _id: { c: '$category', l: '$language' },
      n: { $sum: 1 },
      ...(isKept ? { top } : {}),
    };
    const [groups, behind] = await Promise.all([
      rows()
        .aggregate<Group>([match, { $group: group }], options)
        .toArray(),
      isKept
        ? []
        : rows()
            .aggregate<{ _id: string }>(
              [
                match,
                { $project: { key } },
                { $sort: { key: -1, _id: -1 } },
                { $skip: first },
                { $limit: page.perPage },
                { $project: { _id: 1 } },
              ],
              options,
            )
            .toArray(),
    ]);
    const ids = isKept ? best(groups).slice(first, last) : behind.map(({ _id }) => _id);
    const shownOnes = await videos()
      .find({ _id: { $in: ids }, ...shown(filter.region, now) } as object)
      .project<ListedVideo>(listed)
      .maxTimeMS(mostSeconds * 1000)
      .toArray();
    const byId = new Map(shownOnes.map((video) => [video._id, video]));
    const items = ids.flatMap((id) => byId.get(id) ?? []);
    return {
      items,
      // Rows of what was hidden a moment ago are about to go.
      total: groups.reduce((sum, { n }) => sum + n, 0) - (ids.length - items.length),
      category: facetOf(groups, ({ c }) => c),
      language: facetOf(groups, ({ l }) => l),
    };
  };
}

/**
 * The two rarest words lead through the index; all are asked in a form that no index is chosen for, or a plan that was
 * right for the last two words would lead with the commonest.
 */
function matching(
  leads: string[],
  words: string[][],
  { phrases, without }: SearchQuery,
  filter: SearchFilter,
  now: Date,
): object {
  const holds = (words: string[]) => ({
    $gte: [{ $indexOfBytes: ['$text', { $literal: spaced(words) }] }, 0],
  });
  const excluded = without.map((words) =>
    words.length === 1 ? { terms: { $in: formsOf(words[0] ?? '') } } : { $expr: holds(words) },
  );
  // A single word is what leads, and a row with a pair has both of its words.
  const led = words.length === 1 ? 1 : leads.every(isPair) ? 2 : 0;
  const asked = words.slice(led).map((forms) => ({ terms: { $nin: forms } }));
  const absent = [...asked, ...excluded];
  const { region, language, categories, seconds, publishedFrom } = filter;
  return {
    terms: { $in: leads },
    ...(absent.length > 0 ? { $nor: absent } : {}),
    ...(phrases.length > 0 ? { $expr: { $and: phrases.map(holds) } } : {}),
    publishedAt: { $lte: now, ...(publishedFrom ? { $gte: publishedFrom } : {}) },
    ...(region === undefined ? {} : { regions: { $in: [region, '*'] } }),
    ...(language === undefined ? {} : { language }),
    ...(categories === undefined ? {} : { category: { $in: categories } }),
    ...(seconds ? { seconds: { $gte: seconds[0], $lt: seconds[1] } } : {}),
  };
}

function best(groups: Group[]): string[] {
  return groups
    .flatMap(({ top = [] }) => top)
    .sort(([a, one], [b, other]) => Number(b) - Number(a) || (one < other ? 1 : -1))
    .map(([, id]) => id);
}

function keyOf(order: SearchOrder, words: string[], now: Date): object | string {
  if (order === 'relevance') return scoreExpression(words, now);
  return order === 'views' ? '$views' : { $toLong: '$publishedAt' };
}

/** The commonest first. Those without a value are in no facet. */
function facetOf(groups: Group[], of: (id: Group['_id']) => string | null): Facet[] {
  const counts = new Map<string, number>();
  for (const { _id, n } of groups) {
    const value = of(_id);
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + n);
  }
  return commonestFirst(counts);
}

export function commonestFirst(counts: Map<string, number>): Facet[] {
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
