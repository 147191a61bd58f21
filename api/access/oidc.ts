import * as oidc from 'openid-client';
import type { Config } from '../../shared/config.ts';
import { type Role, roles } from '../../shared/contracts/account.ts';
import type { SignIn } from '../../shared/db/sign-ins.ts';
import type { Person } from '../../shared/db/users.ts';
import { MillraceError } from '../../shared/errors.ts';

export type OidcProvider = {
  /** Where to send a browser, and what to remember until it is back. */
  begin(redirectUri: string, returnTo: string): Promise<{ url: URL; signIn: SignIn }>;
  /** @throws MillraceError sign_in_failed */
  finish(callbackUrl: URL, signIn: SignIn): Promise<Person>;
};

const defaultRoles: Role[] = ['creator'];

/** The configured issuer, discovered at the first sign-in. Authorization code with PKCE, state and nonce. */
export function createOidcProvider(config: Config): OidcProvider {
  let discovered: Promise<oidc.Configuration> | undefined;

  async function discover(): Promise<oidc.Configuration> {
    const issuer = new URL(config.OIDC_ISSUER);
    // Plain http is for a provider on this very machine.
    const isLocal =
      issuer.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(issuer.hostname);
    discovered ??= oidc.discovery(issuer, config.OIDC_CLIENT_ID, config.OIDC_CLIENT_SECRET, undefined, {
      timeout: 10,
      ...(isLocal ? { execute: [oidc.allowInsecureRequests] } : {}),
    });
    return discovered.catch((error) => {
      discovered = undefined;
      throw new MillraceError('unavailable', 'The sign-in provider does not answer.', { cause: error });
    });
  }

  return {
    async begin(redirectUri, returnTo) {
      const provider = await discover();
      const codeVerifier = oidc.randomPKCECodeVerifier();
      const state = oidc.randomState();
      const nonce = oidc.randomNonce();
      const url = oidc.buildAuthorizationUrl(provider, {
        redirect_uri: redirectUri,
        scope: 'openid profile email',
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      });
      return { url, signIn: { state, nonce, codeVerifier, returnTo } };
    },

    async finish(callbackUrl, { state, nonce, codeVerifier }) {
      const provider = await discover();
      try {
        const tokens = await oidc.authorizationCodeGrant(provider, callbackUrl, {
          pkceCodeVerifier: codeVerifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims) throw new Error('the provider sent no ID token');
        return personOf(claims, config.OIDC_ROLES_CLAIM);
      } catch (error) {
        throw new MillraceError('sign_in_failed', 'The sign-in did not complete. Please begin again.', {
          cause: error,
        });
      }
    },
  };
}

function personOf(claims: oidc.IDToken, rolesClaim: string): Person {
  const text = (name: string) => (typeof claims[name] === 'string' ? (claims[name] as string) : undefined);
  const claimed = Array.isArray(claims[rolesClaim]) ? (claims[rolesClaim] as unknown[]) : [];
  const known = roles.filter((role) => claimed.includes(role));
  return {
    issuer: claims.iss,
    subject: claims.sub,
    displayName: (text('name') ?? text('preferred_username') ?? claims.sub).slice(0, 100),
    email: text('email') ?? null,
    emailVerified: claims.email_verified === true,
    roles: known.length > 0 ? known : defaultRoles,
  };
}
