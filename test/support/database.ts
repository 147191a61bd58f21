import { createConnection } from 'mongoose';
import type { System } from './system.ts';

/**
 * Every record of every collection, as text: equal before and after what must change nothing. Without when a session
 * was last used, which is noted once a minute whatever is asked.
 */
export async function wholeDatabase({ config }: System): Promise<string> {
  const connection = await createConnection(config.MONGO_URL).asPromise();
  try {
    const collections = (await connection.db?.listCollections().toArray()) ?? [];
    const names = collections.map(({ name }) => name).sort();
    const records = await Promise.all(
      names.map((name) => connection.collection(name).find().sort({ _id: 1 }).toArray()),
    );
    return JSON.stringify(
      names.map((name, n) => [name, records[n]]),
      (field, value) => (field === 'lastSeenAt' ? undefined : value),
    );
  } finally {
    await connection.close();
  }
}
