import type { Context as KoaContext, Middleware } from 'koa';
import { koaBody } from 'koa-body';
import { z } from 'zod';
import { MillraceError, type Violation } from '../shared/errors.ts';
import { findCaller } from './access/session.ts';
import { boundJson } from './bound-json.ts';
import type { ApiContext } from './context.ts';
import { readText } from './read-text.ts';
import type { Auth, Reply, Request, Route } from './route.ts';

const bodyLimit = 100 * 1024;
const readBody = koaBody({
  jsonLimit: bodyLimit,
  urlencoded: false,
  text: false,
  multipart: false,
  jsonStrict: true,
});
const nothing = z.strictObject({});

/** Makes the middleware of one route: access, then validation, then the handler, then its reply. */
export function serveRoute(route: Route, context: ApiContext): Middleware {
  const paramsSchema = route.params ?? nothing;
  const querySchema = route.query ?? nothing;
  return async (ctx) => {
    ctx.state.route = route.path;
    const caller = await authorize(route, ctx, context);
    const request: Request<unknown, unknown, unknown, Auth> = {
      params: parse(paramsSchema, ctx.params, (path) => String(path[0]), 'not_found'),
      query: parse(querySchema, ctx.query, (path) => String(path[0])),
      body: await parseBody(route, ctx),
      caller,
      url: new URL(ctx.url, context.publicUrl),
      cookie: (name) => ctx.cookies.get(name),
      context,
      log: ctx.state.log,
    };
    send(ctx, await route.handle(request as Request<never, never, never, Auth>), context);
  };
}

async function authorize({ auth, limit = 'rest' }: Route, ctx: KoaContext, context: ApiContext) {
  const caller = await findCaller(ctx, context);
  await context.limits.check(limit, caller?._id, ctx);
  if (caller) ctx.state.log = ctx.state.log.child({ userId: caller._id });
  if (auth === 'anyone') return caller;
  if (!caller)
    throw new MillraceError('not_signed_in', 'This needs a signed-in account: GET /api/auth/login.');
  if (auth === 'admin' && !caller.roles.includes('admin')) {
    throw new MillraceError('forbidden', 'This is for administrators.');
  }
  return caller;
}

async function parseBody(route: Route, ctx: KoaContext): Promise<unknown> {
  if (!route.body) return undefined;
  if (route.text) return readText(ctx, route.text);
  if (!ctx.request.is('json')) {
    throw new MillraceError(
      'unsupported_media_type',
      'Send a JSON body with Content-Type: application/json.',
    );
  }
  try {
    await readBody(ctx, async () => {});
  } catch (error) {
    if ((error as { status?: number }).status === 413) {
      throw new MillraceError('body_too_large', `A body may have ${bodyLimit} bytes at most.`);
    }
    throw new MillraceError('invalid_json', 'The body is not valid JSON.', { cause: error });
  }
  boundJson(ctx.request.body);
  return parse(route.body, ctx.request.body, (path) => `/${path.map(escapePointer).join('/')}`);
}

function parse(
  schema: z.ZodType,
  value: unknown,
  pointerTo: (path: PropertyKey[]) => string,
  code: 'invalid_request' | 'not_found' = 'invalid_request',
): unknown {
  // Koa's query has no prototype, which zod does not take for a plain object.
  const parsed = schema.safeParse(Array.isArray(value) ? value : isObject(value) ? { ...value } : value);
  if (parsed.success) return parsed.data;
  if (code === 'not_found') throw new MillraceError('not_found', 'There is nothing at this address.');
  const violations: Violation[] = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ pointer: pointerTo([...issue.path, key]), message: 'is not known' }))
      : [{ pointer: pointerTo(issue.path), message: issue.message }],
  );
  const named = violations.map(({ pointer, message }) => `${pointer} ${message}`).join('; ');
  throw new MillraceError('invalid_request', `The request does not fit: ${named}.`, { violations });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** RFC 6901. */
function escapePointer(key: PropertyKey): string {
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1');
}

function send(ctx: KoaContext, reply: Reply, { publicUrl }: ApiContext): void {
  ctx.status = reply.status;
  for (const [name, value] of Object.entries(reply.headers ?? {})) ctx.set(name, value);
  const secure = publicUrl.startsWith('https:');
  // Behind a proxy that ends TLS the connection itself is plain; what counts is how the browser sees it.
  ctx.cookies.secure = secure;
  for (const [name, cookie] of Object.entries(reply.cookies ?? {})) {
    const options = { httpOnly: true, sameSite: 'lax', secure, path: '/', overwrite: true } as const;
    if (cookie) ctx.cookies.set(name, cookie.value, { ...options, maxAge: cookie.maxAgeSeconds * 1000 });
    else ctx.cookies.set(name, null, options);
  }
  if (reply.body === undefined) ctx.body = null;
  else ctx.body = reply.body;
  if (reply.type) ctx.type = reply.type;
  ctx.status = reply.status;
}
