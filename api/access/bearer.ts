import { MillraceError } from '../../shared/errors.ts';
import type { ApiContext } from '../context.ts';
import { apiKeyMark, isApiKey } from './api-key.ts';
import type { Caller } from './credential.ts';

/** Whether the header means us: what a proxy in front may want (Basic) is none of our business. */
export const isBearer = (authorization: string): boolean => /^bearer(\s|$)/i.test(authorization);

/**
 * Who comes with this Authorization header (RFC 6750): an access token, or an API key. What the account may do is read
 * from its record each time, never from the token.
 * @throws MillraceError invalid_credential
 */
export async function findBearer(authorization: string, context: ApiContext): Promise<Caller> {
  const [, token = ''] = /^bearer +([\w.~+/-]+=*) *$/i.exec(authorization) ?? [];
  return token.startsWith(`${apiKeyMark}_`) ? withApiKey(token, context) : withAccessToken(token, context);
}

async function withAccessToken(token: string, { tokens, db }: ApiContext): Promise<Caller> {
  const claims = await tokens.verify(token);
  const user = claims && (await db.users.find(claims.userId));
  if (!user) throw invalid('The access token is not valid, or has ended. Get a new one.');
  return { user, credential: { kind: 'token', tokenId: claims.tokenId } };
}

async function withApiKey(secret: string, { db, log }: ApiContext): Promise<Caller> {
  const key = isApiKey(secret) ? await db.apiKeys.withSecret(secret) : undefined;
  const user = key && (await db.users.find(key.ownerId));
  if (!user) throw invalid('The API key is not valid, has ended or was revoked.');
  // Nobody waits for it; the answer does not depend on it.
  db.apiKeys.used(key).catch((error) => log.warn({ err: error }, 'the use of an API key was not noted'));
  return { user, credential: { kind: 'apiKey', id: key._id, scopes: key.scopes } };
}

function invalid(message: string): MillraceError {
  return new MillraceError('invalid_credential', message);
}
