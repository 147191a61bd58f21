import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Middleware } from 'koa';
import type { z } from 'zod';
import { newView, type ViewReason } from '../../shared/contracts/views.ts';
import { decide } from '../access/policy.ts';
import type { ApiContext } from '../context.ts';
import { viewerRegion } from '../viewer-region.ts';
import { pathOf, type RequestLog } from './request-log.ts';

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

/** What the long way needs to know of a request that began on the short one. */
type PassedOn = { bytes: Buffer; version?: string };

/**
 * Counts the views that players tell most often by a short way, without Koa: of nobody who signs in, of a video that
 * was looked at within the last second, in a body that fits. Players tell a view every few seconds, and the long way
 * costs several times what counting does. Whatever is not so plain, and all that is to be refused, goes the long way,
 * which says the same; the headers of the replies are those that it gave last. Limits count once, by whichever way.
 *
 * @returns `first`, the short way, and a middleware for the beginning of the long one
 */
export function quickViews({ viewing, limits, config, addressOf }: Needed, requests: RequestLog) {
  const { REGIONS, CORS_ORIGINS = [] } = config;
  const isForeign =
    CORS_ORIGINS.length > 0 ? (req: IncomingMessage) => req.headers.origin !== undefined : never;
  /** By the version that was asked, in the path and in the header. */
  const headersOf = new Map<string, string[]>();
  const passedOn = new WeakMap<IncomingMessage, PassedOn>();

  /** False where the long way has to answer. */
  async function count(req: IncomingMessage, res: ServerResponse, videoId: string, version: string) {
    const record = requests.begin(req);
    const bytes = await readBody(req);
    if (!bytes) return false;
    const passed: PassedOn = { bytes };
    passedOn.set(req, passed);
    const body = parse(bytes);
    const recalled = viewing.recall(videoId);
    // When MongoDB fails, the long way has the words for it.
    const video = recalled instanceof Promise ? await recalled.catch(() => undefined) : recalled;
    const headers = headersOf.get(version);
    const claim = body?.region;
    if (!body || !video || !headers) {
      passed.version = version;
      return false;
    }
    if (claim !== undefined && !REGIONS.includes(claim)) return false;
    if (decide('video.view', undefined, video) !== 'allowed') return false;
    const admits = limits.admits('view', undefined, { req, state: record });
    if (!(typeof admits === 'boolean' ? admits : await admits)) return false;
    const header = (name: string) => req.headers[name.toLowerCase()]?.toString();
    const reason = await viewing
      .count({
        ...{ video, watchedSeconds: body.watchedSeconds, region: viewerRegion({ header, claim }, config) },
        ...{ accountId: undefined, address: addressOf(req), userAgent: req.headers['user-agent'] ?? '' },
      })
      .catch(() => undefined);
    const reply = reason === undefined ? undefined : bodies.get(reason);
    if (reply === undefined) return false;
    res.writeHead(200, [...headers, 'Content-Length', String(reply.length), ...record.ownHeaders]);
    res.end(reply);
    requests.end(record, { method: 'POST', path: pathOf(req), status: 200, route });
    return true;
  }

  function first(rest: RequestListener): RequestListener {
    return (req, res) => {
      const [, prefix, videoId] = (req.method === 'POST' && address.exec(req.url ?? '')) || [];
      if (videoId === undefined || !isPlain(req) || isForeign(req)) return rest(req, res);
      const version = `${prefix} ${req.headers['x-api-version'] ?? ' '}`;
      // Whatever goes wrong here, the long way has the words for it.
      const answered = count(req, res, videoId, version).catch(() => false);
      return void answered.then((isAnswered) => isAnswered || rest(req, res));
    };
  }

  const middleware: Middleware = async (ctx, next) => {
    const { bytes, version } = passedOn.get(ctx.req) ?? {};
    if (bytes) ctx.state.bytes = bytes;
    await next();
    if (version === undefined || ctx.status !== 200) return;
    const { 'content-length': _length, ...headers } = ctx.response.headers;
    headersOf.set(
      version,
      Object.entries(headers).flatMap(([name, value]) => [name, String(value)]),
    );
  };

  return { middleware, first };
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
