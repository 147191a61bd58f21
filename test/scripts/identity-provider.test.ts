import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { type IdentityProvider, startIdentityProvider } from '../../scripts/identity-provider.ts';
import { CookieJar } from '../../scripts/local/cookie-jar.ts';
import { signIn } from '../../scripts/sign-in.ts';

/** Plays the api's part: the two routes that a sign-in passes through. */
async function startRelyingParty(provider: IdentityProvider) {
  const config = await client.discovery(
    new URL(provider.issuer),
    provider.clientId,
    provider.clientSecret,
    undefined,
    { execute: [client.allowInsecureRequests] },
  );
  const codeVerifier = client.randomPKCECodeVerifier();
  const codeChallenge = await client.calculatePKCECodeChallenge(codeVerifier);
  const state = client.randomState();
  const nonce = client.randomNonce();
  const seen: { claims?: client.IDToken; userInfo?: client.UserInfoResponse; logoutToken?: string } = {};

  const server = createServer(async (request, response) => {
    const here = new URL(request.url ?? '/', origin);
    if (here.pathname === '/api/auth/login') {
      const location = client.buildAuthorizationUrl(config, {
        redirect_uri: `${origin}/api/auth/callback`,
        scope: 'openid profile email',
        code_challenge: codeChallenge,
        code_challenge_method: 'S256',
        state,
        nonce,
      });
      return response.writeHead(302, { location: location.href, 'set-cookie': 'pending=1; Path=/' }).end();
    }
    if (here.pathname === '/api/auth/backchannel-logout') {
      seen.logoutToken = new URLSearchParams(await text(request)).get('logout_token') ?? '';
      return response.writeHead(204).end();
    }
    const checks = {
      pkceCodeVerifier: codeVerifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    };
    const tokens = await client.authorizationCodeGrant(config, here, checks);
    const claims = tokens.claims();
    if (claims) seen.claims = claims;
    seen.userInfo = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '');
    const cookies = ['session=abc; Path=/; HttpOnly', 'pending=; Max-Age=0'];
    response.writeHead(303, { location: '/', 'set-cookie': cookies }).end();
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin, config, seen, stop };
}

describe('the local identity provider', () => {
  let provider: IdentityProvider;
  let party: Awaited<ReturnType<typeof startRelyingParty>>;

  before(async () => {
    provider = await startIdentityProvider();
  });
  after(() => provider.stop());
  beforeEach(async () => {
    party = await startRelyingParty(provider);
  });
  afterEach(() => party.stop());

  const buildAuthorizeUrl = (parameters: Record<string, string> = {}) => {
    const query = {
      client_id: provider.clientId,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${party.origin}/api/auth/callback`,
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      ...parameters,
    };
    return `${provider.issuer}/auth?${new URLSearchParams(query)}`;
  };
  const authorize = (parameters?: Record<string, string>) =>
    fetch(buildAuthorizeUrl(parameters), { redirect: 'manual' });

  it('signs a known account in by code and PKCE, and tells its roles in the ID token and as user info', async () => {
    const cookie = await signIn(party.origin, { login: 'admin', password: 'admin' });

    expect(cookie).to.equal('session=abc');
    const expected = {
      sub: 'admin',
      name: 'Ada Admin',
      preferred_username: 'admin',
      email: 'admin@example.com',
      email_verified: true,
      roles: ['admin'],
    };
    expect(party.seen.claims).to.include.keys('nonce', 'exp');
    expect(party.seen.claims).to.deep.include(expected);
    expect(party.seen.userInfo).to.deep.equal(expected);
  });

  it('shows the form again with 401 when the password is wrong', async () => {
    const refused = await signIn(party.origin, { login: 'demo', password: 'guess' }).catch((error) => error);
    expect(refused)
      .to.be.an('error')
      .with.property('message')
      .that.matches(/\/interaction\/\S+ with 401/);
    expect(party.seen.claims).to.equal(undefined);
  });

  it('refuses a request without PKCE', async () => {
    const response = await authorize({ code_challenge: '', code_challenge_method: '' });
    const location = new URL(response.headers.get('location') ?? '');
    expect(location.searchParams.get('error')).to.equal('invalid_request');
    expect(location.searchParams.get('error_description')).to.match(/PKCE/);
  });

  it('sends nobody to an address that is not the callback on this machine', async () => {
    for (const redirect_uri of ['http://example.com/api/auth/callback', `${party.origin}/elsewhere`]) {
      const response = await authorize({ redirect_uri });
      expect(response.status).to.equal(400);
      expect(await response.text()).to.include('redirect_uri');
    }
  });

  it('escapes what was typed when it shows the form again', async () => {
    const started = await authorize();
    const form = new URL(started.headers.get('location') ?? '', provider.issuer);
    const cookie = started.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const body = new URLSearchParams({ login: '"><script>', password: 'x' });
    const response = await fetch(form, { method: 'POST', body, headers: { cookie } });
    expect(response.status).to.equal(401);
    expect(await response.text()).to.include('value="&#34;&#62;&#60;script&#62;"');
  });

  it('signs out, comes back to the page that was asked for, and asks for the password again', async () => {
    const jar = new CookieJar();
    const visit = async (address: string | null, form?: Record<string, string>) => {
      const url = new URL(address ?? '', provider.issuer);
      const post = form && { method: 'POST', body: new URLSearchParams(form) };
      const response = await fetch(url, { ...post, headers: jar.headers(url), redirect: 'manual' });
      jar.store(url, response);
      return response;
    };
    const start = buildAuthorizeUrl();
    const form = (await visit(start)).headers.get('location');
    const resume = (await visit(form, { login: 'demo', password: 'demo' })).headers.get('location');
    const signedIn = (await visit(resume)).headers.get('location');
    expect(signedIn).to.match(/\/api\/auth\/callback\?code=/);
    expect((await visit(start)).headers.get('location')).to.match(/\/api\/auth\/callback\?code=/);

    const goodbye = `${party.origin}/goodbye`;
    const query = { client_id: provider.clientId, post_logout_redirect_uri: goodbye };
    const page = await (await visit(`/session/end?${new URLSearchParams(query)}`)).text();
    expect(page).to.include('>Sign out</button>');
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const signedOut = await visit('/session/end/confirm', { xsrf, logout: 'yes' });
    expect(signedOut.headers.get('location')).to.equal(goodbye);
    expect((await visit(start)).headers.get('location')).to.match(/\/interaction\//);

    const told = decodeJwt(party.seen.logoutToken ?? '');
    expect(told).to.include({ iss: provider.issuer, aud: provider.clientId, sub: 'demo' });
    expect(told).to.include.keys('sid', 'jti', 'events', 'exp');
  });

  it('registers new people where prompt=create asks for it, once each and without roles', async () => {
    const { serverMetadata } = party.config;
    expect(serverMetadata.call(party.config).prompt_values_supported).to.include('create');
    const register = async (login: string) => {
      const jar = new CookieJar();
      const visit = async (address: string | null, form?: Record<string, string>) => {
        const url = new URL(address ?? '', provider.issuer);
        const post = form && { method: 'POST', body: new URLSearchParams(form) };
        const response = await fetch(url, { ...post, headers: jar.headers(url), redirect: 'manual' });
        jar.store(url, response);
        return response;
      };
      const form = (await visit(buildAuthorizeUrl({ prompt: 'create' }))).headers.get('location');
      expect(await (await visit(form)).text()).to.include('<h1>Register</h1>');
      const sent = await visit(form, { login, password: 'new' });
      if (sent.status === 422) return 'taken';
      return (await visit(sent.headers.get('location'))).headers.get('location');
    };
    expect(await register('nora')).to.match(/\/api\/auth\/callback\?code=/);
    expect(await register('nora')).to.equal('taken');
    expect(await register('Nora !')).to.equal('taken');
    await signIn(party.origin, { login: 'nora', password: 'new' });
    expect(party.seen.claims).to.deep.include({ sub: 'nora', email_verified: false });
    expect(party.seen.claims).to.not.have.property('roles');
  });
});
