import { expect } from 'chai';
import * as oidc from 'openid-client';
import { exchange } from '../support/exchange.ts';
import {
  goodPassword,
  type LocalSystem,
  makeAccount,
  newAddress,
  signInLocally,
  startLocalSystem,
} from '../support/local-accounts.ts';
import { startSystem, until } from '../support/system.ts';

type Problem = { code: string; error: string; detail: string };

describe('tokens for a password', () => {
  let local: LocalSystem;
  let url: string;

  before(async () => {
    local = await startLocalSystem();
    url = local.system.url;
  });
  after(() => local.stop());

  const post = (form: Record<string, string>, at = url) =>
    exchange<Problem & { access_token: string; refresh_token: string }>(at, '/api/auth/token', { form });
  const withPassword = (username: string, password = goodPassword) =>
    post({ grant_type: 'password', username, password });
  const me = (token: string) => exchange<{ email: string }>(url, '/api/auth/me', { token });

  it('are given to a client that knows only OAuth 2', async () => {
    const email = await makeAccount(local);
    const client = new oidc.Configuration(
      { issuer: url, token_endpoint: `${url}/api/auth/token` },
      'any',
      undefined,
      oidc.None(),
    );
    oidc.allowInsecureRequests(client);
    const signIn = (password: string) =>
      oidc.genericGrantRequest(client, 'password', {
        username: email.toUpperCase(),
        password,
        scope: 'read',
      });
    const tokens = await signIn(goodPassword);
    expect((await me(tokens.access_token)).body.email).to.equal(email);
    expect(tokens.expires_in).to.equal(900);
    const error = await signIn(`${goodPassword}x`).catch((one) => one);
    expect(error).to.be.instanceOf(oidc.ResponseBodyError);
    expect(error).to.include({ error: 'invalid_grant', status: 400 });
  });

  it('are refused in the same words for a wrong password, an unknown address and what is none', async () => {
    const email = await makeAccount(local);
    const answers = [
      await withPassword(email, `${goodPassword}x`),
      await withPassword(newAddress()),
      await withPassword('ada'),
      await withPassword(email, 'x'.repeat(900)),
    ];
    for (const { status, body } of answers) {
      expect([status, body.code, body.error, body.detail]).to.deep.equal([
        400,
        'invalid_grant',
        'invalid_grant',
        'There is no account with this e-mail address and password.',
      ]);
    }
    for (const missing of ['username', 'password'] as const) {
      const { [missing]: _, ...form } = { grant_type: 'password', username: email, password: goodPassword };
      expect((await post(form)).body).to.include({ code: 'invalid_request', error: 'invalid_request' });
    }
  });

  it('end when the password is changed', async () => {
    const email = await makeAccount(local);
    const { body: tokens } = await withPassword(email);
    expect((await me(tokens.access_token)).status).to.equal(200);
    const { client } = await signInLocally(local, email);
    const newPassword = 'harbour 9 in the fog';
    await client.call('POST', '/api/auth/password', { currentPassword: goodPassword, newPassword });
    const { refresh_token } = tokens;
    expect((await post({ grant_type: 'refresh_token', refresh_token })).body.error).to.equal('invalid_grant');
    await until('end of the access token', async () => (await me(tokens.access_token)).status === 401);
    expect((await withPassword(email)).body.error).to.equal('invalid_grant');
    expect((await withPassword(email, newPassword)).status).to.equal(200);
  });

  it('end when their owner signs out everywhere else', async () => {
    const email = await makeAccount(local);
    const { body } = await withPassword(email);
    const { cookie } = await signInLocally(local, email);
    const response = await fetch(`${url}/api/auth/sessions`, {
      method: 'DELETE',
      headers: { Cookie: cookie },
    });
    expect(response.status).to.equal(204);
    const renewed = await post({ grant_type: 'refresh_token', refresh_token: body.refresh_token });
    expect([renewed.status, renewed.body.error]).to.deep.equal([400, 'invalid_grant']);
    await until('end of the access token', async () => (await me(body.access_token)).status === 401);
  });

  it('cannot be had by guessing', async () => {
    const limited = await startLocalSystem({ RATE_LIMITS: 'sign-in=3/60' });
    try {
      const form = { grant_type: 'password', username: newAddress(), password: goodPassword };
      const answers = [];
      for (let time = 0; time < 4; time += 1) answers.push(await post(form, limited.system.url));
      expect(answers.map(({ status, body }) => [status, body.code, body.error])).to.deep.equal([
        ...Array.from({ length: 3 }, () => [400, 'invalid_grant', 'invalid_grant']),
        [429, 'too_many_requests', 'temporarily_unavailable'],
      ]);
      expect(answers[3]?.headers.get('retry-after')).to.match(/^[1-9]\d?$/);
    } finally {
      await limited.stop();
    }
  });

  it('are not given where there are no local accounts', async () => {
    const alone = await startSystem();
    try {
      const form = { grant_type: 'password', username: newAddress(), password: goodPassword };
      const { status, body } = await post(form, alone.url);
      expect([status, body.code]).to.deep.equal([400, 'unsupported_grant_type']);
      expect(body.detail).to.equal('This grant_type is not one of refresh_token, urn:millrace:session.');
    } finally {
      await alone.stop();
    }
  });
});
