import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** 256 random bits need 43 letters and digits. */
const partLength = 43;
const checkLength = 6;
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * A secret that says what it is: `mark_`, random parts of 256 bits each, and a checksum. Scanners of source code and
 * logs find it by its form, what was mistyped or made up is told without a look at the database, and a double click
 * selects the whole.
 */
export function newMarkedSecret(mark: string, parts: string[]): string {
  const body = `${mark}_${parts.join('')}`;
  return `${body}${checkOf(body)}`;
}

export function newSecretPart(): string {
  return base62(BigInt(`0x${randomBytes(32).toString('hex')}`), partLength);
}

/** The random parts of such a secret; undefined when it is none. */
export function readMarkedSecret(mark: string, parts: number, text: string): string[] | undefined {
  const length = mark.length + 1 + parts * partLength + checkLength;
  if (text.length !== length || !text.startsWith(`${mark}_`)) return undefined;
  const body = text.slice(0, -checkLength);
  if (checkOf(body) !== text.slice(-checkLength)) return undefined;
  const from = mark.length + 1;
  return Array.from({ length: parts }, (_, part) =>
    body.slice(from + part * partLength, from + (part + 1) * partLength),
  );
}

function checkOf(body: string): string {
  return base62(BigInt(crc32(body)), checkLength);
}

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; rest > 0n; rest /= 62n) text = `${digits[Number(rest % 62n)]}${text}`;
  return text.padStart(length, '0');
}
