import type { RequestListener } from 'node:http';
import Koa from 'koa';
import compress from 'koa-compress';
import type { ApiContext } from './context.ts';
import { apiVersion } from './middleware/api-version.ts';
import { cors } from './middleware/cors.ts';
import { encodedTags } from './middleware/encoded-tags.ts';
import { hotReplies } from './middleware/hot-replies.ts';
import { problem } from './middleware/problem.ts';
import { quickViews } from './middleware/quick-views.ts';
import { createRequestLog, requestLog } from './middleware/request-log.ts';
import { refuseOtherSites } from './middleware/same-site.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { openApiDocument } from './openapi/document.ts';
import { type Route, route } from './route.ts';
import { accountRoutes } from './routes/account.ts';
import { analyticsRoutes } from './routes/analytics.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { auditRoutes } from './routes/audit.ts';
import { authRoutes } from './routes/auth.ts';
import { captionRoutes } from './routes/captions.ts';
import { catalogueRoutes } from './routes/catalogue.ts';
import { categoryRoutes } from './routes/categories.ts';
import { commentRoutes } from './routes/comments.ts';
import { creditRoutes } from './routes/credits.ts';
import { editRoutes } from './routes/edits.ts';
import { imageRoutes } from './routes/images.ts';
import { likeRoutes } from './routes/likes.ts';
import { localAccountRoutes } from './routes/local-accounts.ts';
import { moderationRoutes } from './routes/moderation.ts';
import { operationRoutes } from './routes/operations.ts';
import { ownCommentRoutes } from './routes/own-comments.ts';
import { passwordRoutes } from './routes/passwords.ts';
import { peopleRoutes } from './routes/people.ts';
import { personPictureRoutes } from './routes/person-pictures.ts';
import { playlistRoutes } from './routes/playlists.ts';
import { posterRoutes } from './routes/posters.ts';
import { regionRoutes } from './routes/regions.ts';
import { reportQueueRoutes } from './routes/report-queue.ts';
import { reportRoutes } from './routes/reports.ts';
import { searchRoutes } from './routes/search.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { signOutRoutes } from './routes/sign-out.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { trendingRoutes } from './routes/trending.ts';
import { uploadRoutes } from './routes/uploads.ts';
import { userRoutes } from './routes/users.ts';
import { videoWorkRoutes } from './routes/video-work.ts';
import { videoRoutes } from './routes/videos.ts';
import { viewRoutes } from './routes/views.ts';
import { serveRoutes } from './serve-routes.ts';
import { accountPageRoutes } from './web/account-pages.ts';
import { serveAssets } from './web/assets.ts';
import { pageRoutes } from './web/pages.ts';
import { queueDashboard } from './web/queue-dashboard.ts';

/** Every operation of the api, in reading order. */
export const apiRoutes: Route[] = [
  ...authRoutes,
  ...tokenRoutes,
  ...apiKeyRoutes,
  ...accountRoutes,
  ...signOutRoutes,
  ...sessionRoutes,
  ...localAccountRoutes,
  ...passwordRoutes,
  ...uploadRoutes,
  ...catalogueRoutes,
  ...categoryRoutes,
  ...regionRoutes,
  ...videoRoutes,
  ...likeRoutes,
  ...commentRoutes,
  ...ownCommentRoutes,
  ...viewRoutes,
  ...captionRoutes,
  ...editRoutes,
  ...videoWorkRoutes,
  ...playlistRoutes,
  ...posterRoutes,
  ...imageRoutes,
  ...peopleRoutes,
  ...personPictureRoutes,
  ...creditRoutes,
  ...searchRoutes,
  ...trendingRoutes,
  ...reportRoutes,
  ...reportQueueRoutes,
  ...moderationRoutes,
  ...analyticsRoutes,
  ...userRoutes,
  ...auditRoutes,
  ...operationRoutes,
];

export async function createApp(context: ApiContext): Promise<RequestListener> {
  const { CORS_ORIGINS: origins = [] } = context.config;
  const app = new Koa();
  app.silent = true;
  app.on('error', (error) => context.log.debug({ err: error }, 'response not delivered'));

  const requests = createRequestLog(context);
  const hot = hotReplies(context, apiRoutes, requests);
  const views = quickViews(context, requests);
  app.use(requestLog(requests, context));
  app.use(hot.middleware);
  app.use(views.middleware);
  app.use(await securityHeaders(context));
  app.use(cors(origins));
  app.use(encodedTags());
  app.use(compress({ threshold: 256, deflate: false, zstd: false, filter: isCompressible }));
  app.use(problem(context));
  app.use(apiVersion());
  app.use(refuseOtherSites(context.publicUrl, origins));
  app.use(await serveAssets());
  app.use(queueDashboard(context));
  const pages = [documentRoute(context), ...pageRoutes, ...accountPageRoutes];
  app.use(serveRoutes([...apiRoutes, ...pages], context));
  return hot.first(views.first(app.callback()));
}

/** What the app serves says what it is: the document is made of the very routes. */
function documentRoute({ publicUrl }: ApiContext): Route {
  const type = 'application/json';
  const body = JSON.stringify(openApiDocument(apiRoutes, publicUrl));
  return route({
    method: 'get',
    path: '/openapi.json',
    tag: 'Pages',
    summary: 'This document',
    action: 'service.read',
    replies: { 200: { description: 'The OpenAPI document', type } },
    errors: [],
    handle: () => ({ status: 200, type, body }),
  });
}

function isCompressible(type: string): boolean {
  return /json|text|javascript|mpegurl|svg/.test(type);
}
