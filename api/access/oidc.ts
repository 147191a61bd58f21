import * as oidc from 'openid-client';
import { type Role, roles } from '../../shared/contracts/account.ts';
import { cutText } from '../../shared/cut-text.ts';
import type { SignIn } from '../../shared/db/sign-ins.ts';
import type { Person } from '../../shared/db/users.ts';
import { MillraceError } from '../../shared/errors.ts';
import { localHosts, type ProviderConfig } from '../../shared/sign-in-providers.ts';
import { createProviderKeys, type ProviderKeys } from './provider-keys.ts';

/** Somebody who has signed in at a provider. */
type SignedIn = { person: Person; sid: string | null; idToken: string };

export type OidcProvider = {
  name: string;
  title: string;
  issuer: string;
  /**
   * Where to send a browser, and what to remember until it is back. With `register` to the provider's form for new
   * people. @throws MillraceError registration_not_offered, unavailable
   */
  begin(options: {
    redirectUri: string;
    returnTo: string;
    register: boolean;
  }): Promise<{ url: URL; signIn: SignIn }>;
  /** @throws MillraceError sign_in_failed, unavailable */
  finish(callbackUrl: URL, signIn: SignIn): Promise<SignedIn>;
  /** Where a browser ends the provider's own session; undefined where the provider has no such place. */
  endSessionUrl(parameters: {
    idToken?: string | undefined;
    returnTo: string;
    state: string;
  }): Promise<URL | undefined>;
  /** What it signs with. @throws MillraceError unavailable */
  keys(): Promise<ProviderKeys>;
};

/** What a provider without a word on roles gives its people. */
type Defaults = { rolesClaim: string; role: Role };

/** One issuer, discovered when it is first needed. Authorization code with PKCE, state, nonce and `iss` (RFC 9207). */
export function createOidcProvider(config: ProviderConfig, defaults: Defaults): OidcProvider {
  const { name, title, issuer } = config;
  let discovered: Promise<{ client: oidc.Configuration; keys: ProviderKeys }> | undefined;

  function discover() {
    discovered ??= discovery(config);
    return discovered.catch((error) => {
      discovered = undefined;
      throw new MillraceError('unavailable', `The sign-in provider ${name} does not answer.`, {
        cause: error,
      });
    });
  }

  return {
    name,
    title,
    issuer,

    async begin({ redirectUri, returnTo, register }) {
      const { client } = await discover();
      if (register && !offersRegistration(client)) {
        throw new MillraceError(
          'registration_not_offered',
          `The sign-in provider ${name} has no form for new people: leave prompt=create out.`,
        );
      }
      const codeVerifier = oidc.randomPKCECodeVerifier();
      const state = oidc.randomState();
      const nonce = oidc.randomNonce();
      const url = oidc.buildAuthorizationUrl(client, {
        redirect_uri: redirectUri,
        scope: config.scopes.join(' '),
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        ...(register ? { prompt: 'create' } : {}),
      });
      return { url, signIn: { provider: name, state, nonce, codeVerifier, returnTo } };
    },

    async finish(callbackUrl, { state, nonce, codeVerifier }) {
      const { client, keys } = await discover();
      try {
        const tokens = await oidc.authorizationCodeGrant(client, callbackUrl, {
          pkceCodeVerifier: codeVerifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims || !tokens.id_token) throw new Error('the provider sent no ID token');
        // The library trusts TLS for where the token comes from; the signature tells it once more.
        await keys.verifySignature(tokens.id_token);
        return {
          person: personOf(claims, config.rolesClaim ?? defaults.rolesClaim, defaults.role),
          sid: typeof claims.sid === 'string' ? claims.sid : null,
          idToken: tokens.id_token,
        };
      } catch (error) {
        const isLate = (error as { code?: unknown }).code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED';
        const advice = isLate
          ? "The provider's token is of the future or the past: its clock or the clock of this server is wrong."
          : 'Please begin again.';
        throw new MillraceError('sign_in_failed', `The sign-in did not complete. ${advice}`, {
          cause: error,
        });
      }
    },

    async endSessionUrl({ idToken, returnTo, state }) {
      const { client } = await discover();
      if (!client.serverMetadata().end_session_endpoint) return undefined;
      return oidc.buildEndSessionUrl(client, {
        post_logout_redirect_uri: returnTo,
        state,
        ...(idToken ? { id_token_hint: idToken } : {}),
      });
    },

    keys: async () => (await discover()).keys,
  };
}

async function discovery(config: ProviderConfig) {
  const address = new URL(config.issuer);
  // Plain http is for a provider on this very machine.
  const isLocal = address.protocol === 'http:' && localHosts.includes(address.hostname);
  const client = await oidc.discovery(address, config.clientId, config.clientSecret, undefined, {
    timeout: 10,
    ...(isLocal ? { execute: [oidc.allowInsecureRequests] } : {}),
  });
  const { jwks_uri, issuer } = client.serverMetadata();
  if (!jwks_uri) throw new Error('the provider names no jwks_uri');
  return { client, keys: createProviderKeys(new URL(jwks_uri), issuer, config.clientId) };
}

/** OpenID Connect: Initiating User Registration 1.0. */
function offersRegistration(client: oidc.Configuration): boolean {
  const prompts = client.serverMetadata().prompt_values_supported;
  return Array.isArray(prompts) && prompts.includes('create');
}

function personOf(claims: oidc.IDToken, rolesClaim: string, defaultRole: Role): Person {
  const text = (name: string) => (typeof claims[name] === 'string' ? (claims[name] as string) : undefined);
  const claimed = [claims[rolesClaim]].flat() as unknown[];
  const known = roles.filter((role) => claimed.includes(role));
  return {
    issuer: claims.iss,
    subject: claims.sub,
    displayName: cutText(text('name') ?? text('preferred_username') ?? claims.sub, 100),
    email: text('email') ?? null,
    emailVerified: claims.email_verified === true,
    roles: known.length > 0 ? known : [defaultRole],
  };
}
