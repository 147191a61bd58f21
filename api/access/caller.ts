import type { Context as KoaContext } from 'koa';
import type { ApiContext } from '../context.ts';
import { findBearer, isBearer } from './bearer.ts';
import { sessionCookie } from './cookies.ts';
import type { Caller } from './credential.ts';
import type { Action } from './policy.ts';
import { refuseInactive } from './refuse-inactive.ts';

export type { Caller, Credential } from './credential.ts';

/**
 * The account that a request comes from, if it says so and that is true. An account that is not active is nobody to
 * sign-in and sign-out, so that a browser that still has its cookie can do both.
 * @throws MillraceError invalid_credential, account_suspended, account_closing
 */
export async function findCaller(
  ctx: KoaContext,
  context: ApiContext,
  action: Action,
): Promise<Caller | undefined> {
  const caller = await identify(ctx, context);
  if (caller?.user.status !== 'active' && action === 'sign-in.use') return undefined;
  if (caller) refuseInactive(caller.user);
  return caller;
}

/** A token or key in the header counts before a cookie, which browsers add by themselves. */
async function identify(ctx: KoaContext, context: ApiContext): Promise<Caller | undefined> {
  const authorization = ctx.get('Authorization');
  if (isBearer(authorization)) return findBearer(authorization, context);
  const { db, publicUrl } = context;
  const secret = ctx.cookies.get(sessionCookie(publicUrl));
  if (!secret) return undefined;
  const found = await db.sessions.find(secret);
  return found && { user: found.user, credential: { kind: 'session', id: found.session.publicId } };
}
