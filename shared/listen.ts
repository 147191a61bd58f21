import type { Server } from 'node:http';
import type { ListenOptions } from 'node:net';

/** Resolves when `server` listens. @throws Error that names the variables which say where, as API_HOST and API_PORT. */
export async function listen(server: Server, process: 'API' | 'WORKER', where: ListenOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new Error(`Nothing can listen at ${process}_HOST and ${process}_PORT: ${cause.message}`, { cause }),
      );
    });
    server.listen(where, resolve);
  });
}
