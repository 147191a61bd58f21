import { MillraceError } from '../shared/errors.ts';
import type { ApiContext } from './context.ts';
import { misfit } from './misfit.ts';

type Means = Pick<ApiContext, 'db'>;

/** Without asking the database most times. */
function isKnownCategory(id: string, { db }: Means): Promise<boolean> {
  return db.categories.exists(id);
}

/**
 * For a category in an address or a query.
 * @returns the category and all below it: what is in one of these is in it
 * @throws MillraceError unknown_category
 */
export async function knownCategories(id: string, { db }: Means): Promise<string[]> {
  if (await isKnownCategory(id, { db })) return db.categories.within(id);
  throw unknownCategory(id);
}

/** For a category in a body. @throws MillraceError invalid_request */
export async function refuseUnknownCategory(id: string | null | undefined, means: Means): Promise<void> {
  if (id === null || id === undefined || (await isKnownCategory(id, means))) return;
  throw misfit('/category', `must be a category that there is; ${id} is none`);
}

export function unknownCategory(id: string): MillraceError {
  return new MillraceError('unknown_category', `There is no category ${id}; GET /api/categories lists them.`);
}
