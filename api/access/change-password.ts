import type { z } from 'zod';
import type { passwordChange, passwordReset } from '../../shared/contracts/local-accounts.ts';
import { endSignIns } from '../../shared/end-sign-ins.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { ApiContext } from '../context.ts';
import { resetMail } from '../mail/account-mails.ts';
import { refuseKnownPassword } from './refuse-known-password.ts';
import { invalidEmailToken } from './register.ts';

/**
 * Ends every sign-in of the account, the caller's too.
 * @throws MillraceError forbidden for an account without a password, wrong_password
 */
export async function changePassword(
  { db, passwordHashing }: ApiContext,
  userId: string,
  { currentPassword, newPassword }: z.infer<typeof passwordChange>,
): Promise<void> {
  refuseKnownPassword(newPassword, '/newPassword');
  const known = await db.passwords.ofUser(userId);
  if (!known) throw new MillraceError('forbidden', 'This account has no password here.');
  const { _id: email, hash } = known;
  const isRight = await passwordHashing.matches(hash, currentPassword);
  const wrong = () => new MillraceError('wrong_password', 'The current password is another one.');
  if (!isRight) throw wrong();
  const newHash = await passwordHashing.hash(newPassword);
  await db.transaction(async (session) => {
    if (!(await db.passwords.replace(email, hash, newHash, session))) throw wrong();
    // Who has read an older mail shall not undo the change.
    await db.emailTokens.forget('reset', email, session);
  });
  // After the change, so that no sign-in with the old password comes in between.
  await endSignIns(db, userId);
}

/** Writes to the address if it has an account, after the answer; before it all is the same for every address. */
export async function sendReset({ db, outbox, publicUrl }: ApiContext, email: string): Promise<void> {
  const token = await db.emailTokens.issue('reset', email);
  outbox.post(async () =>
    (await db.passwords.find(email)) ? resetMail(email, token, publicUrl) : undefined,
  );
}

/** @throws MillraceError invalid_email_token */
export async function resetPassword(
  { db, passwordHashing }: ApiContext,
  { token, password }: z.infer<typeof passwordReset>,
): Promise<void> {
  refuseKnownPassword(password, '/password');
  // Without a hashing for everyone who makes up a token.
  if (!(await db.emailTokens.find('reset', token))) throw invalidEmailToken();
  const hash = await passwordHashing.hash(password);
  const userId = await db.transaction(async (session) => {
    const email = await db.emailTokens.take('reset', token, session);
    return email && (await db.passwords.set(email, hash, session));
  });
  if (!userId) throw invalidEmailToken();
  await endSignIns(db, userId);
}
