import { wordsOf } from './fold.ts';

export type SearchQuery = {
  /** Folded words that must all be there, those of the phrases among them; each once. */
  words: string[];
  /** Folded words that must stand beside each other. */
  phrases: string[][];
  /** What must not be there: words, and phrases of several. */
  without: string[][];
};

/** So much is looked for; what follows is left out. */
const mostWords = 16;

/**
 * Reads `sea "big waves" -storm -"two weeks"`. A minus counts where a word begins. What joins words, as `well-known`,
 * is a phrase only in quotes. Nothing of it is a pattern: what is no letter and no digit separates.
 */
export function parseQuery(text: string): SearchQuery {
  const words = new Set<string>();
  const phrases: string[][] = [];
  const without: string[][] = [];
  for (const [, minus, quoted, plain] of text.matchAll(/(?<=^|\s)(-?)(?:["“”„]([^"“”„]*)["“”„]?|(\S+))/gu)) {
    const found = wordsOf(quoted ?? plain ?? '').slice(0, mostWords);
    if (found.length === 0) continue;
    if (minus) without.push(found);
    else {
      for (const word of found) if (words.size < mostWords) words.add(word);
      if (quoted !== undefined && found.length > 1) phrases.push(found);
    }
  }
  return { words: [...words], phrases, without: without.slice(0, mostWords) };
}
