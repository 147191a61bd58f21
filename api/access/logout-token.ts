import { decodeJwt } from 'jose';
import { MillraceError } from '../../shared/errors.ts';
import type { Providers } from './providers.ts';

/** What a provider says has ended: one of its sessions, or all of an account. */
type Logout = { provider: string; tokenId: string; sid?: string; subject?: string; expiresAt: Date };

const event = 'http://schemas.openid.net/event/backchannel-logout';
/** How old a token may be, and how far clocks may differ, in seconds. */
const mostAge = 120;
const tolerance = 10;

/**
 * A logout token, by the rules of OpenID Connect Back-Channel Logout 1.0, 2.6. Whether it was seen before is asked
 * elsewhere. @throws MillraceError invalid_logout_token, unavailable
 */
export async function readLogoutToken(token: string, providers: Providers): Promise<Logout> {
  const provider = providers.ofIssuer(unverifiedIssuer(token));
  if (!provider) throw refusal('It comes from no provider that is configured here');
  const keys = await provider.keys();
  const claims = await keys
    .verifyClaims(token, {
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
      maxTokenAge: mostAge,
      clockTolerance: tolerance,
    })
    .catch((error) => {
      if (error instanceof MillraceError) throw error;
      throw refusal('Its signature or its claims are not those of the provider', error);
    });
  const { sub, sid, jti, events, iat = 0, nonce } = claims;
  if (nonce !== undefined) throw refusal('It has a nonce, as only ID tokens may');
  if (!isObject(events) || !isObject(events[event])) throw refusal('Its events do not tell of a logout');
  if (sub === undefined && sid === undefined) throw refusal('It names neither sub nor sid');
  if (![sub ?? '', sid ?? '', jti].every((one) => typeof one === 'string')) {
    throw refusal('Its sub, sid and jti are not all strings');
  }
  return {
    provider: provider.name,
    tokenId: jti as string,
    ...(sid === undefined ? {} : { sid: sid as string }),
    ...(sub === undefined ? {} : { subject: sub }),
    // From then on it is too old anyway.
    expiresAt: new Date((iat + mostAge + 2 * tolerance) * 1000),
  };
}

function unverifiedIssuer(token: string): unknown {
  try {
    return decodeJwt(token).iss;
  } catch (error) {
    throw refusal('It is no JWT', error);
  }
}

function refusal(reason: string, cause?: unknown): MillraceError {
  return new MillraceError('invalid_logout_token', `The logout token is refused. ${reason}.`, { cause });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
