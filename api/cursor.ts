import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Position } from '../shared/db/keyset.ts';
import type { MillraceError } from '../shared/errors.ts';
import { deriveKey } from '../shared/secret-key.ts';
import { misfit } from './misfit.ts';

const macBytes = 12;

/**
 * Where a list goes on: behind an item, or else at its beginning. `first` has come before all others, out of its place.
 */
type Place = { after: Position | undefined; first?: string | undefined };

type Written = [
  value: string | number | null,
  id: string | null,
  kind?: 'date' | null,
  first?: string | null,
];

/**
 * Where a list goes on, as a signed word: the value and the id of the last item. The signature covers the list that
 * it belongs to, with its order and filters, so that it says nothing in another one.
 */
export function encodeCursor({ after, first }: Place, list: string, secretKey: string): string {
  const { value, id } = after ?? { value: null, id: null };
  const [bare, kind] = value instanceof Date ? ([value.getTime(), 'date'] as const) : [value, null];
  const written: Written = [bare, id, kind, first ?? null];
  const position = JSON.stringify(written);
  return `${Buffer.from(position).toString('base64url')}.${sign(position, list, secretKey)}`;
}

/** @throws MillraceError invalid_request */
export function decodeCursor(cursor: string, list: string, secretKey: string): Place {
  const [encoded = '', given = ''] = cursor.split('.');
  const position = Buffer.from(encoded, 'base64url').toString();
  if (!isSame(given, sign(position, list, secretKey))) throw foreignCursor();
  const [value, id, kind, first] = JSON.parse(position) as Written;
  const place = { first: first ?? undefined };
  if (value === null || id === null) return { ...place, after: undefined };
  return { ...place, after: { value: kind === 'date' ? new Date(value) : value, id } };
}

function sign(position: string, list: string, secretKey: string): string {
  const mac = createHmac('sha256', deriveKey(secretKey, 'cursors')).update(JSON.stringify([list, position]));
  return mac.digest().subarray(0, macBytes).toString('base64url');
}

function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function foreignCursor(): MillraceError {
  return misfit('cursor', 'must be the nextCursor of the same list, with the same sort and filters');
}
