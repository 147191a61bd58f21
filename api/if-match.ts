import { MillraceError } from '../shared/errors.ts';

/** What `sendReply` makes of a revision; the hash behind it may be left out. */
const ofRevision = /^"r(\d{1,9})(?:\.[\w-]*)?"$/;

/**
 * Refuses a change of what its sender has not seen as it is now. Of an entity tag only the revision counts, which
 * people's changes raise, and not the hash: a video also changes by itself while it is encoded. RFC 9110, 13.1.1: weak
 * tags never match, and `*` is whatever there is.
 * @returns the revision that is to be changed, undefined for `*`
 * @throws MillraceError if_match_needed without the header, changed_meanwhile when no tag in it is of `current`
 */
export function expectedRevision(header: string | undefined, current: number): number | undefined {
  const tags = tagsIn(header);
  if (tags.includes('*')) return undefined;
  if (tags.some((tag) => ofRevision.exec(tag)?.[1] === String(current))) return current;
  throw changedMeanwhile();
}

/** Also for a change that another one was faster than, between the look and the write. */
export function changedMeanwhile(): MillraceError {
  return new MillraceError('changed_meanwhile', 'It has changed since you have read it. Read it again.');
}

function tagsIn(header: string | undefined): string[] {
  if (header) return header.split(',').map((tag) => tag.trim());
  throw new MillraceError(
    'if_match_needed',
    'Send If-Match with the ETag of what you have read, so that nobody’s change is overwritten.',
  );
}
