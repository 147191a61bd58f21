import type { After } from '../shared/db/catalogue.ts';
import { MillraceError } from '../shared/errors.ts';

/** Where a list goes on, as an opaque word: the last item's time and id. */
export function encodeCursor({ createdAt, id }: After): string {
  return Buffer.from(`${createdAt.getTime()}.${id}`).toString('base64url');
}

/** @throws MillraceError invalid_request */
export function decodeCursor(cursor: string): After {
  const match = /^(\d{1,15})\.([0-9a-f]{24})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (!match?.[2]) {
    const message = 'is not one that this api gave';
    throw new MillraceError('invalid_request', `The request does not fit: cursor ${message}.`, {
      violations: [{ pointer: 'cursor', message }],
    });
  }
  return { createdAt: new Date(Number(match[1])), id: match[2] };
}
