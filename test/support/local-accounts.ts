import { createClient } from '../../scripts/client.ts';
import { newId } from '../../shared/ids.ts';
import { type Mailbox, startMailbox, tokenIn } from './mailbox.ts';
import { type System, startSystem } from './system.ts';

export type LocalSystem = { system: System; mailbox: Mailbox; stop(): Promise<void> };

/** A system with local accounts, whose mail goes to a real SMTP server. */
export async function startLocalSystem(overrides: Record<string, string> = {}): Promise<LocalSystem> {
  const mailbox = await startMailbox();
  const system = await startSystem({
    LOCAL_ACCOUNTS: 'true',
    SMTP_URL: mailbox.url,
    MAIL_FROM: 'Millrace <no-reply@millrace.example>',
    ...overrides,
  });
  return {
    system,
    mailbox,
    async stop() {
      await system.stop();
      await mailbox.stop();
    },
  };
}

export const newAddress = () => `person-${newId()}@example.com`;
export const goodPassword = 'lantern 7 over water';

export const post = (url: string, path: string, body: unknown, cookie?: string): Promise<Response> =>
  fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(cookie ? { Cookie: cookie } : {}) },
    body: JSON.stringify(body),
  });

/** What to send as the Cookie header after this reply. */
export function cookieOf(reply: Response): string {
  const [line = ''] = reply.headers.getSetCookie().filter((one) => one.startsWith('millrace_session='));
  return line.split(';')[0] ?? '';
}

/** Registers and confirms. */
export async function makeAccount(
  { system, mailbox }: LocalSystem,
  email = newAddress(),
  password = goodPassword,
): Promise<string> {
  const { anonymous } = system;
  await anonymous.call('POST', '/api/auth/register', { email, password, displayName: 'Ada' });
  const token = tokenIn(await mailbox.letterTo(email));
  await anonymous.call('POST', '/api/auth/email/verify', { token, password });
  return email;
}

/** Signs in with a password and gives a client that is signed in. */
export async function signInLocally({ system }: LocalSystem, email: string, password = goodPassword) {
  const reply = await post(system.url, '/api/auth/login', { email, password });
  if (reply.status !== 200) throw new Error(`The sign-in ended with ${reply.status}.`);
  const cookie = cookieOf(reply);
  return { cookie, client: createClient(system.url, cookie) };
}
