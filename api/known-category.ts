import type { DbSession } from '../shared/db/connect.ts';
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

/** For a category in a body, before anything is written. @throws MillraceError invalid_request */
export async function refuseUnknownCategory(id: string | undefined, { db }: Means): Promise<void> {
  if (id !== undefined && !(await db.categories.exists(id))) throw noCategory(id);
}

/**
 * For a category in a body, at the end of the transaction that gives it to a video: until that is over nobody removes it.
 * Or after it, as transactions that hold one category wait for each other: then what they made must go when this throws.
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
