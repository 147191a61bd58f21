import type { Connection } from 'mongoose';
import { beginningsOf, type SearchRow } from '../search/search-row.ts';
import { shown } from './shown.ts';
import type { Video } from './video-record.ts';

/** A word of titles, what it begins with, and the most views that any of them has had. */
export type SearchWord = { _id: string; beginnings: string[]; best: number };

export type Suggestion = { videoId: string; title: string };

const most = 10;
/** More than are shown: some may have been hidden a moment ago, or not be out yet. */
const mostRows = 15;
/** With words before the last one, so many titles that have one of those are looked through, the most viewed first. */
const mostSearched = 500;
const milliseconds = 1000;
const byViews = { heads: 1, views: -1 } as const;

/**
 * Titles that have all of the given folded words, of which the last may only have begun; the most viewed first. The ten
 * best words that begin so have the ten most viewed titles, so the work is bounded however short the beginning is.
 */
export function suggestTitles(connection: Connection) {
  const rows = () => connection.collection<SearchRow>('search_rows');
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

  /** Looks through the titles that have one of the words, and no further than so many. */
  const withLead = (lead: string, before: string[], beginning: string, narrow: object) =>
    rows()
      .aggregate<{ _id: string }>(
        [
          { $match: { heads: lead } },
          { $sort: { views: -1 } },
          { $limit: mostSearched },
          {
            $match: {
              $and: [{ heads: { $all: before } }, { heads: { $elemMatch: between(beginning) } }],
              ...narrow,
            },
          },
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
    const [lead] = [...before].sort((a, b) => b.length - a.length);
    const narrow = { publishedAt: { $lte: now }, ...(language === undefined ? {} : { language }) };
    const found = lead
      ? await withLead(lead, before, beginning, narrow)
      : await rows()
          .find({ heads: { $in: await wordsBeginning(beginning) }, ...narrow })
          .sort({ views: -1 })
          .limit(mostRows)
          .hint(byViews)
          .project<{ _id: string }>({ _id: 1 })
          .maxTimeMS(milliseconds)
          .toArray();
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
