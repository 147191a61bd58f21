import { createHash } from 'node:crypto';
import type { Context as KoaContext } from 'koa';
import { MillraceError } from '../shared/errors.ts';
import type { ApiContext } from './context.ts';
import type { Reply, Route } from './route.ts';
import { olderVersion } from './versions.ts';

const since = `@${olderVersion.since.getTime() / 1000}`;
const sunset = olderVersion.sunset.toUTCString();

/**
 * Where a handler says nothing else: what is read may depend on who asks, and without a word caches keep what they
 * like.
 */
export const unsharedCache = 'private, no-cache';

/** Sends what a handler returned. */
export function sendReply(ctx: KoaContext, route: Route, reply: Reply, { publicUrl }: ApiContext): void {
  const declared = route.replies[reply.status];
  const type = reply.type ?? (declared?.schema ? 'application/json' : undefined);
  const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
  if (isRead) ctx.set('Cache-Control', unsharedCache);
  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    // Beside what else the reply depends on.
    if (name === 'Vary') ctx.vary(value);
    else ctx.set(name, value);
  }
  if (declared?.older && ctx.state.version === 1) {
    ctx.set('Deprecation', since);
    ctx.set('Sunset', sunset);
  }
  setCookies(ctx, reply, publicUrl);
  const { body } = reply;
  const isJson = typeof body === 'object' && !Buffer.isBuffer(body) && !('pipe' in body);
  const content = isJson ? JSON.stringify(body) : body;
  ctx.body = content ?? null;
  if (isJson) ctx.type = 'application/json';
  if (type) ctx.type = type;
  ctx.status = reply.status;
  ctx.state.hotSeconds = route.hotSeconds;
  const isTagged = isRead || reply.revision !== undefined;
  if (reply.status === 200 && isTagged && typeof content === 'string' && !ctx.response.etag) {
    ctx.response.etag = etagOf(content, reply.revision);
  }
  if (reply.status === 200 && isRead && isKnown(ctx.get('If-None-Match'), ctx.response.etag)) {
    ctx.status = 304;
    ctx.body = null;
  }
}

/**
 * RFC 9110, 13.1.2. Koa would not look when the request says `no-cache`, which `fetch` adds by itself to a request
 * with If-None-Match.
 */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (!ifNoneMatch || !etag) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag.replace(/^W\//, ''));
}

/** A strong entity tag of a body, without the quotes; with a revision in front, it serves If-Match too. */
export function etagOf(body: string, revision?: number): string {
  const hash = createHash('sha1').update(body).digest('base64url');
  return revision === undefined ? hash : `r${revision}.${hash}`;
}

/** The media types that a route's replies have when all goes well. */
export function replyTypes({ replies }: Route): string[] {
  const types = Object.values(replies).map(({ type, schema }) => type ?? (schema && 'application/json'));
  return [...new Set(types.filter((type) => type !== undefined))];
}

/** To be asked before any work is done. @throws MillraceError not_acceptable */
export function refuseUnaccepted(ctx: KoaContext, types: string[]): void {
  const accepted = ctx.get('Accept');
  if (!accepted || accepted.includes('*/*') || types.length === 0) return;
  if (!ctx.accepts(...types))
    throw new MillraceError('not_acceptable', `The reply is ${types.join(' or ')}.`);
}

function setCookies(ctx: KoaContext, { cookies }: Reply, publicUrl: string): void {
  if (!cookies) return;
  const secure = publicUrl.startsWith('https:');
  // Behind a proxy that ends TLS the connection itself is plain; what counts is how the browser sees it.
  ctx.cookies.secure = secure;
  for (const [name, cookie] of Object.entries(cookies)) {
    const options = { httpOnly: true, sameSite: 'lax', secure, path: '/', overwrite: true } as const;
    if (cookie) {
      ctx.cookies.set(name, cookie.value, options);
      // Koa's own would tell the end as a time, by our clock; the browser goes by its own.
      const lines = [ctx.response.get('Set-Cookie')].flat();
      ctx.set('Set-Cookie', [...lines.slice(0, -1), `${lines.at(-1)}; max-age=${cookie.maxAgeSeconds}`]);
    } else ctx.cookies.set(name, null, options);
  }
}
