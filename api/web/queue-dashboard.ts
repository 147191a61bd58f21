import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { KoaAdapter } from '@bull-board/koa';
import type { Context as KoaContext, Middleware, Next } from 'koa';
import { MillraceError } from '../../shared/errors.ts';
import { silentOf } from '../../shared/silent-of.ts';
import { auditTrail } from '../access/audit-trail.ts';
import { authorize } from '../access/authorize.ts';
import type { ApiContext } from '../context.ts';
import { unsharedCache } from '../send-reply.ts';

const basePath = '/admin/queues';

/** The queue dashboard, for administrators only. Its page needs looser rules than ours, and gets them here alone. */
export function queueDashboard(context: ApiContext): Middleware {
  const adapter = new KoaAdapter();
  adapter.setBasePath(basePath);
  createBullBoard({
    queues: context.queues.all.map((queue) => new BullMQAdapter(queue)),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Millrace' } },
  });
  const board = adapter.registerPlugin();
  return (ctx, next) => {
    if (ctx.path !== basePath && !ctx.path.startsWith(`${basePath}/`)) return next();
    return show(ctx, next);
  };

  async function show(ctx: KoaContext, next: Next): Promise<void> {
    ctx.state.route = basePath;
    ctx.state.isBoard = true;
    const caller = await authorize({ action: 'queue.oversee' }, ctx, context);
    // The dashboard would take this for a fault of its own.
    const silent = await silentOf({ redis: () => context.redis.ping() });
    if (silent.length > 0) throw new MillraceError('unavailable', 'No answer from redis.');
    ctx.set(
      'Content-Security-Policy',
      "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:",
    );
    const asked = {
      params: { path: ctx.path.slice(basePath.length) },
      requestId: ctx.state.bindings.requestId,
    };
    const declared = { action: 'queue.oversee', method: ctx.method.toLowerCase(), path: basePath } as const;
    const trail = auditTrail(
      declared,
      caller?.user,
      { ...asked, address: context.addressOf(ctx.req) },
      context.db,
    );
    await board(ctx, next);
    if (!ctx.response.get('Cache-Control')) ctx.set('Cache-Control', unsharedCache);
    if (ctx.status < 400) await trail.finish();
    // The page would fetch a font from a stranger's host.
    if (typeof ctx.body === 'string' && ctx.type === 'text/html') {
      ctx.body = ctx.body.replaceAll(/<link[^>]+href="https:[^>]*>/g, '');
    }
  }
}
