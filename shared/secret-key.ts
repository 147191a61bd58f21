import { hkdfSync } from 'node:crypto';

/** A key of 32 bytes for one purpose, from the installation's secret: whoever learns one learns no other (RFC 5869). */
export function deriveKey(secretKey: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, '', `millrace ${purpose}`, 32));
}
