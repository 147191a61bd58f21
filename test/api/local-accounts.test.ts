import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { newId } from '../../shared/ids.ts';
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
import { backdate, startSystem, until } from '../support/system.ts';

const wrong = { status: 401, code: 'wrong_password' };
const ended = { status: 400, code: 'invalid_email_token' };

describe('local accounts', () => {
  let local: LocalSystem;
  let mongo: Connection;
  before(async () => {
    local = await startLocalSystem();
    mongo = await createConnection(local.system.config.MONGO_URL).asPromise();
  });
  after(async () => {
    await mongo.close();
    await local.stop();
  });

  const call = <T>(path: string, body: unknown) => local.system.anonymous.call<T>('POST', path, body);
  const register = (email: string, password = goodPassword, displayName = 'Ada') =>
    call<undefined>('/api/auth/register', { email, password, displayName });
  const verify = (token: string, password = goodPassword) =>
    call<undefined>('/api/auth/email/verify', { token, password });
  const login = (email: string, password = goodPassword) => call('/api/auth/login', { email, password });
  const tokenTo = async (email: string, count = 1) => tokenIn(await local.mailbox.letterTo(email, count));
  const hashings = async () => {
    const { values } = await local.system.context.metrics.passwordHashSeconds.get();
    return values.find(({ metricName }) => metricName?.endsWith('_count'))?.value ?? 0;
  };
  const hashingsOf = async (work: Promise<unknown>) => {
    const before = await hashings();
    await work;
    return (await hashings()) - before;
  };
  const everythingStored = async () => {
    const collections = (await mongo.db?.listCollections().toArray()) ?? [];
    const all = await Promise.all(collections.map(({ name }) => mongo.collection(name).find().toArray()));
    return JSON.stringify(all);
  };

  it('are made by registering and confirming the address, and then sign in', async () => {
    const email = newAddress();
    await register(email, goodPassword, '  Ada Lovelace ');
    const letter = await local.mailbox.letterTo(email);
    expect(letter).to.include({ from: 'no-reply@millrace.example', subject: 'Confirm your e-mail address' });
    expect(letter.text).to.include(`${local.system.url}/account/confirm#`).and.not.include('Ada');
    await verify(tokenIn(letter));
    const reply = await post(local.system.url, '/api/auth/login', { email, password: goodPassword });
    expect(reply.status).to.equal(200);
    expect(reply.headers.get('cache-control')).to.equal('no-store');
    const account = (await reply.json()) as { userId: string };
    expect(account).to.deep.include({ email, displayName: 'Ada Lovelace', roles: ['creator'] });
    expect(reply.headers.getSetCookie().join().toLowerCase())
      .to.include('; httponly')
      .and.to.include('; samesite=lax');
    const { client } = await signInLocally(local, email);
    expect(await client.call('GET', '/api/auth/me')).to.deep.equal(account);
    const user = await local.system.context.db.users.find(account.userId);
    expect(user).to.include({ issuer: 'local', subject: account.userId });
  });

  it('are not there before that, whoever has the password', async () => {
    const email = newAddress();
    await register(email);
    await local.mailbox.letterTo(email);
    const beforehand = await refusal(login(email));
    expect(beforehand).to.include(wrong);
    const { errorId: _, ...told } = beforehand;
    const { errorId: __, ...toldOfUnknown } = await refusal(login(newAddress()));
    expect(told).to.deep.equal(toldOfUnknown);
  });

  it('take capital letters in an address for small ones', async () => {
    const email = newAddress();
    await register(email.toUpperCase());
    await verify(await tokenTo(email));
    await login(email.replace('person', 'Person'));
    await register(email.replace('example', 'EXAMPLE'));
    expect((await local.mailbox.letterTo(email, 2)).subject).to.equal('You already have an account');
  });

  it('keep passwords as argon2id with the cost that OWASP names, and tokens as hashes', async () => {
    const email = newAddress();
    const password = `kept ${newId()}`;
    await register(email, password);
    const token = await tokenTo(email);
    expect(await everythingStored()).not.to.include(token);
    await verify(token, password);
    await call('/api/auth/password/forgot', { email });
    const resetToken = await tokenTo(email, 2);
    const stored = await everythingStored();
    expect(stored).not.to.include(password);
    expect(stored).not.to.include(resetToken);
    const { hash } = (await local.system.context.db.passwords.find(email)) ?? {};
    expect(hash).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('take a password however its letters are composed', async () => {
    const email = newAddress();
    await makeAccount(local, email, 'g\u00e4nsef\u00fc\u00dfchen 7');
    await login(email, 'ga\u0308nsefu\u0308\u00dfchen 7');
  });

  describe('do not tell whether there is an account', () => {
    let email: string;
    before(async () => {
      email = await makeAccount(local);
    });
    /** All that a caller can see of a reply, without what is new each time. */
    async function seen(reply: Response) {
      const headers = Object.fromEntries(reply.headers);
      for (const name of ['x-request-id', 'date', 'traceparent', 'ratelimit']) delete headers[name];
      const body = (await reply.text()).replace(/"errorId":"[^"]+"/, '');
      return { status: reply.status, headers, body };
    }
    const ask = async (path: string, body: object) => seen(await post(local.system.url, path, body));

    it('when signing in: same answer, as many hashings', async () => {
      const password = 'not the password 1';
      const body = { email: newAddress(), password };
      expect(await ask('/api/auth/login', { email, password })).to.deep.equal(
        await ask('/api/auth/login', body),
      );
      for (const one of [email, newAddress()]) {
        expect(await hashingsOf(refusal(login(one, password)))).to.equal(1);
      }
    });

    it('when registering: same answer, as many hashings, and each address gets a letter', async () => {
      const body = { password: 'another password 2', displayName: 'Eve' };
      const unknown = newAddress();
      const answer = await ask('/api/auth/register', { ...body, email: unknown });
      expect(answer).to.include({ status: 202, body: '' });
      expect(await ask('/api/auth/register', { ...body, email })).to.deep.equal(answer);
      expect((await local.mailbox.letterTo(unknown)).subject).to.equal('Confirm your e-mail address');
      const notice = await local.mailbox.letterTo(email, 2);
      expect(notice.subject).to.equal('You already have an account');
      expect(notice.text).not.to.match(/[\w-]{43}/);
      for (const one of [email, newAddress()]) expect(await hashingsOf(register(one))).to.equal(1);
      expect(await refusal(login(email, body.password))).to.include(wrong);
      await login(email);
    });

    for (const path of ['/api/auth/password/forgot', '/api/auth/email/verification']) {
      it(`when asked for a letter by ${path}: same answer, no hashing`, async () => {
        expect(await ask(path, { email })).to.deep.equal(await ask(path, { email: newAddress() }));
        expect(await hashingsOf(ask(path, { email }))).to.equal(0);
      });
    }
  });

  it('write to nobody who neither registered nor has an account', async () => {
    const own = await startLocalSystem();
    const known = await makeAccount(own);
    const stranger = newAddress();
    for (const email of [stranger, known]) {
      await own.system.anonymous.call('POST', '/api/auth/password/forgot', { email });
      await own.system.anonymous.call('POST', '/api/auth/email/verification', { email });
    }
    // Stopping waits for the mail that is under way.
    await own.stop();
    expect(own.mailbox.letters.map(({ to, subject }) => ({ to, subject }))).to.deep.equal([
      { to: known, subject: 'Confirm your e-mail address' },
      { to: known, subject: 'Choose a new password' },
    ]);
  });

  describe('belong to who reads the mail of their address', () => {
    const strangers = 'stranger waits 1 day';

    for (const first of ['the stranger', 'the owner']) {
      it(`when a stranger registers it too and ${first} comes first`, async () => {
        const email = newAddress();
        const attempts = [() => register(email, strangers, 'Stranger'), () => register(email)];
        if (first === 'the owner') attempts.reverse();
        for (const attempt of attempts) await attempt();
        await verify(await tokenTo(email, 2));
        expect(await refusal(login(email, strangers))).to.include(wrong);
        expect(await login(email)).to.include({ displayName: 'Ada' });
      });
    }

    it('also when they confirm the letter that a stranger caused', async () => {
      const email = newAddress();
      await register(email, strangers);
      const token = await tokenTo(email);
      expect(await refusal(verify(token))).to.include(wrong);
      expect(await refusal(login(email, strangers))).to.include(wrong);
      expect(await local.system.context.db.passwords.find(email)).to.equal(null);
    });

    it('when somebody registers it a hundred times', async () => {
      const email = newAddress();
      const { registrations } = local.system.context.db;
      const wanted = { email, displayName: 'Ada', passwordHash: 'none' };
      for (let n = 0; n < 100; n += 1) await registrations.add({ ...wanted, displayName: `Ada ${n}` });
      const waiting = await registrations.waiting(email);
      expect(waiting.map(({ displayName }) => displayName)).to.deep.equal(
        [99, 98, 97, 96, 95].map((n) => `Ada ${n}`),
      );
      expect(await mongo.collection('registrations').countDocuments({ email })).to.equal(5);
    });
  });

  describe('confirm an address with a token that', () => {
    it('works once, also when it is sent twice at the same moment', async () => {
      const email = newAddress();
      await register(email);
      const token = await tokenTo(email);
      const outcomes = await Promise.allSettled([verify(token), verify(token), verify(token)]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      expect(await refusal(verify(token))).to.include(ended);
      expect(await mongo.collection('users').countDocuments({ email })).to.equal(1);
    });

    it('still works after a wrong password', async () => {
      const email = newAddress();
      await register(email);
      const token = await tokenTo(email);
      expect(await refusal(verify(token, 'another one 1'))).to.include(wrong);
      await verify(token);
    });

    it('can be had again, which ends the one before', async () => {
      const email = newAddress();
      await register(email);
      const first = await tokenTo(email);
      await call('/api/auth/email/verification', { email });
      const second = await tokenTo(email, 2);
      expect(await refusal(verify(first))).to.include(ended);
      await verify(second);
    });

    it('ends after a day', async () => {
      const email = newAddress();
      await register(email);
      const token = await tokenTo(email);
      const _id = `verification:${email}`;
      const stored = await mongo
        .collection<{ _id: string; expiresAt: Date }>('email_tokens')
        .findOne({ _id });
      expect(stored?.expiresAt.getTime()).to.be.closeTo(Date.now() + 24 * 3_600_000, 10_000);
      await backdate(local.system, 'email_tokens', _id, 'expiresAt', 1);
      expect(await refusal(verify(token))).to.include(ended);
    });

    it('is good for nothing else', async () => {
      const email = newAddress();
      await register(email);
      const token = await tokenTo(email);
      const password = 'quite another 1';
      expect(await refusal(call('/api/auth/password/reset', { token, password }))).to.include(ended);
      await verify(token);
      await call('/api/auth/password/forgot', { email });
      expect(await refusal(verify(await tokenTo(email, 2)))).to.include(ended);
    });
  });

  it('begin a new session with each sign-in, and end the one that the browser had', async () => {
    const email = await makeAccount(local);
    const first = await signInLocally(local, email);
    const body = { email, password: goodPassword };
    const second = cookieOf(await post(local.system.url, '/api/auth/login', body, first.cookie));
    expect(second).not.to.equal(first.cookie);
    expect(await refusal(first.client.call('GET', '/api/auth/me'))).to.include({ code: 'not_signed_in' });
    // One that a stranger planted is not taken over.
    const planted = `millrace_session=${'x'.repeat(43)}`;
    expect(cookieOf(await post(local.system.url, '/api/auth/login', body, planted))).not.to.equal(planted);
  });

  it('that are suspended are told so, once the password is right', async () => {
    const email = await makeAccount(local);
    await mongo.collection('users').updateOne({ email }, { $set: { status: 'suspended' } });
    expect(await refusal(login(email, 'not the password 1'))).to.include(wrong);
    expect(await refusal(login(email))).to.include({ status: 403, code: 'account_suspended' });
  });

  it('that their owners have deleted come back by signing in, and after the grace the address is free', async () => {
    const { db } = local.system.context;
    const email = await makeAccount(local);
    const userId = (await db.passwords.find(email))?.userId ?? '';
    const program = { ownerId: userId, name: 'Any', scopes: ['read' as const], expiresAt: null };
    await db.apiKeys.create(program, newId());
    const close = async () => (await signInLocally(local, email)).client.call('DELETE', '/api/auth/me');
    await close();
    expect(await refusal(login(email, 'not the password 1'))).to.include(wrong);
    expect(await db.users.find(userId)).to.include({ status: 'closing' });
    expect(await login(email)).to.include({ userId, status: 'active' });
    await close();
    const { ACCOUNT_GRACE_SECONDS } = local.system.config;
    await backdate(local.system, 'users', userId, 'closingSince', ACCOUNT_GRACE_SECONDS + 1);
    const worker = await local.system.startWorker();
    await until('its end', async () => (await db.passwords.ofUser(userId)) === null);
    await until('end of its keys', async () => (await db.apiKeys.of(userId)).length === 0);
    await worker.stop();
    expect(await refusal(login(email))).to.include(wrong);
    // The second letter to this address.
    await register(email);
    await verify(await tokenTo(email, 2));
    expect(await login(email)).to.include({ status: 'active' });
    expect((await db.passwords.find(email))?.userId).not.to.equal(userId);
  });

  describe('want a password', () => {
    const wants = async (password: unknown) => {
      const body = { email: newAddress(), password, displayName: 'Ada' };
      const { status, code, errors } = await refusal(call('/api/auth/register', body));
      expect({ status, code }).to.deep.equal({ status: 400, code: 'invalid_request' });
      return errors?.map(({ pointer, message }) => `${pointer} ${message}`);
    };

    it('with ten characters and a digit, that is not a common one', async () => {
      expect(await wants('short 1')).to.deep.equal(['/password must have at least 10 characters']);
      expect(await wants('nine char1'.slice(0, 9))).to.include('/password must have at least 10 characters');
      expect(await wants('🌊🌊🌊🌊🌊1')).to.deep.equal(['/password must have at least 10 characters']);
      expect(await wants('lantern over water')).to.deep.equal(['/password must have a digit']);
      for (const common of ['password123', 'Password1234', '1234567890', '1qaz2wsx3edc']) {
        expect(await wants(common)).to.deep.equal(['/password is one of the passwords that many people use']);
      }
      await register(newAddress(), 'ten chars1');
      await register(newAddress(), `1${'x'.repeat(199)}`);
    });

    it('of 200 characters at most, and no hashing for what is refused', async () => {
      const refused = [`1${'x'.repeat(200)}`, 'password123', 12345678901, { $ne: '' }, null];
      expect(await hashingsOf(Promise.all(refused.map(wants)))).to.equal(0);
      const tooLong = login(newAddress(), 'x'.repeat(201));
      expect(await hashingsOf(refusal(tooLong))).to.equal(0);
    });
  });

  for (const email of [
    'ada',
    'ada@example',
    'a b@example.com',
    'a@b.example\r\nBcc: c@d.example',
    { $ne: '' },
  ]) {
    it(`refuse ${JSON.stringify(email)} as an address`, async () => {
      for (const path of ['register', 'login', 'password/forgot', 'email/verification']) {
        const body = {
          email,
          ...(['register', 'login'].includes(path) ? { password: goodPassword } : {}),
          ...(path === 'register' ? { displayName: 'Ada' } : {}),
        };
        const { status, errors } = await refusal(call(`/api/auth/${path}`, body));
        expect(status).to.equal(400);
        expect(errors?.map(({ pointer }) => pointer)).to.deep.equal(['/email']);
      }
    });
  }

  it('take nothing but what is asked for', async () => {
    const body = { email: newAddress(), password: goodPassword, displayName: 'Ada', roles: ['admin'] };
    expect((await refusal(call('/api/auth/register', body))).errors).to.deep.equal([
      { pointer: '/roles', message: 'is not known' },
    ]);
  });

  it('have nothing to do with accounts of a provider that have the same address', async () => {
    const email = 'demo@example.com';
    const demo = await local.system.client('demo');
    const before = await demo.call<{ userId: string }>('GET', '/api/auth/me');
    await makeAccount(local, email);
    const own = await login(email);
    expect(own).to.deep.include({ email }).and.not.to.include({ userId: before.userId });
    expect(await demo.call('GET', '/api/auth/me')).to.deep.equal(before);
    const change = { currentPassword: goodPassword, newPassword: 'quite another 1' };
    expect(await refusal(demo.call('POST', '/api/auth/password', change))).to.include({
      status: 403,
      code: 'forbidden',
    });
  });

  it('are there only where they are switched on', async () => {
    const without = await startSystem();
    try {
      const email = newAddress();
      const client = await without.client('demo');
      const password = goodPassword;
      const bodies = {
        register: { email, password, displayName: 'Ada' },
        login: { email, password },
        password: { currentPassword: password, newPassword: password },
        'password/forgot': { email },
        'password/reset': { token: 'x', password },
        'email/verify': { token: 'x', password },
        'email/verification': { email },
      };
      for (const [path, body] of Object.entries(bodies)) {
        const problem = await refusal(client.call('POST', `/api/auth/${path}`, body));
        expect(problem, path).to.include({ status: 404, code: 'not_found' });
      }
    } finally {
      await without.stop();
    }
  });
});
