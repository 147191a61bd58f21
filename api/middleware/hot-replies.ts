import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Context as KoaContext, Middleware } from 'koa';
import type { LimitClass } from '../../shared/rate-limits.ts';
import type { ApiContext } from '../context.ts';
import type { Route } from '../route.ts';
import { isKnown } from '../send-reply.ts';
import { shareLoads } from '../share-loads.ts';
import { pathOf, type RequestLog, type RequestRecord } from './request-log.ts';

/** A whole reply as it goes over the wire. */
type HotReply = {
  headers: string[];
  /** A character a byte (`latin1`): so Node.js writes it in one piece with the headers. */
  body: string;
  etag: string;
  route: string;
  limit: LimitClass | null;
  freshUntil: number;
};

/** Keys are the clients’ words, so there is an end to them. Of many large replies fewer are kept. */
const mostReplies = 1000;
const mostKeptBytes = 32 * 1024 ** 2;
const graceMilliseconds = 1000;

type Exchange = { req: IncomingMessage; res: ServerResponse; record: RequestRecord; rest: RequestListener };

/**
 * Lets requests share a whole reply, as bytes: the rest of the way costs a multiple of sending them. For routes with
 * `hotSeconds`, and for requests that say nothing about who asks.
 *
 * Of those that come while such a request is under way one goes on when that is done, and all get what it gets: nothing
 * is older than the moment of asking. Beyond that, a reply may be given again for `hotSeconds`; once they are over one
 * request gets the next while the others are still given the old one, for a second at most.
 *
 * @returns `first`, which gives replies without Koa, as that would take as long as all the rest; and a middleware, by
 * which Koa tells of those that it makes
 */
export function hotReplies({ limits }: Pick<ApiContext, 'limits'>, routes: Route[], requests: RequestLog) {
  const isHot = hotPaths(routes);
  const share = shareLoads<HotReply | undefined>();
  const kept = new Map<string, HotReply>();
  let keptBytes = 0;
  const renewing = new Set<string>();
  /** Who waits for what Koa makes of a request. */
  const awaited = new WeakMap<IncomingMessage, (reply: HotReply | undefined) => void>();

  /** Nothing where it may not be given again. */
  function keptReply(key: string): HotReply | undefined {
    const reply = kept.get(key);
    if (!reply) return undefined;
    const age = performance.now() - reply.freshUntil;
    if (age <= 0 || (age <= graceMilliseconds && renewing.has(key))) return reply;
    if (age > graceMilliseconds) drop(key);
    return undefined;
  }

  function drop(key: string): void {
    keptBytes -= kept.get(key)?.body.length ?? 0;
    kept.delete(key);
  }

  /** Lets Koa answer a request. @returns what others may have of it */
  async function make(key: string, { req, res, rest }: Exchange): Promise<HotReply | undefined> {
    renewing.add(key);
    const reply = await new Promise<HotReply | undefined>((resolve) => {
      awaited.set(req, resolve);
      rest(req, res);
    });
    renewing.delete(key);
    if (reply && reply.freshUntil > performance.now()) {
      drop(key);
      kept.set(key, reply);
      keptBytes += reply.body.length;
      for (const oldest of kept.keys()) {
        if (kept.size <= mostReplies && keptBytes <= mostKeptBytes) break;
        drop(oldest);
      }
    }
    return reply;
  }

  async function shared(key: string, exchange: Exchange): Promise<void> {
    let isMine = false;
    const reply = await share(key, () => {
      isMine = true;
      return make(key, exchange);
    });
    if (isMine) return;
    if (reply) give(reply, exchange);
    else exchange.rest(exchange.req, exchange.res);
  }

  /** Who may not pass is refused on the way that other refusals go. */
  function give(reply: HotReply, exchange: Exchange): void {
    const { req, res, record, rest } = exchange;
    const passes = limits.admits(reply.limit, undefined, { req, state: record });
    if (passes === true) send(reply, exchange);
    else if (passes === false) rest(req, res);
    else
      passes.then(
        (admitted) => (admitted ? send(reply, exchange) : rest(req, res)),
        () => rest(req, res),
      );
  }

  /** Not by Koa, which would set each header for itself. */
  function send({ headers, body, etag, route }: HotReply, { req, res, record }: Exchange): void {
    const status = isKnown(req.headers['if-none-match'], etag) ? 304 : 200;
    res.writeHead(status, [...headers, ...record.ownHeaders]);
    if (status === 304) res.end();
    else res.end(body, 'latin1');
    requests.end(record, { method: 'GET', path: pathOf(req), status, route });
  }

  function first(rest: RequestListener): RequestListener {
    return (req, res) => {
      const key = keyOf(req);
      if (key === undefined || !isHot.test(pathOf(req))) return rest(req, res);
      const exchange = { req, res, record: requests.begin(req), rest };
      const reply = keptReply(key);
      return reply ? give(reply, exchange) : void shared(key, exchange);
    };
  }

  const middleware: Middleware = async (ctx, next) => {
    const tell = awaited.get(ctx.req);
    if (!tell) return next();
    // The whole reply is wanted, whatever the one who gets it has already.
    const known = ctx.req.headers['if-none-match'];
    delete ctx.req.headers['if-none-match'];
    let reply: HotReply | undefined;
    try {
      await next();
      reply = await wholeReply(ctx);
      if (reply && isKnown(known, reply.etag)) {
        ctx.status = 304;
        ctx.body = null;
      }
    } finally {
      tell(reply);
    }
  };

  return { first, middleware };
}

/** Of any version of the api. */
function hotPaths(routes: Route[]): RegExp {
  const paths = routes.flatMap(({ path, hotSeconds }) => (hotSeconds === undefined ? [] : [path]));
  const patterns = paths.map((path) =>
    path.replace(/^\/api/, '/api(?:/v\\d+)?').replaceAll(/:\w+/g, '[^/]+'),
  );
  return new RegExp(`^(?:${patterns.join('|')})$`);
}

/** What tells replies apart. Undefined for a request that must go the whole way. */
function keyOf(req: IncomingMessage): string | undefined {
  const { headers } = req;
  if (req.method !== 'GET' || headers.cookie || headers.authorization || headers.origin) return undefined;
  if (headers.accept && headers.accept !== '*/*') return undefined;
  return `${req.url}\n${headers['x-api-version'] ?? ' '}\n${headers['accept-encoding'] ?? ''}`;
}

/** The reply that the rest of the way has made, if it is one to keep; what was compressed is collected. */
async function wholeReply(ctx: KoaContext): Promise<HotReply | undefined> {
  const { hotSeconds, route = 'none', limit = null } = ctx.state;
  if (hotSeconds === undefined || ctx.status !== 200) return undefined;
  if (ctx.body instanceof Readable) ctx.body = await buffer(ctx.body);
  const bytes = Buffer.from(ctx.body as string | Buffer);
  ctx.length = bytes.length;
  const headersNow = ctx.response.headers;
  const headers = Object.entries(headersNow).flatMap(([name, value]) => [name, String(value)]);
  const freshUntil = performance.now() + hotSeconds * 1000;
  return {
    headers,
    body: bytes.toString('latin1'),
    etag: String(headersNow.etag ?? ''),
    route,
    limit,
    freshUntil,
  };
}
