/** Every code of ISO 639-1. `Intl` knows thousands of others. */
const codes =
  'aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es ' +
  'et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki ' +
  'kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no ' +
  'nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te ' +
  'tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu';

const languages: ReadonlySet<string> = new Set(codes.split(' '));

/** The ISO 639-1 languages that are written right to left (Unicode CLDR, character order). */
const rightToLeft = new Set(['ar', 'dv', 'fa', 'he', 'ks', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** Whether it is a language of ISO 639-1, in small letters. */
export function isLanguage(code: string): boolean {
  return languages.has(code);
}

/**
 * All of them and no other as a pattern, for a schema that says what is taken: by the first letter, as that is short.
 */
export const languagePattern = new RegExp(
  `^(?:${[...new Set([...languages].map(([first]) => first))].map(beginningWith).join('|')})$`,
);

function beginningWith(first: string | undefined): string {
  const seconds = [...languages].filter((code) => code[0] === first).map((code) => code[1]);
  return `${first}[${seconds.join('')}]`;
}

export function isRightToLeft(language: string | null): boolean {
  return language !== null && rightToLeft.has(language);
}
