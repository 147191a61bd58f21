import type { IncomingMessage } from 'node:http';
import { type AddressRange, isWithin, readAddress } from '../shared/addresses.ts';

/**
 * Finds the address of who sent a request. `X-Forwarded-For` says it where the connection comes from a trusted proxy:
 * from the right, the first address that is no such proxy itself; what stands left of that was written by strangers.
 * `X-Forwarded-Host` and `-Proto` are never read, because PUBLIC_URL says both.
 *
 * No log holds an address: it is personal data, and a request is found by its id.
 */
export function clientAddressReader(trusted: AddressRange[] = []): (request: IncomingMessage) => string {
  const ofSockets = new WeakMap<object, string>();
  return ({ socket, headers }) => {
    let address = ofSockets.get(socket);
    if (address === undefined) {
      address = readAddress(socket.remoteAddress ?? '') ?? 'unknown';
      ofSockets.set(socket, address);
    }
    const forwarded = headers['x-forwarded-for'];
    if (trusted.length === 0 || forwarded === undefined || address === 'unknown') return address;
    const hops = String(forwarded).split(',');
    while (isWithin(address, trusted)) {
      const before = readAddress(hops.pop()?.trim() ?? '');
      if (before === undefined) break;
      address = before;
    }
    return address;
  };
}
