import type { Db } from './db/connect.ts';

/** Ends everything that an account is signed in with, everywhere; API keys are no sign-ins. */
export async function endSignIns(db: Db, userId: string): Promise<void> {
  await db.sessions.endAll(userId);
  await db.grants.endAllOf(userId);
}
