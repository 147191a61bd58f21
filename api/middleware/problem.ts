import type { Context as KoaContext, Middleware } from 'koa';
import { MillraceError, toMillraceError } from '../../shared/errors.ts';
import { unlessSilent } from '../../shared/unless-silent.ts';
import { challenge, oauthMembers } from '../oauth-errors.ts';
import { logOf } from './request-log.ts';

/** The one door for errors: every one leaves as RFC 9457 with a code, and with an id that the log carries. */
export function problem(): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body == null)
        throw new MillraceError('not_found', 'There is nothing at this address.');
    } catch (thrown) {
      send(ctx, toMillraceError(unlessSilent(thrown)));
    }
  };
}

function send(ctx: KoaContext, error: MillraceError): void {
  const { status, title } = error.kind;
  const level = status >= 500 ? 'error' : 'debug';
  logOf(ctx)[level]({ code: error.code, err: error }, 'problem');
  ctx.status = status;
  if (status === 401) ctx.set('WWW-Authenticate', challenge(error));
  const retryAfterSeconds = error.retryAfterSeconds ?? (status === 503 ? 5 : undefined);
  if (retryAfterSeconds) ctx.set('Retry-After', String(retryAfterSeconds));
  ctx.set('Cache-Control', 'no-store');
  ctx.body = JSON.stringify({
    type: `urn:millrace:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    instance: ctx.originalUrl.replace(/\?.*/s, ''),
    code: error.code,
    errorId: ctx.state.bindings.requestId,
    ...(error.violations.length > 0 ? { errors: error.violations } : {}),
    ...(ctx.state.isForm ? oauthMembers(error) : {}),
  });
  ctx.type = problemType(ctx);
}

/** Programs that speak OAuth 2 take an error as `application/json` only, and say so; it reads the same. */
function problemType(ctx: KoaContext): string {
  const type = 'application/problem+json';
  return ctx.state.isForm ? ctx.accepts(type, 'application/json') || type : type;
}
