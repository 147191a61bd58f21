import type { Db, DbSession } from './db/connect.ts';

type WithSearch = Db & { search?: { touch?(videoIds: string[], session: DbSession): Promise<unknown> } };

/**
 * Says, in the transaction of the change, of which videos the people or their names are others now: where videos are
 * found by their people, they are to be read again.
 */
export async function touchCredited(db: Db, videoIds: string[], session: DbSession): Promise<void> {
  if (videoIds.length > 0) await (db as WithSearch).search?.touch?.(videoIds, session);
}
