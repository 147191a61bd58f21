import type { User } from '../../shared/db/users.ts';
import type { Log } from '../../shared/log.ts';
import { settleAccount } from '../../shared/settle-account.ts';
import type { ApiContext } from '../context.ts';
import { refuseInactive } from './refuse-inactive.ts';

/**
 * The account of somebody who has just shown who they are by signing in. An account that they had deleted comes back
 * by it, as long as that can be: this is the way to undo it.
 * @throws MillraceError account_suspended, account_closing
 */
export async function admitSignIn(context: ApiContext, user: User, log: Log): Promise<User> {
  const admitted = user.status === 'closing' ? ((await context.db.accounts.reopen(user._id)) ?? user) : user;
  if (admitted !== user) {
    log.info({ userId: user._id }, 'account reopened');
    // The record says `active` already: what is not done here, the next sweep does.
    await settleAccount(context, user._id).catch((error) => log.warn({ err: error }, 'left to the sweep'));
  }
  refuseInactive(admitted);
  return admitted;
}
