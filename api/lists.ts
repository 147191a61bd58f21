import { z } from 'zod';
import { inDigits } from '../shared/contracts/common.ts';
import type { Order, Page, Position } from '../shared/db/keyset.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

/** A cursor holds a value of the field that is sorted by: 200 control characters are 1672 of a cursor. */
const mostCursor = 2048;

export const limitParam = (usual: number) =>
  inDigits(z.int().min(1).max(100).default(usual)).meta({ description: 'How many at most', example: usual });

export const cursorParam = z.string().max(mostCursor).optional().meta({
  description: '`nextCursor` of the page before, with the same sort and filters',
  example: 'eyJ2IjoiMjAyNi0wMy0wMSJ9.Zm9vYmFy',
});

/** The orders of a list by the word for each in `sort`; the first one is the default. */
export type Orders = Record<string, Order>;

/** What every list takes in its query, beside its filters. */
export function pageParams(orders: Orders) {
  const words = Object.keys(orders) as [string, ...string[]];
  const description = 'A field; with - in front the other way round';
  return {
    sort: z.enum(words).default(words[0]).meta({ description }),
    limit: limitParam(20),
    cursor: cursorParam,
  };
}

type PageQuery = { sort: string; limit: number; cursor?: string | undefined };

type List<T> = {
  path: string;
  scope?: string | undefined;
  orders: Orders;
  query: PageQuery;
  secretKey: string;
  /** Comes before all others instead of in its place. */
  first?: T | undefined;
};

/**
 * One page of a list. All of the query but `limit` and `cursor` filters it, and belongs to its cursors; so does
 * `scope`, whatever else decides what the list holds. `load` gives as many as it is asked for, one more than are shown,
 * without the one that came first: cursors know which one that was, as another may do so by now.
 */
export async function readPage<T extends { _id: string }>(
  list: List<T>,
  load: (page: Page, first: string | undefined) => Promise<T[]>,
): Promise<{ items: T[]; nextCursor: string | null }> {
  const { path, scope, orders, secretKey } = list;
  const { limit, cursor, ...which } = list.query;
  const order = orders[which.sort];
  if (!order) throw new Error(`There is no order ${which.sort}.`);
  const name = JSON.stringify([path, scope, Object.entries(which).sort()]);
  const place =
    cursor === undefined
      ? { after: undefined, first: list.first?._id }
      : decodeCursor(cursor, name, secretKey);
  const before = cursor === undefined && list.first ? [list.first] : [];
  const room = limit - before.length;
  const found = await load({ order, limit: room + 1, after: place.after }, place.first);
  const shown = found.slice(0, room);
  const items = [...before, ...shown];
  if (found.length <= room) return { items, nextCursor: null };
  const last = shown.at(-1);
  const after = last && { value: last[order.field as keyof T] as Position['value'], id: last._id };
  return { items, nextCursor: encodeCursor({ after, first: place.first }, name, secretKey) };
}
