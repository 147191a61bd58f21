import { createServer, type Server } from 'node:http';
import type { Context } from '../shared/context.ts';
import { describeTrendingAge } from '../shared/trending-age.ts';

/** `/healthz`, `/readyz` and `/metrics` of a worker. Resolves when it listens. */
export async function serveHealth(context: Context): Promise<Server> {
  const { config, db, redis, metrics } = context;
  const server = createServer(async (request, response) => {
    try {
      if (request.url === '/healthz') return response.end('ok\n');
      if (request.url === '/readyz') {
        await Promise.all([db.ping(), redis.ping()]);
        return response.end(`ready\n${await describeTrendingAge(context)}`);
      }
      if (request.url === '/metrics') {
        response.setHeader('content-type', metrics.registry.contentType);
        return response.end(await metrics.registry.metrics());
      }
      response.statusCode = 404;
      response.end();
    } catch {
      response.statusCode = 503;
      response.end('not ready\n');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.WORKER_PORT, config.WORKER_HOST, resolve);
  });
  return server;
}
