import { dictionary } from '@zxcvbn-ts/language-common';
import { misfit } from '../misfit.ts';

/** In small letters, as the dictionary is. */
const common = new Set(dictionary['passwords-common']);

/** @throws MillraceError invalid_request, with the pointer of the field that holds the password */
export function refuseKnownPassword(password: string, pointer: string): void {
  if (!common.has(password.toLowerCase())) return;
  throw misfit(pointer, 'is one of the passwords that many people use');
}
