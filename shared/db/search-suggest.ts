import { type Connection, trusted } from 'mongoose';
import { beginningsOf, type SearchRow } from '../search/search-row.ts';
import { shown } from './shown.ts';
import type { Video } from './video-record.ts';

/** A word of titles, what it begins with, and the most views that any of them has had. */
export type SearchWord = { _id: string; beginnings: string[]; best: number };

export type Suggestion = { videoId: string; title: string };

const most = 10;
/** More than are shown: some may have been hidden a moment ago, or not be out yet. */
const mostRows = 30;
/** With words before the last one, so many titles that have one of those are looked through, the most viewed first. */
const mostSearched = 500;
const milliseconds = 1000;

/**
 * Titles that have all of the given folded words, of which the last may only have begun; the most viewed first. The ten
 * best words that begin so have the ten most viewed titles, so the work is bounded however short the beginning is.
 */
export function suggestTitles(connection: Connection) {
  const rows = () => connection.collection<SearchRow>('search_rows');
  const words = () => connection.collection<SearchWord>('search_words');
  const videos = connection.model<Video>('Video');

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

  return async (given: string[], language?: string, now = new Date()): Promise<Suggestion[]> => {
    const beginning = given.at(-1);
    if (beginning === undefined) return [];
    const before = given.slice(0, -1);
    const [lead] = [...before].sort((a, b) => b.length - a.length);
    const narrow = { publishedAt: { $lte: now }, ...(language === undefined ? {} : { language }) };
    const found = await rows()
      .aggregate<{ _id: string }>(
        [
          { $match: { heads: lead ?? { $in: await wordsBeginning(beginning) } } },
          { $sort: { views: -1 } },
          { $limit: mostSearched },
          {
            $match: lead
              ? {
                  $and: [{ heads: { $all: before } }, { heads: { $elemMatch: between(beginning) } }],
                  ...narrow,
                }
              : narrow,
          },
          { $limit: mostRows },
          { $project: { _id: 1 } },
        ],
        { hint: { heads: 1, views: -1 }, maxTimeMS: milliseconds },
      )
      .toArray();
    const ids = found.map(({ _id }) => _id);
    const shownOnes = await videos
      .find({ _id: trusted({ $in: ids }), ...shown(undefined, now) })
      .select({ title: 1 })
      .maxTimeMS(milliseconds)
      .lean<{ _id: string; title: string }[]>();
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
