import { createServer, type Server } from 'node:http';
import { listen } from '../shared/listen.ts';
import { checkRedis } from '../shared/redis.ts';
import { silentOf } from '../shared/silent-of.ts';
import { describeTrendingAge } from '../shared/trending-age.ts';
import type { Tools } from './tools.ts';

/** `/healthz`, `/readyz` and `/metrics` of a worker. Resolves when it listens. */
export async function serveHealth(tools: Tools): Promise<Server> {
  const { config, db, redis, metrics, scratch } = tools;
  const server = createServer(async (request, response) => {
    try {
      if (request.url === '/healthz') return response.end('ok\n');
      if (request.url === '/readyz') {
        // A worker's own questions to Redis wait until it is back.
        const failed = await silentOf({
          mongodb: () => db.ping(),
          redis: () => checkRedis(redis, config.REDIS_PREFIX),
          'work folder': () => scratch.check(),
        });
        if (failed.length === 0) return response.end(`ready\n${await describeTrendingAge(tools)}`);
        response.statusCode = 503;
        return response.end(`not ready: ${failed.join(', ')}\n`);
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
  await listen(server, 'WORKER', { host: config.WORKER_HOST, port: config.WORKER_PORT });
  return server;
}
