import { createServer, type Server } from 'node:http';
import { describeTrendingAge } from '../shared/trending-age.ts';
import type { Tools } from './tools.ts';

const checkSeconds = 2;

/** `/healthz`, `/readyz` and `/metrics` of a worker. Resolves when it listens. */
export async function serveHealth(tools: Tools): Promise<Server> {
  const { config, db, redis, metrics, scratch } = tools;
  const server = createServer(async (request, response) => {
    try {
      if (request.url === '/healthz') return response.end('ok\n');
      if (request.url === '/readyz') {
        const checks = { mongodb: db.ping(), redis: redis.ping(), 'work folder': scratch.check() };
        const failed = await failedOf(checks);
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
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.WORKER_PORT, config.WORKER_HOST, resolve);
  });
  return server;
}

/** The names of what does not answer in time or cannot be used: a worker's own questions to Redis wait until it is back. */
async function failedOf(checks: Record<string, Promise<unknown>>): Promise<string[]> {
  const late = new Promise((_, reject) => setTimeout(reject, checkSeconds * 1000).unref());
  const names = Object.entries(checks).map(([name, check]) =>
    Promise.race([check, late]).then(
      () => [],
      () => [name],
    ),
  );
  return (await Promise.all(names)).flat();
}
