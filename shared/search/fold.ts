/** Letters that Unicode does not take apart, but people leave out or type otherwise. */
const letters: Record<string, string> = {
  ...{ ß: 'ss', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', æ: 'ae', œ: 'oe', ħ: 'h', ı: 'i', ς: 'σ' },
  // Arabic, Persian and Urdu: one alef, one yeh, one kaf, one heh; teh marbuta is often typed as heh.
  ...{ ٱ: 'ا', ى: 'ي', ی: 'ي', ک: 'ك', ة: 'ه', ہ: 'ه', ۃ: 'ه' },
  ...Object.fromEntries([...'٠١٢٣٤٥٦٧٨٩'].map((digit, n) => [digit, String(n)])),
  ...Object.fromEntries([...'۰۱۲۳۴۵۶۷۸۹'].map((digit, n) => [digit, String(n)])),
};
const letter = new RegExp(`[${Object.keys(letters).join('')}]`, 'gu');

/** Nasals that Devanagari writes as a dot as well: हिन्दी and हिंदी, हँसी and हंसी. */
const nasal = /\u0901|[\u0919\u091e\u0923\u0928\u092e]\u094d(?=[\u0915-\u092e])/g;

/**
 * Accents, Arabic and Hebrew vowel signs, tatweel, and the dot of sounds that Devanagari borrows, which many leave out.
 * The breve of й stays, which makes another letter; the marks of kana are none of these, nor are maqaf and what else
 * separates Hebrew words.
 */
const marks =
  /(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u093c]/gu;

/**
 * What only says how a word is drawn or broken: soft hyphens, joiners, directions, variants of a character, keycaps.
 */
const unseen =
  /\u00ad|\u061c|\u200d|\u200e|\u200f|\u2060|\ufeff|\u20e3|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]|(?<!\p{Script=Arabic})\u200c/gu;

/** One spelling for what people hold for the same: without case, accents, vowel signs and widths. */
export function fold(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text.toLowerCase();
  // Taken apart first: 𝐇 and ℃ have capitals in them. A trade mark is no part of the word.
  return text
    .replace(/[™℠]/g, ' ')
    .normalize('NFKD')
    .toLowerCase()
    .replace(marks, '')
    .replace(unseen, '')
    .normalize('NFC')
    .replace(nasal, '\u0902')
    .replace(letter, (one) => letters[one] ?? one);
}

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** A longer one is cut, or a row could outgrow what an index takes. */
const longestWord = 40;

/** What French, Italian and Catalan leave of a small word before a vowel, as in l'école and dell'arte, folded. */
const elided =
  /(?<![\p{L}\p{N}\p{M}]['’ʼ]?)((?:jus|lors|puis|quoi|quel|pres)?qu|[cdjlmnst]|[ds]?all|dell|nell|sull|coll|un|gl|quell|quest|bell|sant)['’ʼ](?=[aehiouy])/gu;
const elidedWord = new RegExp(`${elided.source}(\\p{L}+)`, 'gu');

/** What joins letters to one word, as in don’t, Hawaiʻi, צ׳יפס and pel·lícula. */
const joining = /['’‘ʼʻ׳]|(?<=l)·(?=l)/g;

/**
 * The folded words of a text in their order, without articles and the like that an apostrophe joins to them. Scripts
 * without spaces are cut by dictionary.
 */
export function wordsOf(text: string): string[] {
  return fold(text)
    .replace(elided, '')
    .replace(joining, '')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .flatMap((word) => (unspaced.test(word) ? segments(word) : [word]))
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .map(cut);
}

/** Of Persian and its like, where no space but this stands between the parts of a word. */
const halfSpaced = /\p{L}+(?:\u200c\p{L}+)+/gu;

/** What `wordsOf` parts, as one: who looks for D'Angelo may leave out the apostrophe, for می‌خواهم the half space. */
export function joinedWordsOf(text: string): string[] {
  const folded = fold(text);
  const elidedOnes = [...folded.matchAll(elidedWord)].map(([, small, word]) => cut(`${small}${word}`));
  const halfSpacedOnes = [...folded.matchAll(halfSpaced)].map(([word]) => cut(word.replaceAll('\u200c', '')));
  return [...elidedOnes, ...halfSpacedOnes];
}

const cut = (word: string) => [...word].slice(0, longestWord).join('');

/** A name in katakana is a word of its own, also where the dictionary knows what it is joined to. */
const joined = /[\p{Script=Katakana}ー]+|[^\p{Script=Katakana}ー]+/gu;

function segments(text: string): string[] {
  return [...segmenter.segment(text)].flatMap(({ segment }) => segment.match(joined) ?? []);
}
