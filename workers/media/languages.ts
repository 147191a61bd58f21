/** `eng` and `EN` become `en`; what is no language becomes `und`. BCP 47. */
export function canonicalLanguage(tag: string | undefined): string {
  if (!tag || !/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(tag)) return 'und';
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? 'und';
  } catch {
    return 'und';
  }
}

const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

/** What people call it, in English. */
export function languageName(tag: string): string {
  return tag === 'und' ? 'Original' : (names.of(tag) ?? tag);
}
