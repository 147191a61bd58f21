import { wordsOf } from './fold.ts';
import type { SearchQuery } from './parse-query.ts';
import { formsOf, termOf } from './stems.ts';

/** A part of a text; a `hit` is what was looked for. */
export type Piece = { text: string; hit: boolean };

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** What is to be marked for a query: once for all texts, as there are many forms. */
export function hitsOf(query: SearchQuery): Set<string> {
  return new Set(query.words.flatMap(formsOf));
}

/** A text in pieces that make it up again: text and no HTML, whatever people wrote into it. */
export function highlight(text: string, language: string | null, wanted: Set<string>): Piece[] {
  const isHit = (segment: string) => wordsOf(segment).some((word) => wanted.has(termOf(word, language)));
  const pieces: Piece[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const hit = isHit(segment);
    const last = pieces.at(-1);
    if (last && last.hit === hit) last.text += segment;
    else pieces.push({ text: segment, hit });
  }
  return pieces;
}

const beforeHit = 60;
const snippetLength = 200;

/** A part of a long text around the first hit in it, in pieces; its beginning where there is none. */
export function snippet(text: string, language: string | null, wanted: Set<string>): Piece[] {
  const pieces = highlight(text, language, wanted);
  const first = pieces.findIndex(({ hit }) => hit);
  const before = first < 0 ? 0 : pieces.slice(0, first).reduce((sum, piece) => sum + piece.text.length, 0);
  const from = before <= beforeHit ? 0 : wordBorder(text, before - beforeHit);
  const to = text.length - from <= snippetLength ? text.length : wordBorder(text, from + snippetLength);
  const cut = clip(pieces, from, to);
  if (from > 0) cut.unshift({ text: '… ', hit: false });
  if (to < text.length) cut.push({ text: ' …', hit: false });
  return cut;
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
