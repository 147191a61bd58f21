import { MillraceError } from '../shared/errors.ts';

const entityTag = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;
/** What `sendReply` makes of a revision. A proxy that compresses may have put W/ before it, or a word behind it. */
const ours = /^(?:W\/)?"r(\d{1,9})(?:\.[\w-]*)?"$/;

/**
 * The revision that a change is to be made on: the current one, if `If-Match` names it. Of an entity tag only the
 * revision counts, which people's changes raise, and not the hash: that changes with all that happens by itself.
 * Undefined for `*`, which is whatever there is.
 * @throws MillraceError if_match_needed, changed_meanwhile, or invalid_request for what is no entity tag
 */
export function expectedRevision(ifMatch: string | undefined, current: number): number | undefined {
  if (!ifMatch) {
    throw new MillraceError(
      'if_match_needed',
      'Read it first, and send its ETag as If-Match, so that nobody’s changes are lost.',
    );
  }
  if (ifMatch.trim() === '*') return undefined;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.every((tag) => entityTag.test(tag))) {
    const message = 'must be an ETag in its quotes, or *';
    throw new MillraceError('invalid_request', `The request does not fit: If-Match ${message}.`, {
      violations: [{ pointer: 'If-Match', message }],
    });
  }
  if (!tags.some((tag) => ours.exec(tag)?.[1] === String(current))) throw changedMeanwhile();
  return current;
}

/** Also for the moment of writing, when somebody else was faster. */
export function changedMeanwhile(): MillraceError {
  return new MillraceError(
    'changed_meanwhile',
    'Somebody has changed it since you read it. Read it again, and change that.',
  );
}
