import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Context as KoaContext, Middleware, Next } from 'koa';
import type { LimitClass } from '../../shared/rate-limits.ts';
import type { ApiContext } from '../context.ts';
import type { Route } from '../route.ts';
import { isKnown } from '../send-reply.ts';
import { shareLoads } from '../share-loads.ts';
import { pathOf, type RequestLog, type RequestRecord } from './request-log.ts';

/** A whole reply as it goes over the wire. */
type HotReply = {
  headers: string[];
  body: Buffer;
  etag: string;
  route: string;
  limit: LimitClass | null;
  freshUntil: number;
};

const mostReplies = 1000;
const graceMilliseconds = 1000;

/**
 * Lets requests share a whole reply, as bytes: the rest of the way costs a multiple of sending them. For routes with
 * `hotSeconds`, and for requests that say nothing about who asks.
 *
 * Of those that come while such a request is under way one goes on when that is done, and all get what it gets: nothing
 * is older than the moment of asking. Beyond that, a reply may be given again for `hotSeconds`; once they are over one
 * request gets the next while the others are still given the old one, for a second at most.
 *
 * @returns a middleware, which makes replies and shares them, and `first`, which gives those that are kept without Koa:
 * that would take as long for it as all the rest
 */
export function hotReplies({ limits }: Pick<ApiContext, 'limits'>, routes: Route[], requests: RequestLog) {
  const isHot = hotPaths(routes);
  const share = shareLoads<HotReply | undefined>();
  const kept = new Map<string, HotReply>();
  const renewing = new Set<string>();

  /** Nothing where it may not be given again. */
  function keptReply(key: string): HotReply | undefined {
    const reply = kept.get(key);
    if (!reply) return undefined;
    const age = Date.now() - reply.freshUntil;
    if (age <= 0 || (age <= graceMilliseconds && renewing.has(key))) return reply;
    if (age > graceMilliseconds) kept.delete(key);
    return undefined;
  }

  async function make(key: string, ctx: KoaContext, next: Next): Promise<HotReply | undefined> {
    renewing.add(key);
    // The whole reply is wanted, whatever the one who gets it has already.
    const known = ctx.req.headers['if-none-match'];
    delete ctx.req.headers['if-none-match'];
    try {
      await next();
      const reply = await wholeReply(ctx);
      if (reply && isKnown(known, reply.etag)) {
        ctx.status = 304;
        ctx.body = null;
      }
      if (reply && reply.freshUntil > Date.now()) {
        kept.set(key, reply);
        // Keys are the clients' words, so there is an end to them.
        const [oldest] = kept.keys();
        if (kept.size > mostReplies && oldest !== undefined) kept.delete(oldest);
      }
      return reply;
    } finally {
      renewing.delete(key);
    }
  }

  async function shared(key: string, ctx: KoaContext, next: Next): Promise<void> {
    let isMine = false;
    const reply = await share(key, () => {
      isMine = true;
      return make(key, ctx, next);
    });
    if (isMine) return;
    await (reply ? give(reply, ctx, next) : next());
  }

  /** Who may not pass is refused on the way that other refusals go. */
  function give(reply: HotReply, ctx: KoaContext, next: Next): Promise<void> | void {
    const passes = limits.admits(reply.limit, undefined, ctx);
    if (typeof passes === 'boolean') return passes ? sendPastKoa(ctx, reply) : next();
    return passes.then((admitted) => (admitted ? sendPastKoa(ctx, reply) : next()));
  }

  const middleware: Middleware = (ctx, next) => {
    const key = isHot.test(ctx.path) ? keyOf(ctx.req) : undefined;
    // What is kept and comes here was refused before.
    return key === undefined || keptReply(key) ? next() : shared(key, ctx, next);
  };

  function answer(req: IncomingMessage, res: ServerResponse, reply: HotReply, record: RequestRecord): void {
    const status = send(req, res, reply, record.ownHeaders);
    requests.end(record, { method: 'GET', path: pathOf(req), status, route: reply.route });
  }

  function first(rest: RequestListener): RequestListener {
    return (req, res) => {
      const key = keyOf(req);
      const reply = key === undefined ? undefined : keptReply(key);
      if (!reply) return rest(req, res);
      const record = requests.begin(req);
      const passes = limits.admits(reply.limit, undefined, { req, state: record });
      if (typeof passes === 'boolean') return passes ? answer(req, res, reply, record) : rest(req, res);
      return void passes.then(
        (admitted) => (admitted ? answer(req, res, reply, record) : rest(req, res)),
        () => rest(req, res),
      );
    };
  }

  return { middleware, first };
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
  return `${req.url}\n${headers['x-api-version'] ?? 'none'}\n${headers['accept-encoding'] ?? ''}`;
}

/** The reply that the rest of the way has made, if it is one to keep; what was compressed is collected. */
async function wholeReply(ctx: KoaContext): Promise<HotReply | undefined> {
  const { hotSeconds, route = 'none', limit = null } = ctx.state;
  if (hotSeconds === undefined || ctx.status !== 200) return undefined;
  if (ctx.body instanceof Readable) ctx.body = await buffer(ctx.body);
  // Of a string each reply would have to be made UTF-8 anew.
  const body = Buffer.from(ctx.body as string | Buffer);
  ctx.length = body.length;
  const headersNow = ctx.response.headers;
  const headers = Object.entries(headersNow).flatMap(([name, value]) => [name, String(value)]);
  const freshUntil = Date.now() + hotSeconds * 1000;
  return { headers, body, etag: String(headersNow.etag ?? ''), route, limit, freshUntil };
}

function sendPastKoa(ctx: KoaContext, reply: HotReply): void {
  ctx.respond = false;
  ctx.state.route = reply.route;
  send(ctx.req, ctx.res, reply, ctx.state.ownHeaders);
}

/** Not by Koa, which would set each header for itself. @returns the status */
function send(req: IncomingMessage, res: ServerResponse, reply: HotReply, ownHeaders: string[]): number {
  const status = isKnown(req.headers['if-none-match'], reply.etag) ? 304 : 200;
  res.writeHead(status, [...reply.headers, ...ownHeaders]);
  res.end(status === 304 ? undefined : reply.body);
  return status;
}
