import type { Context as KoaContext } from 'koa';
import { MillraceError } from '../../shared/errors.ts';
import { secretHash } from '../../shared/ids.ts';
import type { ApiContext } from '../context.ts';
import { findBearer, isBearer } from './bearer.ts';
import { sessionCookie } from './cookies.ts';
import type { Caller } from './credential.ts';
import { type Action, policy } from './policy.ts';
import { refuseInactive } from './refuse-inactive.ts';

export type { Caller, Credential } from './credential.ts';

/**
 * The account that a request comes from, if it says so and that is true. An account that is not active is nobody to
 * sign-in and sign-out, so that a browser that still has its cookie can do both; nor is a token that has ended anybody
 * there, so that a program that sends it with everything can get a new one.
 * @throws MillraceError invalid_credential, account_suspended, account_closing
 */
export async function findCaller(
  ctx: KoaContext,
  context: ApiContext,
  action: Action,
): Promise<Caller | undefined> {
  const caller = await identify(ctx, context, action).catch((error) => {
    if (action === 'sign-in.use' && isInvalidCredential(error)) return undefined;
    throw error;
  });
  if (caller?.user.status !== 'active' && action === 'sign-in.use') return undefined;
  if (caller) refuseInactive(caller.user);
  return caller;
}

const isInvalidCredential = (error: unknown) =>
  error instanceof MillraceError && error.code === 'invalid_credential';

/** A token or key in the header counts before a cookie, which browsers add by themselves. */
async function identify(ctx: KoaContext, context: ApiContext, action: Action): Promise<Caller | undefined> {
  const authorization = ctx.get('Authorization');
  const bearer = isBearer(authorization) ? authorization : undefined;
  const cookie = bearer ? undefined : ctx.cookies.get(sessionCookie(context.publicUrl));
  if (bearer === undefined && !cookie) return undefined;
  const find = () => (bearer ? findBearer(bearer, context) : withSession(cookie ?? '', context));
  const isOpenRead = ctx.method === 'GET' && policy[action].anonymous && action !== 'sign-in.use';
  return isOpenRead ? context.recentCallers(secretHash(bearer ?? cookie ?? ''), find) : find();
}

async function withSession(secret: string, { db }: ApiContext): Promise<Caller | undefined> {
  const found = await db.sessions.find(secret);
  return found && { user: found.user, credential: { kind: 'session', id: found.session.publicId } };
}
