const kept = new Set(['b', 'i', 'u', 'c', 'v', 'lang', 'ruby', 'rt']);
/** Only these say something behind their name: who speaks, and in which language. */
const annotated = new Set(['v', 'lang']);

/** Tags inside each other; a text of nothing but open tags would else take minutes. */
const mostNested = 16;

/**
 * A tag, or one of the time stamps that karaoke puts inside a text. What looks otherwise is text with a `<` in it. The
 * name and the classes end where they must: tried at each shorter length, one tag that never closes takes minutes.
 */
const tag = /<(\/?)([a-z][a-z0-9]*)(?![a-z0-9])((?:\.[\w-]+(?![\w-]))*)(?!\.[\w-])([^<>]*)>|<[\d:.]+>/gi;
const strayAmpersand = /&(?!(?:amp|lt|gt|nbsp|lrm|rlm|#\d{1,7}|#x[0-9a-f]{1,6});)/gi;

/**
 * The text of a cue as WebVTT that no parser can read as anything else: the tags that WebVTT knows, each closed and
 * nested; other tags (`<font>`, time stamps) gone and what they held kept; everything else escaped. Lines without
 * a word in them are left out, since an empty line would end the cue.
 */
export function cueText(lines: string[]): string {
  const text = lines
    .map((line) =>
      line
        .replaceAll('\t', ' ')
        .replaceAll(/\p{Cc}/gu, '')
        .trim(),
    )
    .filter(Boolean)
    .join('\n');
  const open: string[] = [];
  let result = '';
  let at = 0;
  for (const match of text.matchAll(tag)) {
    const [whole, slash, name = '', classes = '', rest = ''] = match;
    result += escapeText(text.slice(at, match.index));
    at = match.index + whole.length;
    result += slash ? closing(name.toLowerCase(), open) : opening(name.toLowerCase(), classes, rest, open);
  }
  result += escapeText(text.slice(at));
  while (open.length > 0) result += `</${open.pop()}>`;
  return isBlank(result) ? '' : result.replaceAll(/\n{2,}/g, '\n').trim();
}

/** Notes an opened tag in `open`, which `closing` and the end of the cue close. */
function opening(name: string, classes: string, rest: string, open: string[]): string {
  if (!kept.has(name) || open.length === mostNested) return '';
  const annotation = escapeText(rest.replaceAll(/\s+/g, ' ').trim());
  if (annotated.has(name) && !annotation) return '';
  open.push(name);
  return `<${name}${classes}${annotated.has(name) ? ` ${annotation}` : ''}>`;
}

/** Closes what was opened since, too; nothing when the tag is not open. */
function closing(name: string, open: string[]): string {
  if (!open.includes(name)) return '';
  let result = '';
  for (let last = ''; last !== name; ) {
    last = open.pop() ?? name;
    result += `</${last}>`;
  }
  return result;
}

function escapeText(text: string): string {
  return text.replaceAll(strayAmpersand, '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function isBlank(result: string): boolean {
  return result.replaceAll(/<[^<>]*>/g, '').trim() === '';
}
