import { MillraceError } from '../../shared/errors.ts';
import { checkRedis } from '../../shared/redis.ts';
import { silentOf } from '../../shared/silent-of.ts';
import { describeTrendingAge } from '../../shared/trending-age.ts';
import { route } from '../route.ts';

const tag = 'Operations';

export const operationRoutes = [
  route({
    method: 'get',
    path: '/healthz',
    tag,
    summary: 'The process is alive',
    action: 'service.read',
    limit: null,
    replies: { 200: { description: 'Alive', type: 'text/plain' } },
    errors: [],
    handle: () => ({ status: 200, type: 'text/plain', body: 'ok\n' }),
  }),

  route({
    method: 'get',
    path: '/readyz',
    tag,
    summary: 'MongoDB and S3 answer, and Redis takes writes',
    description: 'The second line says how long ago trending was computed, and `late` after three intervals.',
    action: 'service.read',
    replies: { 200: { description: 'Ready', type: 'text/plain' } },
    errors: [],
    async handle({ context }) {
      const { db, redis, storage, config } = context;
      const silent = await silentOf({
        mongodb: () => db.ping(),
        redis: () => checkRedis(redis, config.REDIS_PREFIX),
        s3: (late) => storage.ping(late),
      });
      if (silent.length > 0) throw new MillraceError('unavailable', `Not ready: ${silent.join(', ')}.`);
      return { status: 200, type: 'text/plain', body: `ready\n${await describeTrendingAge(context)}` };
    },
  }),

  route({
    method: 'get',
    path: '/metrics',
    tag,
    summary: 'Figures for Prometheus',
    action: 'service.read',
    replies: { 200: { description: 'Figures', type: 'text/plain' } },
    errors: [],
    async handle({ context: { metrics } }) {
      return { status: 200, type: metrics.registry.contentType, body: await metrics.registry.metrics() };
    },
  }),
];
