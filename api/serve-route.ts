import type { Context as KoaContext, Middleware } from 'koa';
import { z } from 'zod';
import { MillraceError, type Violation } from '../shared/errors.ts';
import { auditTrail } from './access/audit-trail.ts';
import { authorize } from './access/authorize.ts';
import { findCaller } from './access/caller.ts';
import { type Action, permit } from './access/policy.ts';
import type { ApiContext } from './context.ts';
import { logOf } from './middleware/request-log.ts';
import { readForm, readJson, readText } from './read-body.ts';
import type { Request, Route } from './route.ts';
import { selectionOf } from './select-fields.ts';
import { refuseUnaccepted, replyTypes, sendReply } from './send-reply.ts';
import { versions } from './versions.ts';

const nothing = z.strictObject({});

/** Makes the middleware of one route: access, then validation, then the handler, then its reply. */
export function serveRoute(route: Route, context: ApiContext): Middleware {
  const paramsSchema = route.params ?? nothing;
  const selections = new Map(versions.map((version) => [version, selectionOf(route, version)]));
  const types = replyTypes(route);
  const { limit = 'rest' } = route;
  return async (ctx) => {
    ctx.state.route = route.path;
    ctx.state.isForm = route.form === true;
    ctx.state.limit = limit;
    refuseUnaccepted(ctx, types);
    const selection = selections.get(ctx.state.version);
    const caller = await authorize(route, ctx, context);
    const params = parse(paramsSchema, ctx.params, (path) => String(path[0]), 'not_found');
    const querySchema = selection?.query ?? route.query ?? nothing;
    const { fields, ...query } = parse(querySchema, ctx.query, (path) => String(path[0])) as {
      fields?: string[];
    };
    const body = await parseBody(route, ctx);
    const { requestId } = ctx.state.bindings;
    const asked = {
      params: params as Record<string, string>,
      body,
      requestId,
      address: context.addressOf(ctx.req),
    };
    const trail = auditTrail(route, caller?.user, asked, context.db);
    const request: Request<unknown, unknown, unknown, Action> = {
      params,
      query,
      body,
      caller: caller?.user as Request<unknown, unknown, unknown, Action>['caller'],
      callerNow: async () => (await findCaller(ctx, context, route.action))?.user,
      credential: caller?.credential,
      permit: (thing) => trail.about(permit(route.action, caller?.user, thing)),
      audit: (session, changes) => trail.note(changes, session),
      version: ctx.state.version,
      fields,
      address: context.addressOf(ctx.req),
      get url() {
        return new URL(ctx.url, context.publicUrl);
      },
      leadBackTo: (path) => {
        ctx.state.returnTo = path;
      },
      header: (name) => ctx.get(name) || undefined,
      cookie: (name) => ctx.cookies.get(name),
      context,
      traceparent: ctx.state.traceparent,
      get log() {
        return logOf(ctx);
      },
    };
    const reply = await route.handle(request as Request<never, never, never, Action>);
    await trail.finish();
    sendReply(ctx, route, selection && fields ? selection.pick(reply, fields) : reply, context);
  };
}

async function parseBody(route: Route, ctx: KoaContext): Promise<unknown> {
  if (!route.body) return undefined;
  if (route.text) return readText(ctx, route.text);
  const body = route.form ? await readForm(ctx) : await readJson(ctx);
  return parse(route.body, body, (path) => `/${path.map(escapePointer).join('/')}`);
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
