import type { Context as KoaContext, Middleware } from 'koa';
import { type Log, lineWriter } from '../../shared/log.ts';
import { continueTrace, traceparentOf } from '../../shared/trace.ts';
import type { ApiContext } from '../context.ts';

/** What every line of a request's log carries. */
type Bindings = { requestId: string; traceId: string; userId?: string };

/** Gives each request an id, a span of a trace and a log of its own, and writes one line when it is answered. */
export function requestLog({ log, metrics }: ApiContext): Middleware {
  const writeLine = lineWriter(log, 'request');
  return async (ctx, next) => {
    const started = performance.now();
    const trace = continueTrace(ctx.req.headers.traceparent?.toString());
    const given = ctx.req.headers['x-request-id'];
    // Without an id of the client's, one word serves for both.
    const requestId = typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : trace.traceId;
    const bindings: Bindings = { requestId, traceId: trace.traceId };
    ctx.state.traceparent = traceparentOf(trace);
    ctx.state.requestId = requestId;
    // What every reply carries and none shares with another: set at the end, all at once.
    const own: string[] = ['X-Request-Id', requestId, 'traceparent', ctx.state.traceparent];
    ctx.state.ownHeaders = own;
    ctx.state.bindings = bindings;
    ctx.state.parentLog = log;
    await next();
    if (!ctx.headerSent) for (let at = 0; at < own.length; at += 2) ctx.set(own[at] ?? '', own[at + 1] ?? '');
    const seconds = (performance.now() - started) / 1000;
    const route = ctx.state.route ?? 'none';
    metrics.requestSeconds.observe({ method: ctx.method, route, status: ctx.status }, seconds);
    const { userId } = bindings;
    writeLine(
      `"requestId":"${requestId}","traceId":"${trace.traceId}"${userId ? `,"userId":"${userId}"` : ''},` +
        `"method":"${ctx.method}","path":${JSON.stringify(ctx.path)},"status":${ctx.status},` +
        `"milliseconds":${Math.round(seconds * 1e5) / 100}`,
    );
  };
}

/** The log of a request: made when it is first asked for, since most requests write but their one line. */
export function logOf(ctx: KoaContext): Log {
  ctx.state.log ??= (ctx.state.parentLog as Log).child(ctx.state.bindings);
  return ctx.state.log;
}

/** From here on the lines of the request say who asks. */
export function logUser(ctx: KoaContext, userId: string): void {
  (ctx.state.bindings as Bindings).userId = userId;
  ctx.state.log = undefined;
}
