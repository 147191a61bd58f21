import { randomUUID } from 'node:crypto';
import type { Middleware } from 'koa';
import type { ApiContext } from '../context.ts';

/** Gives each request an id and a log of its own, and writes one line when it is answered. */
export function requestLog({ log, metrics }: ApiContext): Middleware {
  return async (ctx, next) => {
    const started = performance.now();
    const given = ctx.get('X-Request-Id');
    const requestId = /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
    ctx.set('X-Request-Id', requestId);
    ctx.state.requestId = requestId;
    ctx.state.log = log.child({ requestId });
    await next();
    const seconds = (performance.now() - started) / 1000;
    const route = ctx.state.route ?? 'none';
    metrics.requestSeconds.observe({ method: ctx.method, route, status: ctx.status }, seconds);
    ctx.state.log.info(
      {
        method: ctx.method,
        path: ctx.path,
        status: ctx.status,
        milliseconds: Math.round(seconds * 1e5) / 100,
      },
      'request',
    );
  };
}
