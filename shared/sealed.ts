import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const saltBytes = 16;
const ivBytes = 12;
const tagBytes = 16;

/** Encrypts under a secret that is not stored here (AES-256-GCM), so that only who comes with it can open it. */
export function seal(secret: string, text: string): Buffer {
  const salt = randomBytes(saltBytes);
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, salt), iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), sealed]);
}

/** What was sealed under this secret. @throws Error when it was another, or when something was changed */
export function unseal(secret: string, sealed: Buffer): string {
  const iv = sealed.subarray(saltBytes, saltBytes + ivBytes);
  const tag = sealed.subarray(saltBytes + ivBytes, saltBytes + ivBytes + tagBytes);
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret, sealed.subarray(0, saltBytes)), iv);
  decipher.setAuthTag(tag);
  const rest = sealed.subarray(saltBytes + ivBytes + tagBytes);
  return Buffer.concat([decipher.update(rest), decipher.final()]).toString('utf8');
}

function keyOf(secret: string, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, 'millrace sealed text', 32));
}
