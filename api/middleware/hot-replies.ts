import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Context as KoaContext, Middleware, Next } from 'koa';
import type { LimitClass } from '../../shared/rate-limits.ts';
import type { ApiContext } from '../context.ts';

/** A whole reply as it goes over the wire. */
type HotReply = {
  headers: string[];
  body: Buffer | string;
  etag: string;
  route: string;
  limit: LimitClass | null;
  freshUntil: number;
};

const mostReplies = 1000;
const graceMilliseconds = 1000;

/**
 * Keeps replies that are the same for everybody (`hotSeconds` of a route) as bytes, and gives them again without the
 * rest of the way, which costs a multiple of all that Koa does. Only to requests that say nothing about who asks. When
 * one has run out, one request gets the next while the others are still given the old one, for a second at most.
 */
export function hotReplies({ limits }: Pick<ApiContext, 'limits'>): Middleware {
  const kept = new Map<string, HotReply>();
  const renewing = new Set<string>();

  async function renew(key: string, ctx: KoaContext, next: Next): Promise<void> {
    renewing.add(key);
    try {
      await next();
      const reply = await wholeReply(ctx);
      if (!reply) return;
      kept.set(key, reply);
      // Keys are the clients' words, so there is an end to them.
      const [oldest] = kept.keys();
      if (kept.size > mostReplies && oldest !== undefined) kept.delete(oldest);
    } finally {
      renewing.delete(key);
    }
  }

  return (ctx, next) => {
    const key = keyOf(ctx);
    if (key === undefined) return next();
    const reply = kept.get(key);
    const age = reply ? Date.now() - reply.freshUntil : Infinity;
    if (!reply || age > graceMilliseconds || (age > 0 && !renewing.has(key))) return renew(key, ctx, next);
    // Who may not pass is refused on the way that other refusals go.
    const passes = limits.admits(reply.limit, undefined, ctx);
    if (typeof passes === 'boolean') return passes ? send(ctx, reply) : next();
    return passes.then((admitted) => (admitted ? send(ctx, reply) : next()));
  };
}

/** What tells replies apart. Undefined for a request that must go the whole way. */
function keyOf({ req }: KoaContext): string | undefined {
  const { headers } = req;
  if (req.method !== 'GET' || headers.cookie || headers.authorization || headers.origin) return undefined;
  if (headers.accept && headers.accept !== '*/*') return undefined;
  return `${req.url}\n${headers['x-api-version'] ?? 'none'}\n${headers['accept-encoding'] ?? ''}`;
}

/** The reply that the rest of the way has made, if it is one to keep; what was compressed is collected. */
async function wholeReply(ctx: KoaContext): Promise<HotReply | undefined> {
  const { hotSeconds, route, limit } = ctx.state;
  if (!hotSeconds || ctx.status !== 200) return undefined;
  if (ctx.body instanceof Readable) ctx.body = await buffer(ctx.body);
  // A string goes out in one piece with its headers.
  const body = ctx.body as string | Buffer;
  ctx.length = Buffer.byteLength(body);
  const headersNow = ctx.response.headers;
  const headers = Object.entries(headersNow).flatMap(([name, value]) => [name, String(value)]);
  const freshUntil = Date.now() + hotSeconds * 1000;
  return { headers, body, etag: String(headersNow.etag ?? ''), route, limit, freshUntil };
}

/** Past Koa, which would set each header for itself. */
function send(ctx: KoaContext, { headers, body, etag, route }: HotReply): void {
  ctx.respond = false;
  ctx.state.route = route;
  const isKnown = etag !== '' && ctx.req.headers['if-none-match'] === etag;
  ctx.res.writeHead(isKnown ? 304 : 200, [...headers, ...ctx.state.ownHeaders]);
  ctx.res.end(isKnown ? undefined : body);
}
