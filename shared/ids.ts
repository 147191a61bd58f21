import { createHash, randomBytes } from 'node:crypto';

/** 96 random bits as 24 hex digits: safe in addresses, object keys and job ids, and not to be guessed. */
export function newId(): string {
  return randomBytes(12).toString('hex');
}

/** 256 random bits for cookies. Only its hash is stored. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
