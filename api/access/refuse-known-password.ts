import { dictionary } from '@zxcvbn-ts/language-common';
import { MillraceError } from '../../shared/errors.ts';

/** In small letters, as the dictionary is. */
const common = new Set(dictionary['passwords-common']);

/** @throws MillraceError invalid_request, with the pointer of the field that holds the password */
export function refuseKnownPassword(password: string, pointer: string): void {
  if (!common.has(password.toLowerCase())) return;
  const message = 'is one of the passwords that many people use';
  throw new MillraceError('invalid_request', `The request does not fit: ${pointer} ${message}.`, {
    violations: [{ pointer, message }],
  });
}
