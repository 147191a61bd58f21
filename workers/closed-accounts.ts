import type { Ago } from '../shared/db/connect.ts';
import { settleAccount } from '../shared/settle-account.ts';
import type { Step } from './run.ts';

const batch = 20;

/** Forgets accounts whose grace is over, and finishes what a change of status has begun. */
export async function sweepAccounts({ tools, log, signal }: Step, before: Ago): Promise<void> {
  const { db, config } = tools;
  for (const user of await db.accounts.due(before(config.ACCOUNT_GRACE_SECONDS), batch)) {
    await db.accounts.forget(user);
    log.info({ userId: user._id }, 'account closed');
  }
  for (const { _id, status } of await db.accounts.unsettled(batch)) {
    signal.throwIfAborted();
    await settleAccount(tools, _id).catch((error) =>
      log.error({ err: error, userId: _id, status }, 'account not settled'),
    );
  }
}
