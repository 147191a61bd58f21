import allowOrigins from '@koa/cors';
import type { Middleware } from 'koa';

/** What a page on an allowed origin may read of a reply beside the few headers that each may. */
const readable = [
  ...['Content-Disposition', 'Deprecation', 'ETag', 'Link', 'Location', 'RateLimit', 'RateLimit-Policy'],
  ...['Retry-After', 'Sunset', 'traceparent', 'X-API-Version', 'X-Request-Id'],
];

/**
 * Lets the pages of these origins call the api, and no other: a credential is never answered to `*`. Browsers add the
 * session's cookie only where such a page is of the same site. Without origins there is no CORS at all.
 */
export function cors(origins: readonly string[]): Middleware {
  const allow = allowOrigins({
    origin: ({ headers: { origin } }) => (origin && origins.includes(origin) ? origin : ''),
    credentials: true,
    exposeHeaders: readable,
    maxAge: 7200,
  });
  return origins.length > 0 ? allow : (_ctx, next) => next();
}
