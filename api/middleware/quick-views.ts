import type { IncomingMessage } from 'node:http';
import type { Context as KoaContext, Middleware, Next } from 'koa';
import type { z } from 'zod';
import { newView, type ViewReason } from '../../shared/contracts/views.ts';
import { decide } from '../access/policy.ts';
import type { ApiContext } from '../context.ts';
import { viewerRegion } from '../viewer-region.ts';

const address = /^(\/api(?:\/v\d+)?)\/videos\/([0-9a-f]{24})\/views$/;
const route = '/api/videos/:videoId/views';
const mostBytes = 1024;

/** What a reply says, as bytes. */
const bodies = new Map(
  ([null, 'too_short', 'already_counted', 'robot'] satisfies (ViewReason | null)[]).map((reason) => [
    reason,
    JSON.stringify({ counted: reason === null, reason }),
  ]),
);

/**
 * Counts the views that players tell most often by a short way: of nobody who signs in, of a video that was looked at within
 * the last second, in a body that fits. Players tell a view every few seconds, and the long way costs several times what
 * counting does. Whatever is not so plain, and all that is to be refused, goes the long way, which says the same; the
 * headers of the replies are those that it gave last. Limits count once, by whichever way.
 */
export function quickViews({ viewing, limits, config, addressOf }: Needed): Middleware {
  const { REGIONS, CORS_ORIGINS = [] } = config;
  const isForeign =
    CORS_ORIGINS.length > 0 ? (req: IncomingMessage) => req.headers.origin !== undefined : never;
  /** By the version that was asked, in the path and in the header. */
  const headersOf = new Map<string, string[]>();

  async function count(ctx: KoaContext, next: Next, videoId: string, version: string): Promise<void> {
    const { req, res } = ctx;
    const bytes = await readBody(req);
    if (!bytes) return next();
    // The long way, too, has it from here.
    ctx.state.bytes = bytes;
    const body = parse(bytes);
    const recalled = viewing.recall(videoId);
    // When MongoDB fails, the long way has the words for it.
    const video = recalled instanceof Promise ? await recalled.catch(() => undefined) : recalled;
    const headers = headersOf.get(version);
    const claim = body?.region;
    if (!body || !video || !headers) return keepHeaders(ctx, next, version);
    if (claim !== undefined && !REGIONS.includes(claim)) return next();
    if (decide('video.view', undefined, video) !== 'allowed') return next();
    const admits = limits.admits('view', undefined, ctx);
    if (!(typeof admits === 'boolean' ? admits : await admits)) return next();
    const header = (name: string) => ctx.get(name) || undefined;
    const reason = await viewing
      .count({
        ...{ video, watchedSeconds: body.watchedSeconds, region: viewerRegion({ header, claim }, config) },
        ...{ accountId: undefined, address: addressOf(req), userAgent: req.headers['user-agent'] ?? '' },
      })
      .catch(() => undefined);
    const reply = reason === undefined ? undefined : bodies.get(reason);
    if (reply === undefined) return next();
    ctx.respond = false;
    ctx.state.route = route;
    res.writeHead(200, [...headers, 'Content-Length', String(reply.length), ...ctx.state.ownHeaders]);
    res.end(reply);
  }

  async function keepHeaders(ctx: KoaContext, next: Next, version: string): Promise<void> {
    await next();
    if (ctx.status !== 200) return;
    const { 'content-length': _length, ...headers } = ctx.response.headers;
    headersOf.set(
      version,
      Object.entries(headers).flatMap(([name, value]) => [name, String(value)]),
    );
  }

  return (ctx, next) => {
    const { req } = ctx;
    if (req.method !== 'POST') return next();
    const [, prefix, videoId] = address.exec(req.url ?? '') ?? [];
    if (videoId === undefined || !isPlain(req) || isForeign(req)) return next();
    return count(ctx, next, videoId, `${prefix} ${req.headers['x-api-version'] ?? 'none'}`);
  };
}

type Needed = Pick<ApiContext, 'viewing' | 'limits' | 'config' | 'addressOf'>;

const never = () => false;

/** Nothing in it that another middleware would judge, or answer in another way. */
function isPlain({ headers }: IncomingMessage): boolean {
  const { cookie, authorization, accept = '*/*', origin, 'sec-fetch-site': site } = headers;
  if (cookie || authorization || headers['content-encoding'] || headers.expect) return false;
  if (!/^application\/json(?:; ?charset=utf-8)?$/i.test(headers['content-type'] ?? '')) return false;
  if (!accept.includes('*/*') && !accept.includes('application/json;') && accept !== 'application/json')
    return false;
  // A page of another site would name itself in one of them.
  if (site === undefined ? origin !== undefined : site !== 'same-origin') return false;
  const length = Number(headers['content-length']);
  return length > 0 && length <= mostBytes;
}

/** Undefined when it does not come whole. */
function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    req.on('data', (part) => parts.push(part));
    req.once('end', () => resolve(parts.length === 1 ? parts[0] : Buffer.concat(parts)));
    req.once('close', () => resolve(undefined));
  });
}

/** Undefined when it does not fit. */
function parse(bytes: Buffer): z.infer<typeof newView> | undefined {
  try {
    return newView.safeParse(JSON.parse(bytes.toString())).data;
  } catch {
    return undefined;
  }
}
