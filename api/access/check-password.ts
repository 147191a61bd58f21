import type { User } from '../../shared/db/users.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { ApiContext } from '../context.ts';

export type PasswordSignIn = {
  user: User;
  /**
   * Ask once the sign-in is stored, and undo it when this says no: a password that was changed meanwhile has ended
   * all sign-ins there were, but not the one that was just being made with the old password.
   */
  isCurrent(): Promise<boolean>;
};

/**
 * An unknown address and a wrong password get the same answer after the same work: one look-up and one hashing.
 * An address that waits to be confirmed is an unknown one. Were it not, registering an address and then signing in
 * would tell whether it had been free, so there is no setting to do without confirmation.
 * @throws MillraceError wrong_password, account_suspended
 */
export async function checkPassword(
  { db, passwordHashing }: ApiContext,
  { email, password }: { email: string; password: string },
): Promise<PasswordSignIn> {
  const known = await db.passwords.find(email);
  const isRight = await passwordHashing.matches(known?.hash, password);
  const user = known && isRight ? await db.users.signedInAgain(known.userId) : null;
  if (!user) throw wrongPassword();
  // Told to those alone who have the password.
  if (user.status === 'suspended') {
    throw new MillraceError('account_suspended', 'This account is suspended.');
  }
  return {
    user,
    isCurrent: async () => (await db.passwords.find(email))?.hash === known?.hash,
  };
}

export function wrongPassword(): MillraceError {
  return new MillraceError('wrong_password', 'There is no account with this e-mail address and password.');
}
