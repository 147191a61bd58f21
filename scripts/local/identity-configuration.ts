import { type KeyObject, randomBytes } from 'node:crypto';
import type Provider from 'oidc-provider';
import type { Configuration, interactionPolicy, KoaContextWithOIDC } from 'oidc-provider';
import type { Account, Accounts } from './accounts.ts';
import { renderNotice, renderSignOut } from './identity-pages.ts';

export type IdentityClient = { clientId: string; clientSecret: string };

const hour = 3600;
const callback = /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?\/api\/auth\/callback$/;
const anyLoopbackPage = /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?(\/|$)/;

/** `policy` says which pages a person has to pass. */
export function configureIdentity(
  client: IdentityClient,
  signingKey: KeyObject,
  accounts: Accounts,
  policy: interactionPolicy.DefaultPolicy,
): Configuration {
  return {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: ['http://127.0.0.1/api/auth/callback'], // see acceptLoopbackRedirects
        backchannel_logout_uri: 'http://127.0.0.1/api/auth/backchannel-logout', // see tellSignedInApi
        backchannel_logout_session_required: true,
      },
    ],
    jwks: { keys: [{ ...signingKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    pkce: { required: () => true },
    claims: {
      openid: ['sub', 'roles'],
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
    },
    // The api reads them from the ID token and saves itself a request.
    conformIdTokenClaims: false,
    findAccount: async (_context, login) => {
      const account = accounts.findByLogin(login);
      return account && { accountId: login, claims: () => readClaims(account) };
    },
    loadExistingGrant: grantEverything,
    cookies: {
      keys: [randomBytes(32).toString('hex')],
      // Cookies do not tell ports apart: the default `_session` could meet one of the api's.
      names: { session: 'identity_session', interaction: 'identity_interaction', resume: 'identity_resume' },
    },
    ttl: { AccessToken: hour, IdToken: hour, Interaction: hour, Session: 12 * hour, Grant: 12 * hour },
    clientBasedCORS: () => false,
    interactions: { policy },
    discovery: { prompt_values_supported: policy.map(({ name }) => name) },
    // Without its own dispatcher, which closes every connection to this very machine.
    fetch: (url, { signal, headers, method, body, redirect } = {}) =>
      fetch(url, {
        ...(signal && { signal }),
        ...(headers && { headers }),
        method,
        body,
        redirect,
      } as RequestInit),
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        logoutSource: async (context, form) => {
          context.body = renderSignOut(form);
        },
        postLogoutSuccessSource: async (context) => {
          context.body = renderNotice('Signed out', 'You may close this page.');
        },
      },
    },
    renderError: async (context, { error, error_description: description }) => {
      context.type = 'html';
      context.body = renderNotice(error, description ?? '');
    },
  };
}

/** The api chooses its port at its start, so the client cannot be registered with the exact address. */
export function acceptLoopbackRedirects(provider: Provider): void {
  Object.assign(provider.Client.prototype, {
    redirectUriAllowed: (uri: string) => callback.test(uri),
    postLogoutRedirectUriAllowed: (uri: string) => anyLoopbackPage.test(uri),
  });
}

/** Nor the address that it hears of sign-outs at: that of the api which a session was begun for. */
export function tellSignedInApi(provider: Provider): void {
  const origins = new Map<string, string>();
  provider.on('authorization.success', ({ oidc }: KoaContextWithOIDC) => {
    const sid = oidc.session?.sidFor(oidc.client?.clientId ?? '');
    if (sid) origins.set(sid, new URL(String(oidc.params?.redirect_uri)).origin);
  });
  type Told = {
    backchannelLogoutUri: string;
    backchannelLogout(subject: string, sid: string): Promise<void>;
  };
  const { backchannelLogout } = provider.Client.prototype as unknown as Told;
  Object.assign(provider.Client.prototype, {
    backchannelLogout(this: Told, subject: string, sid: string) {
      const origin = origins.get(sid);
      if (origin) this.backchannelLogoutUri = `${origin}/api/auth/backchannel-logout`;
      return backchannelLogout.call(this, subject, sid);
    },
  });
}

/** The only client is our own api: nobody is asked whether it may see their name. */
async function grantEverything({ oidc }: KoaContextWithOIDC) {
  const grant = new oidc.provider.Grant({
    clientId: oidc.client?.clientId,
    accountId: oidc.session?.accountId,
  });
  grant.addOIDCScope('openid profile email');
  await grant.save();
  return grant;
}

function readClaims({ login, name, email, emailVerified, roles }: Account) {
  const claims = { sub: login, name, preferred_username: login, email, email_verified: emailVerified };
  return roles ? { ...claims, roles } : claims;
}
