import type { Connection } from 'mongoose';
import { beginningsOf, type SearchRow } from '../search/search-row.ts';
import { formsOf } from '../search/stems.ts';
import type { SearchTerm } from './search-find.ts';
import { shown } from './shown.ts';
import type { Video } from './video-record.ts';

/** A word of titles, what it begins with, the most views that any of them has, about, and when it was last seen. */
export type SearchWord = { _id: string; beginnings: string[]; best: number; seen: Date };

type Suggestion = { videoId: string; title: string };

const most = 10;
/** More than are shown: some may have been hidden a moment ago, or not be out yet. */
const mostRows = 15;
/** So many titles are looked through at most, the most viewed first, for what else must be true of them. */
const mostSearched = 500;
/** Of so many words before the last one the rarest is found; the further ones are only compared. */
const mostCounted = 16;
const milliseconds = 1000;
const byViews = { heads: 1, views: -1 } as const;

/**
 * Titles that have all of the given folded words, of which the last may only have begun; the most viewed first. The ten
 * best words that begin so have the ten most viewed titles, so the work is bounded however short the beginning is. In a
 * language, and with several words, those are found that are among the 500 most viewed with these or the rarest word.
 */
export function suggestTitles(connection: Connection) {
  const rows = () => connection.collection<SearchRow>('search_rows');
  const terms = () => connection.collection<SearchTerm>('search_terms');
  const words = () => connection.collection<SearchWord>('search_words');
  const videos = () => connection.collection<Video>('videos');

  async function wordsBeginning(beginning: string): Promise<string[]> {
    const looked = beginningsOf(beginning).at(-1) ?? beginning;
    const rest = looked === beginning ? {} : { _id: between(beginning) };
    const found = await words()
      .find({ beginnings: looked, ...rest })
      .sort({ best: -1 })
      .limit(most)
      .project<{ _id: string }>({ _id: 1 })
      .maxTimeMS(milliseconds)
      .toArray();
    return found.map(({ _id }) => _id);
  }

  /** The word that the fewest rows have, about: in whatever language, and in whichever field. */
  async function rarest(before: string[]): Promise<string | undefined> {
    if (before.length < 2) return before[0];
    const forms = before.slice(0, mostCounted).map((word) => ({ word, forms: formsOf(word) }));
    const found = await terms()
      .find({ _id: { $in: forms.flatMap((one) => one.forms) } })
      .maxTimeMS(milliseconds)
      .toArray();
    const counts = new Map(found.map(({ _id, rows }) => [_id, rows]));
    return forms
      .map(({ word, forms }) => ({
        word,
        rows: forms.reduce((sum, form) => sum + (counts.get(form) ?? 0), 0),
      }))
      .sort((a, b) => a.rows - b.rows)[0]?.word;
  }

  /**
   * Those that have one of the words and are out. MongoDB reads what it gives: what is not out has no views, and comes
   * last.
   */
  const withOneOf = (leads: string[], now: Date) =>
    rows()
      .find({ heads: { $in: leads }, publishedAt: { $lte: now } })
      .sort({ views: -1 })
      .limit(mostRows)
      .project<{ _id: string }>({ _id: 1 })
      .hint(byViews)
      .maxTimeMS(milliseconds)
      .toArray();

  /** The same, where more must be true of them: MongoDB reads all of those that are looked through. */
  const among = (leads: string[], further: object, now: Date) =>
    rows()
      .aggregate<{ _id: string }>(
        [
          { $match: { heads: { $in: leads } } },
          { $sort: { views: -1 } },
          { $limit: mostSearched },
          { $match: { ...further, publishedAt: { $lte: now } } },
          { $limit: mostRows },
          { $project: { _id: 1 } },
        ],
        { hint: byViews, maxTimeMS: milliseconds },
      )
      .toArray();

  return async (given: string[], language?: string, now = new Date()): Promise<Suggestion[]> => {
    const beginning = given.at(-1);
    if (beginning === undefined) return [];
    const before = given.slice(0, -1);
    const lead = await rarest(before);
    const inLanguage = language === undefined ? undefined : { language };
    const leads = lead === undefined ? await wordsBeginning(beginning) : [lead];
    const further =
      lead === undefined
        ? inLanguage
        : {
            $and: [{ heads: { $all: before } }, { heads: { $elemMatch: between(beginning) } }],
            ...inLanguage,
          };
    const found = await (further ? among(leads, further, now) : withOneOf(leads, now));
    const ids = found.map(({ _id }) => _id);
    const shownOnes = await videos()
      .find({ _id: { $in: ids }, ...shown(undefined, now) } as object)
      .project<{ _id: string; title: string }>({ title: 1 })
      .maxTimeMS(milliseconds)
      .toArray();
    const titles = new Map(shownOnes.map(({ _id, title }) => [_id, title]));
    return ids
      .flatMap((videoId) => {
        const title = titles.get(videoId);
        return title === undefined ? [] : [{ videoId, title }];
      })
      .slice(0, most);
  };
}

/** Every text that begins so, in the order of bytes: no character is after U+10FFFF. */
function between(beginning: string) {
  return { $gte: beginning, $lt: `${beginning}\u{10ffff}` };
}
