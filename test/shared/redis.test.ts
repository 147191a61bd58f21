import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect } from 'chai';
import { MillraceError } from '../../shared/errors.ts';
import { requestConnection, workerConnection } from '../../shared/redis.ts';
import { unlessSilent } from '../../shared/unless-silent.ts';
import { type OwnRedis, startOwnRedis } from '../support/own-redis.ts';
import { until } from '../support/system.ts';

const portOf = ({ env }: OwnRedis) => Number(new URL(env.REDIS_URL ?? '').port);

describe('a Redis that takes no writes', function () {
  this.timeout(60_000);
  let former: OwnRedis;
  let next: OwnRedis;
  before(async () => {
    former = await startOwnRedis();
    next = await startOwnRedis();
  });
  after(async () => {
    await former.remove();
    await next.remove();
  });

  for (const connection of [requestConnection, workerConnection]) {
    it(`is left for the one that has taken its place (${connection.name})`, async () => {
      let inCharge = portOf(former);
      const name = createServer((client) => {
        const server = connect(inCharge, '127.0.0.1');
        client.on('error', () => server.destroy()).on('close', () => server.destroy());
        server.on('error', () => client.destroy()).on('close', () => client.destroy());
        client.pipe(server).pipe(client);
      }).listen(0, '127.0.0.1');
      await once(name, 'listening');
      const admin = workerConnection(former.env.REDIS_URL ?? '');
      const redis = connection(`redis://127.0.0.1:${(name.address() as AddressInfo).port}`);
      try {
        await until('connection', async () => redis.status === 'ready');
        await redis.set('a', '1');
        await admin.replicaof('127.0.0.1', portOf(next));
        inCharge = portOf(next);
        await until('write', () => redis.set('a', '2').catch(() => false as const), 10);
      } finally {
        await admin.replicaof('NO', 'ONE');
        admin.disconnect();
        redis.disconnect();
        name.close();
      }
    });
  }

  it('is no fault of what is worked on, as where it is full', async () => {
    const redis = workerConnection(next.env.REDIS_URL ?? '');
    try {
      await redis.config('SET', 'maxmemory', '1');
      const alone = await redis.set('b', '1').catch((error) => unlessSilent(error));
      const together = await redis
        .multi()
        .set('b', '1')
        .exec()
        .catch((error) => unlessSilent(error));
      for (const told of [alone, together]) {
        expect(told).to.be.instanceOf(MillraceError).with.property('code', 'unavailable');
      }
    } finally {
      await redis.config('SET', 'maxmemory', '0');
      redis.disconnect();
    }
  });
});
