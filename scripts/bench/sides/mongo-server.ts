import type { Connection } from 'mongoose';

/** What a server with a catalogue of a million videos has at the least; the stack of the tests has a quarter of it. */
export async function growCache(connection: Connection): Promise<void> {
  await connection.db?.admin().command({ setParameter: 1, wiredTigerEngineRuntimeConfig: 'cache_size=1G' });
}
