/** The ISO 639-1 languages that are written right to left (Unicode CLDR, character order). */
const rightToLeft = new Set(['ar', 'dv', 'fa', 'he', 'ks', 'ps', 'sd', 'ug', 'ur', 'yi']);

export function isRightToLeft(language: string | null): boolean {
  return language !== null && rightToLeft.has(language);
}
