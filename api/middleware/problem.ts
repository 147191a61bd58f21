import type { Context as KoaContext, Middleware } from 'koa';
import { MillraceError, toMillraceError } from '../../shared/errors.ts';
import { unlessSilent } from '../../shared/unless-silent.ts';
import { sessionCookie } from '../access/cookies.ts';
import type { ApiContext } from '../context.ts';
import { challenge, oauthMembers } from '../oauth-errors.ts';
import { returnTo } from '../return-to.ts';
import { isVisited, type Link, problemPage } from '../web/problem-page.ts';
import { logOf } from './request-log.ts';

/**
 * The one door for errors: every one leaves as RFC 9457 with a code, and with an id that the log carries; to whom
 * visits a page with a browser, as a page that says the same.
 */
export function problem(context: Named): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body == null)
        throw new MillraceError('not_found', 'There is nothing at this address.');
    } catch (thrown) {
      send(ctx, toMillraceError(unlessSilent(thrown)), context);
    }
  };
}

function send(ctx: KoaContext, error: MillraceError, context: Named): void {
  const { status, title } = error.kind;
  const level = status >= 500 ? 'error' : 'debug';
  logOf(ctx)[level]({ code: error.code, err: error }, 'problem');
  ctx.status = status;
  if (status === 401) ctx.set('WWW-Authenticate', challenge(error));
  const retryAfterSeconds = error.retryAfterSeconds ?? (status === 503 ? 5 : undefined);
  if (retryAfterSeconds) ctx.set('Retry-After', String(retryAfterSeconds));
  ctx.set('Cache-Control', 'no-store');
  const words = { title, detail: error.message, code: error.code, errorId: ctx.state.bindings.requestId };
  if (wantsPage(ctx)) {
    ctx.body = problemPage(words, signInLinks(ctx, status, context), signOutUrl(ctx, error));
    ctx.type = 'text/html';
    return;
  }
  ctx.body = JSON.stringify({
    type: `urn:millrace:problem:${error.code}`,
    ...{ status, instance: ctx.originalUrl.replace(/\?.*/s, ''), ...words },
    ...(error.violations.length > 0 ? { errors: error.violations } : {}),
    ...(ctx.state.isForm ? oauthMembers(error) : {}),
    // Its page tells what is in this member, and nothing of a reply without it.
    ...(ctx.state.isBoard ? { error: `${title}. ${error.message}` } : {}),
  });
  ctx.type = problemType(ctx);
}

type Named = Pick<ApiContext, 'publicUrl' | 'providers'>;

function wantsPage(ctx: KoaContext): boolean {
  if (!['GET', 'HEAD'].includes(ctx.method) || !isVisited(ctx.path)) return false;
  ctx.vary('Accept');
  return ctx.accepts('application/problem+json', 'application/json', 'text/html') === 'text/html';
}

/**
 * Back to here, or, where a sign-in has failed, to begin again and go where it was to go; nowhere for who is signed in,
 * or with no provider. A cookie outlives its session, so it tells nothing, but where nobody was asked whose it is.
 */
function signInLinks(ctx: KoaContext, status: number, { publicUrl, providers }: Named): Link[] {
  if (ctx.path.startsWith('/api/auth/')) return linksTo(ctx.state.returnTo, providers);
  const isSignedIn = ctx.state.route ? ctx.state.bindings.userId : ctx.cookies.get(sessionCookie(publicUrl));
  if (![401, 404].includes(status) || isSignedIn) return [];
  return linksTo(wayBack(ctx), providers);
}

function linksTo(returnTo: string | undefined, { all }: Named['providers']): Link[] {
  return all.map(({ name, title }) => {
    const query = new URLSearchParams({ provider: name, ...(returnTo === undefined ? {} : { returnTo }) });
    return { url: `/api/auth/login?${query}`, text: all.length === 1 ? 'Sign in' : `Sign in with ${title}` };
  });
}

/** Of who is refused everything with a session, and may see as nobody what anyone may: that, and back to here. */
function signOutUrl(ctx: KoaContext, { code }: MillraceError): string | undefined {
  if (!['account_suspended', 'account_closing'].includes(code) || ctx.path.startsWith('/api/'))
    return undefined;
  return `/api/auth/logout?returnTo=${encodeURIComponent(wayBack(ctx) ?? '/docs')}`;
}

/** Here, without the query where that is too long or holds what is refused, as `[`, which browsers leave as it is. */
const wayBack = ({ url, path }: KoaContext) => [url, path].find((one) => returnTo.safeParse(one).success);

/** Programs that speak OAuth 2 take an error as `application/json` only, and say so; it reads the same. */
function problemType(ctx: KoaContext): string {
  const type = 'application/problem+json';
  return ctx.state.isForm ? ctx.accepts(type, 'application/json') || type : type;
}
