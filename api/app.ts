import { Router } from '@koa/router';
import Koa from 'koa';
import compress from 'koa-compress';
import { MillraceError } from '../shared/errors.ts';
import type { ApiContext } from './context.ts';
import { apiVersion } from './middleware/api-version.ts';
import { encodedTags } from './middleware/encoded-tags.ts';
import { hotReplies } from './middleware/hot-replies.ts';
import { problem } from './middleware/problem.ts';
import { requestLog } from './middleware/request-log.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { openApiDocument } from './openapi.ts';
import type { Route } from './route.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { authRoutes } from './routes/auth.ts';
import { captionRoutes } from './routes/captions.ts';
import { imageRoutes } from './routes/images.ts';
import { localAccountRoutes } from './routes/local-accounts.ts';
import { operationRoutes } from './routes/operations.ts';
import { passwordRoutes } from './routes/passwords.ts';
import { playlistRoutes } from './routes/playlists.ts';
import { posterRoutes } from './routes/posters.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { trendingRoutes } from './routes/trending.ts';
import { uploadRoutes } from './routes/uploads.ts';
import { videoWorkRoutes } from './routes/video-work.ts';
import { videoRoutes } from './routes/videos.ts';
import { serveRoute } from './serve-route.ts';
import { accountPageRoutes } from './web/account-pages.ts';
import { serveAssets } from './web/assets.ts';
import { pageRoutes } from './web/pages.ts';
import { queueDashboard } from './web/queue-dashboard.ts';

/** Every operation of the api, in reading order. */
export const apiRoutes: Route[] = [
  ...authRoutes,
  ...tokenRoutes,
  ...apiKeyRoutes,
  ...localAccountRoutes,
  ...passwordRoutes,
  ...uploadRoutes,
  ...videoRoutes,
  ...captionRoutes,
  ...videoWorkRoutes,
  ...playlistRoutes,
  ...posterRoutes,
  ...imageRoutes,
  ...trendingRoutes,
  ...operationRoutes,
];

export async function createApp(context: ApiContext): Promise<Koa> {
  const app = new Koa();
  app.silent = true;
  app.on('error', (error) => context.log.debug({ err: error }, 'response not delivered'));

  app.use(requestLog(context));
  app.use(hotReplies());
  app.use(securityHeaders(context));
  app.use(encodedTags());
  app.use(compress({ threshold: 256, deflate: false, filter: isCompressible }));
  app.use(problem());
  app.use(apiVersion());
  app.use(await serveAssets());
  app.use(queueDashboard(context));
  app.use(serveRoutes(context).routes());
  return app;
}

function serveRoutes(context: ApiContext): Router {
  const router = new Router();
  const document = JSON.stringify(openApiDocument(apiRoutes, context.publicUrl));
  router.get('/openapi.json', (ctx) => {
    ctx.state.route = '/openapi.json';
    ctx.type = 'application/json';
    ctx.body = document;
  });
  const routes = [...apiRoutes, ...pageRoutes, ...accountPageRoutes];
  for (const route of routes) router[route.method](route.path, serveRoute(route, context));
  refuseOtherMethods(router, routes);
  return router;
}

/** A known path with a method that it does not have: 405, with what it has. */
function refuseOtherMethods(router: Router, routes: Route[]): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of routes) {
    const known = methods.get(path) ?? new Set(['OPTIONS']);
    known.add(method.toUpperCase());
    if (method === 'get') known.add('HEAD');
    methods.set(path, known);
  }
  for (const [path, known] of methods) {
    router.all(path, (ctx) => {
      ctx.set('Allow', [...known].sort().join(', '));
      if (ctx.method === 'OPTIONS') {
        ctx.status = 204;
        return;
      }
      throw new MillraceError(
        'method_not_allowed',
        `${ctx.method} is not one of ${[...known].sort().join(', ')}.`,
      );
    });
  }
}

function isCompressible(type: string): boolean {
  return /json|text|javascript|mpegurl|svg/.test(type);
}
