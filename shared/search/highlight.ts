import { joinedWordsOf, wordsOf } from './fold.ts';
import type { SearchQuery } from './parse-query.ts';
import { mostOfDescription } from './search-row.ts';
import { formsOf, termOf } from './stems.ts';

/** A part of a text; a `hit` is what was looked for. */
type Piece = { text: string; hit: boolean };

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** How many words of the index a word-like segment holds, and whether one of them was looked for. */
type Seen = { words: number; hit: boolean };

/** What is to be marked: forms of words, and what is known of the segments met so far, by language. */
export type Wanted = { forms: Set<string>; seen: Map<string, Seen> };

/** What is to be marked for a query: once for all texts of a page, as there are many forms, and texts repeat words. */
export function hitsOf(query: SearchQuery): Wanted {
  return { forms: new Set(query.words.flatMap(formsOf)), seen: new Map() };
}

function seenOf(segment: string, language: string | null, { forms, seen }: Wanted): Seen {
  const key = `${language} ${segment}`;
  const known = seen.get(key);
  if (known) return known;
  const words = wordsOf(segment);
  const isHit = (word: string) => forms.has(termOf(word, language));
  const made = { words: words.length, hit: words.some(isHit) || joinedWordsOf(segment).some(isHit) };
  seen.set(key, made);
  return made;
}

/** A text in pieces that make it up again: text and no HTML, whatever people wrote into it. */
export function highlight(text: string, language: string | null, wanted: Wanted): Piece[] {
  const pieces: Piece[] = [];
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    add(pieces, segment, isWordLike === true && seenOf(segment, language, wanted).hit);
  }
  return pieces;
}

function add(pieces: Piece[], text: string, hit: boolean): void {
  const last = pieces.at(-1);
  if (last && last.hit === hit) last.text += text;
  else pieces.push({ text, hit });
}

const beforeHit = 60;
const snippetLength = 200;

/** A part of a long text around the first hit in it, in pieces; its beginning where there is none. */
export function snippet(text: string, language: string | null, wanted: Wanted): Piece[] {
  const { pieces, before } = aroundHit(text, language, wanted);
  const from = before <= beforeHit ? 0 : wordBorder(text, before - beforeHit);
  const to = text.length - from <= snippetLength ? text.length : wordBorder(text, from + snippetLength);
  const cut = clip(pieces, from, to);
  if (from > 0) cut.unshift({ text: '… ', hit: false });
  if (to < text.length) cut.push({ text: ' …', hit: false });
  return cut;
}

/**
 * The pieces of a text, looked at no further than a snippet goes behind the first hit, or than the words that the index
 * has of it; the rest is one piece. `before` the hit are so many characters; none, where there is no hit.
 */
function aroundHit(
  text: string,
  language: string | null,
  wanted: Wanted,
): { pieces: Piece[]; before: number } {
  const pieces: Piece[] = [];
  let words = 0;
  let before: number | undefined;
  for (const { segment, index, isWordLike } of segmenter.segment(text)) {
    const isOver = before === undefined ? words >= mostOfDescription : index > before + snippetLength;
    if (isOver) {
      add(pieces, text.slice(index), false);
      break;
    }
    const seen = isWordLike ? seenOf(segment, language, wanted) : undefined;
    if (seen?.hit) before ??= index;
    words += seen?.words ?? 0;
    add(pieces, segment, seen?.hit === true);
  }
  return { pieces, before: before ?? 0 };
}

/** Behind the last space before a place; the place itself, between whole characters, where there is none near. */
function wordBorder(text: string, at: number): number {
  const space = text.lastIndexOf(' ', at);
  if (space > at - 40) return space + 1;
  return /[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at;
}

function clip(pieces: Piece[], from: number, to: number): Piece[] {
  let at = 0;
  return pieces.flatMap(({ text, hit }) => {
    const start = at;
    at += text.length;
    const part = text.slice(Math.max(0, from - start), Math.max(0, to - start));
    return part ? [{ text: part, hit }] : [];
  });
}
