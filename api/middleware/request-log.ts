import type { IncomingMessage } from 'node:http';
import type { Context as KoaContext, Middleware } from 'koa';
import { type Log, lineWriter } from '../../shared/log.ts';
import { continueTrace, traceparentOf } from '../../shared/trace.ts';
import type { ApiContext } from '../context.ts';

/** What every line of a request's log carries. */
type Bindings = { requestId: string; traceId: string; userId?: string };

/** What a request is known by from its beginning to its line of the log. */
export type RequestRecord = {
  /** Milliseconds, as `performance.now` gives them. */
  started: number;
  bindings: Bindings;
  traceparent: string;
  /** Names and values in turn, of headers that its reply shares with no other. */
  ownHeaders: string[];
};

type Answer = { method: string; path: string; status: number; route: string };

export type RequestLog = ReturnType<typeof createRequestLog>;

/** Gives each request an id and a span of a trace, and writes one line when it is answered. */
export function createRequestLog({ log, metrics }: Pick<ApiContext, 'log' | 'metrics'>) {
  const writeLine = lineWriter(log, 'request');
  return {
    begin({ headers }: IncomingMessage): RequestRecord {
      const trace = continueTrace(headers.traceparent?.toString());
      const given = headers['x-request-id'];
      // Without an id of the client's, one word serves for both.
      const requestId = typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : trace.traceId;
      const traceparent = traceparentOf(trace);
      return {
        started: performance.now(),
        bindings: { requestId, traceId: trace.traceId },
        traceparent,
        ownHeaders: ['X-Request-Id', requestId, 'traceparent', traceparent],
      };
    },

    end({ started, bindings }: RequestRecord, { method, path, status, route }: Answer): void {
      const seconds = (performance.now() - started) / 1000;
      metrics.requestSeconds.observe({ method, route, status }, seconds);
      const { requestId, traceId, userId } = bindings;
      writeLine(
        `"requestId":"${requestId}","traceId":"${traceId}"${userId ? `,"userId":"${userId}"` : ''},` +
          `"method":"${method}","path":${JSON.stringify(path)},"status":${status},` +
          `"milliseconds":${Math.round(seconds * 1e5) / 100}`,
      );
    },
  };
}

/** Of a request that Koa has not seen. */
export function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** Records what goes through Koa, and gives it a log of its own. */
export function requestLog(requests: RequestLog, { log }: Pick<ApiContext, 'log'>): Middleware {
  return async (ctx, next) => {
    const record = requests.begin(ctx.req);
    Object.assign(ctx.state, record, { parentLog: log });
    await next();
    const { ownHeaders: own } = record;
    if (!ctx.headerSent) for (let at = 0; at < own.length; at += 2) ctx.set(own[at] ?? '', own[at + 1] ?? '');
    const { method, path, status } = ctx;
    requests.end(record, { method, path, status, route: ctx.state.route ?? 'none' });
  };
}

/** The log of a request: made when it is first asked for, since most requests write but their one line. */
export function logOf(ctx: KoaContext): Log {
  ctx.state.log ??= ctx.state.parentLog.child(ctx.state.bindings);
  return ctx.state.log;
}

/** From here on the lines of the request say who asks. */
export function logUser(ctx: KoaContext, userId: string): void {
  ctx.state.bindings.userId = userId;
  ctx.state.log = undefined;
}
