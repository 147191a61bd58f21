import type { Context as KoaContext } from 'koa';
import type { ApiContext } from '../context.ts';
import { findBearer, isBearer } from './bearer.ts';
import { sessionCookie } from './cookies.ts';
import type { Caller } from './credential.ts';

export type { Caller, Credential } from './credential.ts';

/**
 * The account that a request comes from, if it says so and that is true. A token or key in the header counts before a
 * cookie, which browsers add by themselves.
 */
export async function findCaller(ctx: KoaContext, context: ApiContext): Promise<Caller | undefined> {
  const authorization = ctx.get('Authorization');
  if (isBearer(authorization)) return findBearer(authorization, context);
  const { db, publicUrl } = context;
  const secret = ctx.cookies.get(sessionCookie(publicUrl));
  if (!secret) return undefined;
  const found = await db.sessions.find(secret);
  return found && { user: found.user, credential: { kind: 'session', id: found.session.publicId } };
}
