import type { System } from './system.ts';

/** Makes categories of these ids; `a/b` is one that lies in another. */
export async function makeCategories({ context: { db } }: System, ...paths: string[]): Promise<void> {
  for (const path of paths) {
    const [_id = '', parentId = null] = path.split('/').reverse();
    await db.transaction((session) =>
      db.categories.create({ _id, parentId, names: { en: _id }, order: 0 }, session),
    );
  }
  db.categories.renew();
}
