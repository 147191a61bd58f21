import { newMarkedSecret, newSecretPart, readMarkedSecret } from '../../shared/marked-secret.ts';

export const apiKeyMark = 'mrk';

export function newApiKey(): string {
  return newMarkedSecret(apiKeyMark, [newSecretPart()]);
}

/** Whether it has the form of a key, checksum included. */
export function isApiKey(text: string): boolean {
  return readMarkedSecret(apiKeyMark, 1, text) !== undefined;
}
