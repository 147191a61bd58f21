import type { Role } from '../../shared/contracts/account.ts';
import { newId } from '../../shared/ids.ts';
import type { System } from './system.ts';

/** The cookie of an account that nobody has had before. */
export async function freshSession({ context }: System, roles: Role[] = ['creator']): Promise<string> {
  const person = { issuer: 'https://id.example', subject: newId(), displayName: 'Somebody', email: null };
  const user = await context.db.users.signedIn({ ...person, emailVerified: false, roles });
  return `millrace_session=${await context.db.sessions.start(user._id, { seconds: 600 })}`;
}
