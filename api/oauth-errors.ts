import type { ErrorCode, MillraceError } from '../shared/errors.ts';

const ownCodes: readonly ErrorCode[] = ['invalid_request', 'invalid_grant', 'unsupported_grant_type'];

/** What programs that speak OAuth 2 read in an error (RFC 6749, 5.2), beside what is in every problem. */
export function oauthMembers({ code, kind, message }: MillraceError) {
  const ofStatus = kind.status === 503 || kind.status === 429 ? 'temporarily_unavailable' : 'server_error';
  const ofCaller = ownCodes.includes(code) ? code : 'invalid_request';
  return {
    error: kind.status < 500 && kind.status !== 429 ? ofCaller : ofStatus,
    error_description: plain(message),
  };
}

/** What a 401 has to say of how to come (RFC 6750, 3). */
export function challenge({ code, message }: MillraceError): string {
  if (code !== 'invalid_credential') return 'Bearer';
  return `Bearer error="invalid_token", error_description="${plain(message)}"`;
}

/** Both are limited to ASCII without quotes and backslashes. */
function plain(sentence: string): string {
  return sentence.replaceAll(/[’"\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, '?');
}
