import type { Video } from '../db/video-record.ts';
import { joinedWordsOf, wordsOf } from './fold.ts';
import { type CommonTerms, noCommonTerms, pairsOf } from './pairs.ts';
import { termOf } from './stems.ts';

/** One video as the index has it: small, for the commonest words are looked for in many of them. */
export type SearchRow = {
  _id: string;
  /**
   * Everything that it is found by, each once, where it counts most: title, tags, people, channel, description. Behind
   * these, pairs of those that are common.
   */
  terms: string[];
  /** Which choice of common terms it was made with. */
  edition: number;
  /** Where the terms of each field end. */
  ends: { title: number; tags: number; people: number; channel: number };
  /** The words of the title as they are, without stems: for suggestions. */
  heads: string[];
  /** All folded words with a space around each, the fields apart: for phrases. */
  text: string;
  category: string | null;
  language: string | null;
  /** `*` is everywhere. */
  regions: string[];
  seconds: number | null;
  views: number;
  publishedAt: Date;
};

/** A description may have a thousand words: what it is about stands in the first of them. */
export const mostOfDescription = 200;

export type RowSource = Pick<
  Video,
  | ('_id' | 'title' | 'tags' | 'channelTitle' | 'description' | 'category' | 'language' | 'regions')
  | ('durationSeconds' | 'views' | 'publishedAt')
>;

/** The row of a video, with the names of the people in it. Pure. */
export function searchRowOf(
  video: RowSource,
  people: string[] = [],
  common: CommonTerms = noCommonTerms,
): SearchRow {
  const texts = [[video.title], video.tags, people, [video.channelTitle ?? ''], [video.description]];
  const most = [...texts.slice(1).map(() => Number.POSITIVE_INFINITY), mostOfDescription];
  const fields = texts.map((some, n) => some.flatMap(wordsOf).slice(0, most[n]));
  const joined = texts.map((some, n) => some.flatMap(joinedWordsOf).slice(0, most[n]));
  const terms = new Set<string>();
  const ends = fields.map((words, n) => {
    for (const word of [...words, ...(joined[n] ?? [])]) terms.add(termOf(word, video.language));
    return terms.size;
  });
  const [title = 0, tags = 0, named = 0, channel = 0] = ends;
  return {
    _id: video._id,
    terms: [...terms, ...pairsOf(terms, common)],
    edition: common.edition,
    ends: { title, tags, people: named, channel },
    heads: [...new Set([...(fields[0] ?? []), ...(joined[0] ?? [])])],
    text: phraseTexts(video, people, fields).join('\n'),
    category: video.category,
    language: video.language,
    regions: video.regions.length > 0 ? video.regions : ['*'],
    seconds: video.durationSeconds,
    views: video.views,
    publishedAt: video.publishedAt,
  };
}

/** Words of two tags, or of two people, stand beside each other in no phrase. */
function phraseTexts({ tags }: RowSource, people: string[], fields: string[][]): string[] {
  const [title = [], , , channel = [], description = []] = fields;
  return [title, ...tags.map(wordsOf), ...people.map(wordsOf), channel, description]
    .filter((words) => words.length > 0)
    .map(spaced);
}

/** As a phrase stands in `text`. */
export function spaced(words: string[]): string {
  return ` ${words.join(' ')} `;
}

/** The beginnings of a word that suggestions are looked up by; of a longer one the rest is compared. */
export const longestBeginning = 4;

export function beginningsOf(word: string): string[] {
  const letters = [...word];
  const most = Math.min(longestBeginning, letters.length);
  return Array.from({ length: most }, (_, n) => letters.slice(0, n + 1).join(''));
}
