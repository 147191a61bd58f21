import type { Context as KoaContext } from 'koa';
import type { Scope } from '../../shared/contracts/account.ts';
import type { User } from '../../shared/db/users.ts';
import type { ApiContext } from '../context.ts';
import { sessionCookie } from './cookies.ts';

/** How a caller showed who it is. */
export type Credential =
  | { kind: 'session'; id: string }
  | { kind: 'token'; tokenId: string }
  | { kind: 'apiKey'; id: string; scopes: readonly Scope[] };

export type Caller = { user: User; credential: Credential };

/** The account that a request comes from, if it says so and that is true. */
export async function findCaller(
  ctx: KoaContext,
  { db, publicUrl }: ApiContext,
): Promise<Caller | undefined> {
  const secret = ctx.cookies.get(sessionCookie(publicUrl));
  if (!secret) return undefined;
  const session = await db.sessions.find(secret);
  const user = session && (await db.users.find(session.userId));
  return user ? { user, credential: { kind: 'session', id: session._id } } : undefined;
}
