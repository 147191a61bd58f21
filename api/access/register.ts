import type { z } from 'zod';
import type { emailVerification, registration } from '../../shared/contracts/local-accounts.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { ApiContext } from '../context.ts';
import { takenMail, verificationMail } from '../mail/account-mails.ts';
import { refuseKnownPassword } from './refuse-known-password.ts';

/**
 * Notes what is wanted and writes to the address. All that is done before the answer is the same for every address;
 * what depends on whether there is an account comes after it.
 */
export async function register(context: ApiContext, wanted: z.infer<typeof registration>): Promise<void> {
  const { email, password, displayName } = wanted;
  refuseKnownPassword(password, '/password');
  const passwordHash = await context.passwordHashing.hash(password);
  await context.db.registrations.add({ email, displayName, passwordHash });
  const token = await context.db.emailTokens.issue('verification', email);
  context.outbox.post(async () =>
    (await context.db.passwords.find(email))
      ? takenMail(email, context.publicUrl)
      : verificationMail(email, token, context.publicUrl),
  );
}

/** Writes once more, if something waits for this address to be confirmed. */
export async function sendVerification(context: ApiContext, email: string): Promise<void> {
  const { db, publicUrl } = context;
  const token = await db.emailTokens.issue('verification', email);
  context.outbox.post(async () => {
    if (await db.passwords.find(email)) return undefined;
    const waiting = await db.registrations.waiting(email);
    return waiting.length > 0 ? verificationMail(email, token, publicUrl) : undefined;
  });
}

/**
 * Makes the account of the registration that has this password. The token alone is not enough: it would open the
 * account of whoever registered the address, and that may have been a stranger who knows its password and waits for
 * the owner to confirm. Nor does an account of a sign-in provider with the same address become the same account.
 * @throws MillraceError invalid_email_token, wrong_password
 */
export async function confirmEmail(
  { db, config, passwordHashing }: ApiContext,
  { token, password }: z.infer<typeof emailVerification>,
): Promise<void> {
  const email = await db.emailTokens.find('verification', token);
  if (!email) throw invalidEmailToken();
  const { displayName, passwordHash } = await registeredWith(await db.registrations.waiting(email));
  await db.transaction(async (session) => {
    const taken = await db.emailTokens.take('verification', token, session);
    if (taken !== email || (await db.passwords.find(email, session))) throw invalidEmailToken();
    const user = await db.users.addLocal({ email, displayName, roles: [config.DEFAULT_ROLE] }, session);
    await db.passwords.add(email, user._id, passwordHash, session);
    await db.registrations.removeAll(email, session);
  });

  async function registeredWith<R extends { passwordHash: string }>(waiting: R[]): Promise<R> {
    for (const one of waiting) if (await passwordHashing.matches(one.passwordHash, password)) return one;
    throw new MillraceError('wrong_password', 'No registration of this address has this password.');
  }
}

export function invalidEmailToken(): MillraceError {
  return new MillraceError(
    'invalid_email_token',
    'This token is unknown, was used already, or came too late.',
  );
}
