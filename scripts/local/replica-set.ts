import { setTimeout as sleep } from 'node:timers/promises';
import { mongo } from 'mongoose';

export const replicaSet = 'rs0';

const electedWithin = 30_000;

/** Makes the server at `host` the only member of its replica set (transactions need one) and waits for it to lead. */
export async function becomePrimary(host: string): Promise<void> {
  const client = new mongo.MongoClient(`mongodb://${host}`, { directConnection: true });
  try {
    const admin = client.db('admin');
    await configure(admin, host);
    const deadline = Date.now() + electedWithin;
    while (!(await admin.command({ hello: 1 })).isWritablePrimary) {
      if (Date.now() > deadline) throw new Error(`no primary within ${electedWithin / 1000} s`);
      await sleep(20);
    }
  } finally {
    await client.close();
  }
}

async function configure(admin: mongo.Db, host: string): Promise<void> {
  const members = [{ _id: 0, host }];
  try {
    await admin.command({ replSetInitiate: { _id: replicaSet, members } });
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError) || error.codeName !== 'AlreadyInitialized') throw error;
    // Kept data remember the port of their last run; a member that does not find itself never becomes primary.
    const { config } = await admin.command({ replSetGetConfig: 1 });
    if (config.members[0].host === host) return;
    await admin.command({
      replSetReconfig: { ...config, members: [{ ...config.members[0], host }] },
      force: true,
    });
  }
}
