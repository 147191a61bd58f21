import { captionLanguage } from '../../shared/contracts/captions.ts';

/** `eng` and `EN` become `en`; what is no language becomes `und`. BCP 47. */
export function canonicalLanguage(tag: string | undefined): string {
  return captionLanguage.safeParse(tag).data ?? 'und';
}

const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

/** What people call it, in English. */
export function languageName(tag: string): string {
  return tag === 'und' ? 'Original' : (names.of(tag) ?? tag);
}
