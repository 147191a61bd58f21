import type { Context as KoaContext } from 'koa';
import type { User } from '../../shared/db/users.ts';
import type { ApiContext } from '../context.ts';
import { sessionCookie } from './cookies.ts';

/** The account that a request's session cookie stands for, if it is a live one. */
export async function findCaller(ctx: KoaContext, { db, publicUrl }: ApiContext): Promise<User | undefined> {
  const secret = ctx.cookies.get(sessionCookie(publicUrl));
  if (!secret) return undefined;
  const userId = await db.sessions.userId(secret);
  return userId ? ((await db.users.find(userId)) ?? undefined) : undefined;
}
