import type { DbSession } from '../shared/db/connect.ts';
import { commonestFirst, type Facet } from '../shared/db/search-find.ts';
import { MillraceError } from '../shared/errors.ts';
import type { ApiContext } from './context.ts';
import { misfit } from './misfit.ts';

type Means = Pick<ApiContext, 'db'>;

/**
 * For a category in an address or a query.
 * @returns the category and all below it: what is in one of these is in it
 * @throws MillraceError unknown_category
 */
export async function knownCategories(id: string, { db }: Means): Promise<string[]> {
  // Without asking the database most times.
  if (await db.categories.exists(id)) return db.categories.within(id);
  throw unknownCategory(id);
}

/** Counts by category with those of all below added, as a filter by it finds these too; the commonest first. */
export async function withThoseBelow(counts: Facet[], { db }: Means): Promise<Facet[]> {
  const parents = new Map((await db.categories.all()).map(({ _id, parentId }) => [_id, parentId]));
  const sums = new Map<string, number>();
  for (const { value, count } of counts) {
    const line = new Set([value]);
    // What is added is visited too.
    for (const one of line) {
      const parent = parents.get(one);
      if (parent) line.add(parent);
    }
    for (const one of line) sums.set(one, (sums.get(one) ?? 0) + count);
  }
  return commonestFirst(sums);
}

/** For a category in a body, before anything is written. @throws MillraceError invalid_request */
export async function refuseUnknownCategory(id: string | undefined, { db }: Means): Promise<void> {
  if (id !== undefined && !(await db.categories.exists(id))) throw noCategory(id);
}

/**
 * For a category in a body, at the end of the transaction that gives it to a video: until that is over nobody removes
 * it. Or after it, as transactions that hold one category wait for each other: then what they made must go when this
 * throws.
 * @throws MillraceError invalid_request
 */
export async function holdCategory(
  id: string | null | undefined,
  { db }: Means,
  session?: DbSession,
): Promise<void> {
  if (id === null || id === undefined || (await db.categories.hold(id, session))) return;
  throw noCategory(id);
}

function noCategory(id: string): MillraceError {
  return misfit('/category', `must be a category that there is; ${id} is none`);
}

export function unknownCategory(id: string): MillraceError {
  return new MillraceError('unknown_category', `There is no category ${id}; GET /api/categories lists them.`);
}
