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

/**
 * For a category in a body, at the end of the transaction that gives it to a video: until that is over nobody removes it.
 * @throws MillraceError invalid_request
 */
export async function holdCategory(
  id: string | null | undefined,
  { db }: Means,
  session: DbSession,
): Promise<void> {
  if (id === null || id === undefined || (await db.categories.hold(id, session))) return;
  throw misfit('/category', `must be a category that there is; ${id} is none`);
}

export function unknownCategory(id: string): MillraceError {
  return new MillraceError('unknown_category', `There is no category ${id}; GET /api/categories lists them.`);
}
