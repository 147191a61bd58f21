import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

export type AddressRange = ReturnType<typeof ipaddr.parseCIDR>;

/** `10.0.0.0/8,fd00::1` -> ranges; an address alone is a range of one. */
export const addressRanges = z.string().transform((value, context): AddressRange[] =>
  value.split(',').flatMap((item) => {
    const [address = '', bits, ...more] = item.trim().split('/');
    const most = isIP(address) === 6 ? 128 : 32;
    const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (isIP(address) && length >= 0 && length <= most && more.length === 0) {
      return [[ipaddr.parse(address), length] as AddressRange];
    }
    context.addIssue({ code: 'custom', message: `"${item}" is not an address or ADDRESS/BITS` });
    return [];
  }),
);

/** One spelling for each address: IPv4 that was mapped into IPv6 is IPv4 again. Undefined for anything else. */
export function readAddress(text: string): string | undefined {
  return isIP(text) ? ipaddr.process(text).toString() : undefined;
}

export function isWithin(address: string, ranges: AddressRange[]): boolean {
  return ipaddr.subnetMatch(ipaddr.parse(address), { within: ranges }, 'outside') === 'within';
}

/** Who has one IPv6 address has the 2^64 beside it: they count as one. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const bytes = ipaddr.parse(address).toByteArray();
  return `${ipaddr.fromByteArray([...bytes.slice(0, 8), ...new Array(8).fill(0)])}/64`;
}
