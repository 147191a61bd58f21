import { type KeyObject, randomBytes } from 'node:crypto';
import type Provider from 'oidc-provider';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { findByLogin } from './accounts.ts';
import { renderNotice, renderSignOut } from './identity-pages.ts';

export type IdentityClient = { clientId: string; clientSecret: string };

const hour = 3600;
const callback = /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?\/api\/auth\/callback$/;
const anyLoopbackPage = /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?(\/|$)/;

export function configureIdentity(client: IdentityClient, signingKey: KeyObject): Configuration {
  return {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: ['http://127.0.0.1/api/auth/callback'], // see acceptLoopbackRedirects
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
      const account = findByLogin(login);
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
    features: {
      devInteractions: { enabled: false },
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

function readClaims({ login, name, email, roles }: NonNullable<ReturnType<typeof findByLogin>>) {
  return { sub: login, name, preferred_username: login, email, email_verified: true, roles };
}
