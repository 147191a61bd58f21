import { expect } from 'chai';
import { createClient } from '../../scripts/client.ts';
import {
  cookieOf,
  goodPassword,
  type LocalSystem,
  makeAccount,
  newAddress,
  post,
  signInLocally,
  startLocalSystem,
} from '../support/local-accounts.ts';
import { tokenIn } from '../support/mailbox.ts';
import { refusal } from '../support/refusal.ts';
import { backdate } from '../support/system.ts';

const wrong = { status: 401, code: 'wrong_password' };
const ended = { status: 400, code: 'invalid_email_token' };
const signedOut = { status: 401, code: 'not_signed_in' };
const another = 'quite another 1';

describe('a password', () => {
  let local: LocalSystem;
  before(async () => {
    local = await startLocalSystem();
  });
  after(() => local.stop());

  const call = <T>(path: string, body: unknown) => local.system.anonymous.call<T>('POST', path, body);
  const login = (email: string, password: string) => call('/api/auth/login', { email, password });
  const me = (cookie: string) => createClient(local.system.url, cookie).call('GET', '/api/auth/me');
  const change = (cookie: string, currentPassword: string, newPassword: string) =>
    createClient(local.system.url, cookie).call('POST', '/api/auth/password', {
      currentPassword,
      newPassword,
    });
  /** Asks for a new password; `count` is that of the letters to this address so far, this one included. */
  async function resetToken(email: string, count: number): Promise<string> {
    await call('/api/auth/password/forgot', { email });
    const letter = await local.mailbox.letterTo(email, count);
    expect(letter.subject).to.equal('Choose a new password');
    expect(letter.text).to.include(`${local.system.url}/account/reset#`);
    return tokenIn(letter);
  }
  const reset = (token: string, password = another) =>
    call<undefined>('/api/auth/password/reset', { token, password });

  it('can be changed by who knows it, which ends every session but a new one here', async () => {
    const email = await makeAccount(local);
    const here = await signInLocally(local, email);
    const elsewhere = await signInLocally(local, email);
    const body = { currentPassword: goodPassword, newPassword: another };
    const reply = await post(local.system.url, '/api/auth/password', body, here.cookie);
    expect(reply.status).to.equal(204);
    const cookie = cookieOf(reply);
    expect(await me(cookie)).to.include({ email });
    for (const old of [here, elsewhere]) expect(await refusal(me(old.cookie))).to.include(signedOut);
    expect(await refusal(login(email, goodPassword))).to.include(wrong);
    await login(email, another);
  });

  it('is not changed without the one before, nor to a weak one, nor by nobody', async () => {
    const email = await makeAccount(local);
    const { cookie } = await signInLocally(local, email);
    expect(await refusal(change(cookie, 'not the password 1', another))).to.include(wrong);
    expect((await refusal(change(cookie, goodPassword, 'short 1'))).errors).to.deep.equal([
      { pointer: '/newPassword', message: 'must have at least 10 characters' },
    ]);
    expect((await refusal(change(cookie, goodPassword, 'password123'))).errors).to.deep.equal([
      { pointer: '/newPassword', message: 'is one of the passwords that many people use' },
    ]);
    expect(await refusal(change('', goodPassword, another))).to.include(signedOut);
    expect(await me(cookie)).to.include({ email });
    await login(email, goodPassword);
  });

  it('that two change at once becomes that of one of them', async () => {
    const email = await makeAccount(local);
    const { cookie } = await signInLocally(local, email);
    const { cookie: second } = await signInLocally(local, email);
    const wanted = ['first of both 1', 'second of both 2'];
    const outcomes = await Promise.allSettled([
      change(cookie, goodPassword, wanted[0] ?? ''),
      change(second, goodPassword, wanted[1] ?? ''),
    ]);
    const made = wanted.filter((_, index) => outcomes[index]?.status === 'fulfilled');
    expect(made).to.have.length(1);
    await login(email, made[0] ?? '');
  });

  it('that is lost can be replaced with a token from the mail, which ends all sessions', async () => {
    const email = await makeAccount(local);
    const sessions = [await signInLocally(local, email), await signInLocally(local, email)];
    await reset(await resetToken(email, 2));
    for (const { cookie } of sessions) expect(await refusal(me(cookie))).to.include(signedOut);
    expect(await refusal(login(email, goodPassword))).to.include(wrong);
    await login(email, another);
  });

  it('ends a sign-in with the old one that is just being made', async () => {
    const email = await makeAccount(local);
    const token = await resetToken(email, 2);
    const { sessions } = local.system.context.db;
    const { start } = sessions;
    sessions.start = async (...words) => {
      sessions.start = start;
      await reset(token);
      return start(...words);
    };
    expect(await refusal(login(email, goodPassword))).to.include(wrong);
    await login(email, another);
  });

  describe('is replaced with a token that', () => {
    it('works once, also when it is sent twice at the same moment', async () => {
      const email = await makeAccount(local);
      const token = await resetToken(email, 2);
      const outcomes = await Promise.allSettled([reset(token), reset(token), reset(token)]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      expect(await refusal(reset(token, 'a third one 3'))).to.include(ended);
      await login(email, another);
    });

    it('still works after a password that is refused', async () => {
      const email = await makeAccount(local);
      const token = await resetToken(email, 2);
      for (const weak of ['short 1', 'password123']) {
        expect(await refusal(reset(token, weak))).to.include({ code: 'invalid_request' });
      }
      await reset(token);
    });

    it('ends with the next one', async () => {
      const email = await makeAccount(local);
      const first = await resetToken(email, 2);
      const second = await resetToken(email, 3);
      expect(await refusal(reset(first))).to.include(ended);
      await reset(second);
    });

    it('ends when the password is changed by who knows it', async () => {
      const email = await makeAccount(local);
      const token = await resetToken(email, 2);
      const { cookie } = await signInLocally(local, email);
      await change(cookie, goodPassword, another);
      expect(await refusal(reset(token, 'a third one 3'))).to.include(ended);
      await login(email, another);
    });

    it('ends after an hour', async () => {
      const email = await makeAccount(local);
      const token = await resetToken(email, 2);
      await backdate(local.system, 'email_tokens', `reset:${email}`, 'expiresAt', 1);
      expect(await refusal(reset(token))).to.include(ended);
      await login(email, goodPassword);
    });

    it('was not made up, and costs no hashing when it was', async () => {
      const { passwordHashSeconds } = local.system.context.metrics;
      const before = await passwordHashSeconds.get();
      for (const token of ['x', 'x'.repeat(43)]) expect(await refusal(reset(token))).to.include(ended);
      for (const token of ['', { $ne: '' }, 'x'.repeat(101)]) {
        const problem = await refusal(call('/api/auth/password/reset', { token, password: another }));
        expect(problem.errors?.map(({ pointer }) => pointer)).to.deep.equal(['/token']);
      }
      expect(await passwordHashSeconds.get()).to.deep.equal(before);
    });
  });

  it('of an address that is not confirmed cannot be replaced', async () => {
    const email = newAddress();
    await call('/api/auth/register', { email, password: goodPassword, displayName: 'Ada' });
    await local.mailbox.letterTo(email);
    const token = await local.system.context.db.emailTokens.issue('reset', email);
    expect(await refusal(reset(token))).to.include(ended);
  });
});
