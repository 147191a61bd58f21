import type { DbSession } from '../../shared/db/connect.ts';
import type { User } from '../../shared/db/users.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { ApiContext } from '../context.ts';

/** To be asked in the transaction that takes an administrator away. @throws MillraceError last_admin */
export async function keepAnAdmin(
  { db }: Pick<ApiContext, 'db'>,
  { _id, roles, status }: User,
  session: DbSession,
): Promise<void> {
  if (!roles.includes('admin') || status !== 'active') return;
  if (await db.accounts.hasOtherAdmin(_id, session)) return;
  throw new MillraceError('last_admin', 'This is the last administrator; make another one first.');
}
