import type { MediaText } from './hls-parse.ts';
import type { Report } from './hls-rule-table.ts';
import { at, boundariesOf, type Listed, type Stream } from './hls-stream.ts';

/** By these endings a segment is known not to be fragmented MP4. */
const otherFormat = /\.(ts|aac|mp3|ac3|ec3|vtt|webvtt)$/i;
/** EXTINF is rounded, to microseconds by Millrace, to milliseconds by others. */
const rounding = 0.001;

/** What can be said of media playlists by their text. */
export function checkMedia(stream: Stream, report: Report): void {
  for (const url of new Set(stream.listed.map((one) => one.url))) {
    const listed = stream.listed.find((one) => one.url === url);
    if (listed) checkOne(listed, report);
  }
  for (const { kind, where, playlist } of stream.listed) {
    if (playlist.isKeyFramesOnly !== (kind === 'keyFrames')) {
      const message = `EXT-X-I-FRAMES-ONLY is ${playlist.isKeyFramesOnly ? 'not expected' : 'missing'}.`;
      report('key-frames-only', where, message);
    }
  }
  checkAgreement(stream, report);
  checkBoundaries(stream, report);
  checkSpans(stream, report);
}

function checkOne({ kind, where, playlist }: Listed, report: Report): void {
  const { targetSeconds, type, isEnded, items, version } = playlist;
  const needed = neededVersion(playlist);
  if (version < needed) report('version', where, `It says version ${version}, and needs ${needed}.`);
  if (items.length === 0 && isEnded) report('not-empty', where, 'It lists nothing.');
  if (targetSeconds === null) report('target-duration', where, 'There is no EXT-X-TARGETDURATION.');
  for (const { line, seconds, uri, map } of items) {
    const place = at(where, line);
    if (!(seconds > 0)) report('extinf', place, 'Its duration is not above zero.');
    if (targetSeconds !== null && Math.round(seconds) > targetSeconds) {
      report('target-duration', place, `${seconds} s rounds to more than the target of ${targetSeconds} s.`);
    }
    if (targetSeconds !== null && seconds > targetSeconds + 0.5 + rounding) {
      report('segment-length', place, `${seconds} s for a target of ${targetSeconds} s.`);
    }
    if (!map && kind !== 'text' && !otherFormat.test(uri.split(/[?#]/)[0] ?? '')) {
      report('map', place, 'No EXT-X-MAP stands before this segment.');
    }
  }
  const total = boundariesOf(playlist).at(-1) ?? 0;
  if (
    (kind === 'picture' || kind === 'sound') &&
    targetSeconds !== null &&
    total >= 12 &&
    targetSeconds !== 6
  ) {
    report('six-seconds', where, `The target duration is ${targetSeconds} s.`);
  }
  if (type !== 'VOD' && type !== 'EVENT' && (type !== null || isEnded)) {
    report(
      'playlist-type',
      where,
      `EXT-X-PLAYLIST-TYPE is ${type ?? 'missing, though the playlist has an end'}.`,
    );
  }
  if (type === 'VOD' && !isEnded) report('endlist', where, 'A VOD playlist lacks EXT-X-ENDLIST.');
}

function neededVersion({ tags, hasFractions, isKeyFramesOnly }: MediaText): number {
  if (tags.has('EXT-X-SKIP')) return 9;
  if (tags.has('EXT-X-DEFINE')) return 8;
  if (tags.has('EXT-X-MAP')) return isKeyFramesOnly ? 5 : 6;
  if (tags.has('EXT-X-BYTERANGE') || isKeyFramesOnly) return 4;
  return hasFractions ? 3 : 1;
}

/** Reports the first that differs from the first of all. */
function checkSame<T>(
  some: Listed[],
  of: (playlist: MediaText) => T,
  report: (where: string, found: T, expected: T) => void,
): void {
  const [first, ...others] = some;
  const different = first && others.find(({ playlist }) => of(playlist) !== of(first.playlist));
  if (different) report(different.where, of(different.playlist), of(first.playlist));
}

function checkAgreement({ listed }: Stream, report: Report): void {
  const media = listed.filter(({ kind }) => kind === 'picture' || kind === 'sound');
  // Subtitles and key frames may have a target of their own in a VOD.
  const bound = listed.filter(({ playlist, kind }) => playlist.type !== 'VOD' || /picture|sound/.test(kind));
  checkSame(
    [...media, ...bound],
    ({ targetSeconds }) => targetSeconds,
    (where, found, expected) =>
      report('same-target', where, `Its target duration is ${found} s, that of others ${expected} s.`),
  );
  checkSame(
    listed,
    ({ type }) => type,
    (where, found, expected) =>
      report(
        'playlist-type',
        where,
        `EXT-X-PLAYLIST-TYPE is ${found ?? 'missing'}, that of others ${expected}.`,
      ),
  );
  checkSame(
    listed,
    ({ isEnded }) => isEnded,
    (where, found) => report('endlist', where, `It has ${found ? 'an' : 'no'} end, unlike others.`),
  );
  checkSame(
    media.filter(({ playlist }) => playlist.isEnded),
    ({ items }) => items.filter(({ afterDiscontinuity }) => afterDiscontinuity).length,
    (where, found, expected) =>
      report('same-discontinuities', where, `${found} discontinuities, ${expected} in others.`),
  );
}

/** While playlists grow, one may be longer than another; what both list must agree. */
function checkBoundaries({ listed, frameSeconds }: Stream, report: Report): void {
  const [first, ...others] = listed.filter(
    ({ kind, playlist }) => kind === 'picture' && (playlist.isEnded || playlist.type === 'EVENT'),
  );
  if (!first) return;
  const due = boundariesOf(first.playlist);
  for (const { where, playlist } of others) {
    const times = boundariesOf(playlist);
    if (playlist.isEnded && first.playlist.isEnded && times.length !== due.length) {
      const message = `It has ${times.length - 1} segments, ${first.where} has ${due.length - 1}.`;
      report('same-boundaries', where, message);
      continue;
    }
    const wrong = times.findIndex(
      (time, index) => Math.abs(time - (due[index] ?? time)) > frameSeconds / 2 + rounding,
    );
    if (wrong !== -1) {
      const message = `Segment ${wrong} ends at ${times[wrong]?.toFixed(3)} s, in ${first.where} at ${due[wrong]?.toFixed(3)} s.`;
      report('same-boundaries', at(where, playlist.items[wrong - 1]?.line), message);
    }
  }
}

function checkSpans({ listed, frameSeconds, isGrowing }: Stream, report: Report): void {
  const picture = listed.find(({ kind }) => kind === 'picture');
  if (!picture || isGrowing) return;
  const lengthOf = ({ playlist }: Listed) => boundariesOf(playlist).at(-1) ?? 0;
  const due = lengthOf(picture);
  for (const one of listed) {
    const away = Math.abs(lengthOf(one) - due);
    const message = `It lasts ${lengthOf(one).toFixed(3)} s, the picture ${due.toFixed(3)} s.`;
    if (one.kind === 'keyFrames' && away > frameSeconds + rounding)
      report('key-frame-span', one.where, message);
    const isBeside = one.kind === 'sound' || one.kind === 'text';
    if (isBeside && away > (picture.playlist.targetSeconds ?? 0)) report('same-span', one.where, message);
  }
}
