import { stemmer as arabic } from '@orama/stemmers/arabic';
import { stemmer as danish } from '@orama/stemmers/danish';
import { stemmer as dutch } from '@orama/stemmers/dutch';
import { stemmer as english } from '@orama/stemmers/english';
import { stemmer as finnish } from '@orama/stemmers/finnish';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as hungarian } from '@orama/stemmers/hungarian';
import { stemmer as italian } from '@orama/stemmers/italian';
import { stemmer as norwegian } from '@orama/stemmers/norwegian';
import { stemmer as portuguese } from '@orama/stemmers/portuguese';
import { stemmer as romanian } from '@orama/stemmers/romanian';
import { stemmer as russian } from '@orama/stemmers/russian';
import { stemmer as spanish } from '@orama/stemmers/spanish';
import { stemmer as swedish } from '@orama/stemmers/swedish';
import { stemmer as turkish } from '@orama/stemmers/turkish';

/** By ISO 639-1: the languages whose words MongoDB stems, too, and Arabic. */
const stemmers: Record<string, (word: string) => string> = {
  // Folded words end in heh where there was teh marbuta, which the stemmer takes off behind an article, too.
  ar: (word) => arabic(word.replace(/ه$/u, 'ة')),
  ...{ da: danish, de: german, en: english, es: spanish, fi: finnish, fr: french, hu: hungarian },
  ...{ it: italian, nl: dutch, no: norwegian, pt: portuguese, ro: romanian, ru: russian, sv: swedish },
  tr: turkish,
};
/** Both written norms have the endings of one stemmer. */
const sameAs: Record<string, string> = { nb: 'no', nn: 'no' };

export const stemmedLanguages: readonly string[] = [...Object.keys(stemmers), ...Object.keys(sameAs)];

/** Digits alone are of no language: who looks for 15 finds it in every one. */
const scripts: [RegExp, string[]][] = [
  [/^\p{Script=Arabic}+$/u, ['ar']],
  [/^\p{Script=Cyrillic}+$/u, ['ru']],
  [
    /^(?!\p{N}+$)[\p{Script=Latin}\p{N}]+$/u,
    Object.keys(stemmers).filter((one) => one !== 'ar' && one !== 'ru'),
  ],
];

/** The languages with a stemmer that are written in the letters of a folded word. */
function languagesOf(word: string): string[] {
  return scripts.find(([pattern]) => pattern.test(word))?.[1] ?? [];
}

/**
 * What a folded word is found by in a video of a language: its stem, marked with the language; the word itself where
 * there is no stemmer, or where it is in letters of another language, as iPhone is in Russian. Stems are made of folded
 * words, so that who types no accents finds the same.
 */
export function termOf(word: string, language: string | null): string {
  const known = language === null ? '' : (sameAs[language] ?? language);
  const stem = languagesOf(word).includes(known) ? stemmers[known] : undefined;
  return stem ? `${known}:${stem(word)}` : word;
}

/** Everything that a folded word of a query may be found by: a query does not say its language. */
export function formsOf(word: string): string[] {
  return [word, ...languagesOf(word).map((language) => termOf(word, language))];
}
