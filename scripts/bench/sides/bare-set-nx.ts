import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import Koa from 'koa';

/**
 * The least that Koa can do to count once: one `SET NX` in the Redis named on the command line, each of another key.
 */
const redis = new Redis(process.argv[2] ?? '');
const app = new Koa();
let asked = 0;
app.use(async (ctx) => {
  asked += 1;
  const counted = await redis.set(`bare:${asked}`, '1', 'EX', 3600, 'NX');
  ctx.body = { counted: counted === 'OK', reason: null };
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
// Its starter's end is its own.
process.stdin.on('close', () => process.exit()).resume();
