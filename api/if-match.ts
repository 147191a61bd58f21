import { MillraceError } from '../shared/errors.ts';
import { etagOf } from './send-reply.ts';

/** The `ETag` header of what is sent as JSON: the same for a GET and for the reply to a PATCH. */
export function etagHeader(body: object): string {
  return `"${etagOf(JSON.stringify(body))}"`;
}

/**
 * Refuses a change of what its sender has not seen as it is now. `current` is what a GET would send. RFC 9110, 13.1.1:
 * weak tags never match, and `*` is whatever there is.
 * @throws MillraceError if_match_needed without the header, changed_meanwhile when no tag in it is that of `current`
 */
export function checkIfMatch(header: string | undefined, current: object): void {
  const tags = tagsIn(header);
  if (tags.includes('*') || tags.includes(etagHeader(current))) return;
  throw changedMeanwhile();
}

/** What `sendReply` makes of a revision; the hash behind it may be left out. */
const ofRevision = /^"r(\d{1,9})(?:\.[\w-]*)?"$/;

/**
 * The same for what also changes by itself, as a video does while it is encoded: of its tag only the revision counts,
 * which people's changes raise, and not the hash. Gives the revision that is to be changed, undefined for `*`.
 * @throws MillraceError if_match_needed, changed_meanwhile
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
