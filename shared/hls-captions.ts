import type { Caption } from './db/captions.ts';

const group = 'subs';

/** Where the master playlist finds the captions of a language, beside the renditions. */
const addressOf = (language: string) => `captions/${language}/index.m3u8`;

/**
 * A master playlist with captions offered in it. They are put in when it is read, not when it is written, because
 * captions come and go while the renditions stay.
 */
export function withCaptions(
  master: string,
  captions: Pick<Caption, 'language' | 'title' | 'isDefault'>[],
): string {
  if (captions.length === 0) return master;
  const names = namesOf(captions);
  // A group may have one default at most.
  const chosen = captions.findIndex(({ isDefault }) => isDefault);
  const media = captions.map(({ language }, index) => {
    const isDefault = index === chosen ? 'YES' : 'NO';
    return (
      `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="${group}",NAME="${names[index]}",LANGUAGE="${language}",` +
      `DEFAULT=${isDefault},AUTOSELECT=YES,FORCED=NO,URI="${addressOf(language)}"`
    );
  });
  const lines = master
    .split('\n')
    .map((line) => (line.startsWith('#EXT-X-STREAM-INF:') ? `${line},SUBTITLES="${group}"` : line));
  const first = lines.findIndex((line) => line.startsWith('#EXT-X-STREAM-INF:'));
  return [...lines.slice(0, first), ...media, ...lines.slice(first)].join('\n');
}

/** One segment as long as the video, which is known whole from the first moment: it never grows. */
export function captionPlaylist(durationSeconds: number, url: string): string {
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${Math.max(1, Math.ceil(durationSeconds))}`,
    '#EXT-X-MEDIA-SEQUENCE:1',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    `#EXTINF:${durationSeconds.toFixed(6)},`,
    url,
    '#EXT-X-ENDLIST',
    '',
  ].join('\n');
}

/** A name for each, which a group may hold once only. Quoted strings may hold neither quotes nor line breaks. */
function namesOf(captions: Pick<Caption, 'language' | 'title'>[]): string[] {
  const names: string[] = [];
  for (const { language, title } of captions) {
    const name = title.replaceAll(/["\p{Cc}]/gu, ' ').trim() || nameOfLanguage(language);
    let unique = name;
    for (let count = 2; names.includes(unique); count += 1) unique = `${name} ${count}`;
    names.push(unique);
  }
  return names;
}

/** What a language is called in itself. */
function nameOfLanguage(language: string): string {
  if (language === 'und') return 'Captions';
  return new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
}
