import type { Middleware } from 'koa';
import { MillraceError } from '../../shared/errors.ts';

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses changes that another site makes a browser send with the cookies it has of us. Browsers say in
 * `Sec-Fetch-Site` where a request comes from, on plain http (but for localhost) and old ones only in `Origin`; a page
 * can forge neither. Programs send neither and pass: nobody can make them send cookies.
 *
 * `same-site` is another host below the same domain, which may be somebody else's or taken over: refused like any
 * other site, unless its origin is allowed. A bearer credential is never sent by a browser on its own.
 */
export function refuseOtherSites(publicUrl: string, allowedOrigins: readonly string[]): Middleware {
  const ours = new URL(publicUrl).origin;
  const isAllowed = (origin: string) => origin === ours || allowedOrigins.includes(origin);
  return (ctx, next) => {
    if (safe.has(ctx.method)) return next();
    const { origin, authorization, 'sec-fetch-site': site } = ctx.headers;
    if (/^Bearer /i.test(authorization ?? '')) return next();
    if (site === 'same-origin' || site === 'none') return next();
    if (site === undefined && origin === undefined) return next();
    if (origin !== undefined && isAllowed(origin)) return next();
    throw new MillraceError(
      'cross_site_request',
      'A page of another site sent this request, and its origin is not one of those that may.',
    );
  };
}
