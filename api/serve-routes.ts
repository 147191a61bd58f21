import { Router } from '@koa/router';
import type { Middleware } from 'koa';
import { MillraceError } from '../shared/errors.ts';
import type { ApiContext } from './context.ts';
import type { Route } from './route.ts';
import { serveRoute } from './serve-route.ts';

/**
 * Finds the route of a request. A router tries every path that it knows, so there is a small one for each group of
 * paths that can be told apart by looking: with a hundred routes in one, finding cost a tenth of a request.
 */
export function serveRoutes(routes: Route[], context: ApiContext): Middleware {
  const routers = new Map<string, Router>();
  const routerOf = (path: string) => {
    const group = groupOf(path);
    const router = routers.get(group) ?? new Router();
    routers.set(group, router);
    return router;
  };
  for (const route of routes) routerOf(route.path)[route.method](route.path, serveRoute(route, context));
  for (const [path, methods] of methodsOf(routes)) refuseOtherMethods(routerOf(path), path, methods);
  const groups = new Map([...routers].map(([group, router]) => [group, router.routes() as Middleware]));
  return (ctx, next) => groups.get(groupOf(ctx.path))?.(ctx, next) ?? next();
}

/**
 * What begins a path, up to its first parameter, and how many parts it has: `/api/videos/:videoId` -> `/api/videos 4`.
 */
function groupOf(path: string): string {
  const parts = path.split('/');
  return `${parts.slice(0, parts[1] === 'api' ? 3 : 2).join('/')} ${parts.length}`;
}

function methodsOf(routes: Route[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of routes) {
    const known = methods.get(path) ?? ['OPTIONS'];
    known.push(method.toUpperCase(), ...(method === 'get' ? ['HEAD'] : []));
    methods.set(path, known.sort());
  }
  return methods;
}

/** A known path with a method that it does not have: 405, with what it has. */
function refuseOtherMethods(router: Router, path: string, methods: string[]): void {
  router.all(path, (ctx) => {
    ctx.set('Allow', methods.join(', '));
    if (ctx.method === 'OPTIONS') {
      ctx.status = 204;
      return;
    }
    throw new MillraceError('method_not_allowed', `${ctx.method} is not one of ${methods.join(', ')}.`);
  });
}
