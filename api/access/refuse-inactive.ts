import type { User } from '../../shared/db/users.ts';
import { MillraceError } from '../../shared/errors.ts';

/** For whoever has shown to be this account. @throws MillraceError account_suspended, account_closing */
export function refuseInactive({ status }: User): void {
  if (status === 'active') return;
  if (status === 'suspended') {
    throw new MillraceError('account_suspended', 'This account is suspended. Ask whoever runs this site.');
  }
  const message =
    status === 'closing'
      ? 'This account is being deleted. Sign in to keep it.'
      : 'This account has been deleted.';
  throw new MillraceError('account_closing', message);
}
