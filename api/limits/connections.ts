import type { Server } from 'node:http';
import { type AddressRange, isWithin, networkOf, readAddress } from '../../shared/addresses.ts';

const mostInAll = 20_000;
const mostFromOneNetwork = 1000;

/**
 * Slow clients hold connections, not requests, so a rate limit does not see them: each network gets so many. A proxy
 * that is trusted holds those of all its clients, and is not limited.
 */
export function limitConnections(
  server: Server,
  trusted: AddressRange[] = [],
  most = mostFromOneNetwork,
): void {
  server.maxConnections = mostInAll;
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const address = readAddress(socket.remoteAddress ?? '');
    if (address === undefined || isWithin(address, trusted)) return;
    const network = networkOf(address);
    const count = (open.get(network) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      return;
    }
    open.set(network, count);
    socket.once('close', () => {
      const left = (open.get(network) ?? 1) - 1;
      if (left > 0) open.set(network, left);
      else open.delete(network);
    });
  });
}
