import type { User } from '../../shared/db/users.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { settleAccount } from '../../shared/settle-account.ts';
import type { ApiContext } from '../context.ts';
import { keepAnAdmin } from './keep-an-admin.ts';
import { refuseInactive } from './refuse-inactive.ts';

/**
 * Begins to delete an account, because its owner asks for it. Gives the time until which it can be had back.
 * @throws MillraceError last_admin; account_suspended, account_closing when it is that by now
 */
export async function closeAccount(context: ApiContext, { _id }: User, log: Log): Promise<Date> {
  const { db, config } = context;
  const closingSince = new Date();
  await db.transaction(async (session) => {
    const user = await db.users.find(_id, session);
    if (!user) throw new MillraceError('not_signed_in', 'There is no such account.');
    refuseInactive(user);
    await keepAnAdmin(context, user, session);
    await db.accounts.change(user, { status: 'closing', statusReason: null, closingSince }, session);
  });
  log.info('account closing');
  // The record says `closing` already: what is not done here, the next sweep does.
  await settleAccount(context, _id).catch((error) => log.warn({ err: error }, 'left to the sweep'));
  return new Date(closingSince.getTime() + config.ACCOUNT_GRACE_SECONDS * 1000);
}
