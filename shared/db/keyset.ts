import { trusted } from 'mongoose';

/**
 * An order of a list. `_id` always follows, so that no two items are equal. The field is never null or missing: such
 * items would be left out from the second page on. An index must begin with what is asked for, and go on like this.
 */
export type Order = { field: string; direction: 1 | -1; collation?: { locale: string } };

/** Where a page begins: just after this item, whether it still exists or not. */
export type Position = { value: Date | string | number; id: string };

export type Page = { order: Order; limit: number; after?: Position | undefined };

/** How to ask for a page: the rest of the filter, and the order. */
export function keyset({ order: { field, direction }, after }: Page) {
  const [beyond, from] = direction === 1 ? (['$gt', '$gte'] as const) : (['$lt', '$lte'] as const);
  return {
    sort: { [field]: direction, _id: direction },
    // The first condition bounds the index, the second one skips those of the same value that came before.
    rest: after
      ? {
          [field]: trusted({ [from]: after.value }),
          $or: [{ [field]: trusted({ [beyond]: after.value }) }, { _id: trusted({ [beyond]: after.id }) }],
        }
      : {},
  };
}
