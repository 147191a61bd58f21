import type { User } from '../../shared/db/users.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { ApiContext } from '../context.ts';
import type { Cookie } from '../route.ts';
import { sessionCookie } from './cookies.ts';

type Asked = { context: ApiContext; cookie(name: string): string | undefined };

/**
 * A session for somebody who has just shown who they are. Its cookie is always a new one, and the session that the
 * browser had ends: a value that somebody planted there before is worth nothing.
 * @returns the cookies to set @throws MillraceError account_suspended
 */
export async function startSession({ context, cookie }: Asked, user: User): Promise<Record<string, Cookie>> {
  if (user.status === 'suspended') {
    throw new MillraceError('account_suspended', 'This account is suspended.');
  }
  const { db, config, publicUrl } = context;
  const name = sessionCookie(publicUrl);
  const before = cookie(name);
  if (before) await db.sessions.end(before);
  const value = await db.sessions.start(user._id, config.SESSION_TTL_SECONDS);
  return { [name]: { value, maxAgeSeconds: config.SESSION_TTL_SECONDS } };
}
