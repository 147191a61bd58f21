const number = String.raw`\d{1,3}(?:\.\d{1,6})?`;
const known = [
  /^vertical:(?:rl|lr)$/,
  new RegExp(`^line:(?:-?\\d{1,3}|${number}%)(?:,(?:start|center|end))?$`),
  new RegExp(`^position:${number}%(?:,(?:line-left|center|line-right))?$`),
  new RegExp(`^size:${number}%$`),
  /^align:(?:start|center|end|left|right)$/,
];

/** Those settings of a WebVTT cue that say where it stands; what is not known, regions too, is left out. */
export function cueSettings(text: string): string {
  return text
    .trim()
    .split(/\s+/)
    .map((setting) => (setting === 'align:middle' ? 'align:center' : setting))
    .filter((setting) => known.some((pattern) => pattern.test(setting)))
    .join(' ');
}
