import type { User } from '../../shared/db/users.ts';
import { endSignIns } from '../../shared/end-sign-ins.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { ApiContext } from '../context.ts';

type PasswordSignIn = {
  user: User;
  /**
   * To be called once the session or grant is stored. A password that was changed meanwhile has ended all there were,
   * but not the one that was just being made with the old password.
   * @throws MillraceError wrong_password
   */
  settle(): Promise<void>;
};

/**
 * An unknown address and a wrong password get the same answer after the same work: one look-up and one hashing.
 * An address that waits to be confirmed is an unknown one. Were it not, registering an address and then signing in
 * would tell whether it had been free, so there is no setting to do without confirmation.
 * Tries are counted by the address tried too, so that many machines together guess no faster than one.
 * @throws MillraceError wrong_password, too_many_requests
 */
export async function checkPassword(
  { db, limits, passwordHashing }: ApiContext,
  { email, password }: { email: string; password: string },
): Promise<PasswordSignIn> {
  await limits.take('sign-in', email);
  const known = await db.passwords.find(email);
  const isRight = await passwordHashing.matches(known?.hash, password);
  const user = known && isRight ? await db.users.signedInAgain(known.userId) : null;
  if (!user) throw wrongPassword();
  return {
    user,
    async settle() {
      if ((await db.passwords.find(email))?.hash === known?.hash) return;
      await endSignIns(db, user._id);
      throw wrongPassword();
    },
  };
}

export function wrongPassword(): MillraceError {
  return new MillraceError('wrong_password', 'There is no account with this e-mail address and password.');
}
