import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackFolder } from '../../scripts/local/folder.ts';
import { startRedis } from '../../scripts/local/redis.ts';

export type OwnRedis = Awaited<ReturnType<typeof startOwnRedis>>;

/** A Redis that only one test file uses, as it is stopped or held on the way. */
export async function startOwnRedis() {
  const path = await mkdtemp(join(tmpdir(), 'millrace-redis-'));
  let pid = 0;
  const record = (started: number) => {
    pid = started;
  };
  const folder: StackFolder = { path, fresh: true, record, close() {} };
  let server = await startRedis(folder);
  const port = Number(new URL(server.env.REDIS_URL ?? '').port);
  return {
    env: server.env,
    stop: () => server.stop(),
    /** At the same port, with what it had. */
    async startAgain() {
      server = await startRedis(folder, port);
    },
    /** Connections stay open, and nothing is answered until `release`. */
    hold: () => process.kill(pid, 'SIGSTOP'),
    release: () => process.kill(pid, 'SIGCONT'),
    async remove() {
      await server.stop();
      await rm(path, { recursive: true, force: true });
    },
  };
}
