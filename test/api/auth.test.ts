import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { createClient } from '../../scripts/client.ts';
import { newId, secretHash } from '../../shared/ids.ts';
import { refusal } from '../support/refusal.ts';
import { type System, startSystem, until } from '../support/system.ts';
import { Visitor } from '../support/visitor.ts';

type Account = { userId: string; displayName: string; email: string | null; roles: string[] };

const root = join(import.meta.dirname, '..', '..');

describe('signing in', () => {
  let system: System;
  let mongo: Connection;

  before(async () => {
    system = await startSystem();
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
  });
  after(async () => {
    await mongo.close();
    await system.stop();
  });

  const me = (cookie: string) => createClient(system.url, cookie).call<Account>('GET', '/api/auth/me');
  const get = (url: URL, cookie = '') =>
    createClient(system.url, cookie).call('GET', `${url.pathname}${url.search}`);
  const failed = { status: 400, code: 'sign_in_failed' };

  /** A whole sign-in: the visitor, the last reply, and what to send as the Cookie header from then on. */
  async function signIn(login = 'demo', visitor = new Visitor(), path = '/api/auth/login') {
    const callback = await visitor.authorize(system.url, login, path);
    const reply = await visitor.visit(callback);
    expect(reply.status).to.equal(302);
    return { visitor, reply, cookie: visitor.jar.header(callback) };
  }

  it('gives a cookie that no script and no other site can use, and stores only its hash', async () => {
    const { reply, cookie } = await signIn();
    const [line = ''] = reply.headers.getSetCookie().filter((one) => one.startsWith('millrace_session='));
    expect(line.toLowerCase())
      .to.include('; httponly')
      .and.to.include('; samesite=lax')
      .and.to.include('; path=/');
    expect(line).not.to.match(/domain=/i);
    const [name, secret = ''] = cookie.split('=');
    expect(name).to.equal('millrace_session');
    expect(secret).to.match(/^[\w-]{43}$/);
    const collections = (await mongo.db?.listCollections().toArray()) ?? [];
    const stored = await Promise.all(collections.map((one) => mongo.collection(one.name).find().toArray()));
    expect(JSON.stringify(stored)).not.to.include(secret);
    expect(JSON.stringify(stored)).to.include(secretHash(secret));
    expect(await me(cookie)).to.deep.include({ displayName: 'Demo Creator', email: 'demo@example.com' });
  });

  it('takes the roles from the provider, and knows the account again', async () => {
    const first = await me((await signIn('admin')).cookie);
    expect(first.roles).to.deep.equal(['admin']);
    expect((await me((await signIn('demo')).cookie)).roles).to.deep.equal(['creator']);
    expect(await me((await signIn('admin')).cookie)).to.deep.equal(first);
  });

  it('ends the session that the browser had', async () => {
    const { visitor, cookie } = await signIn();
    const again = await signIn('demo', visitor);
    expect(again.cookie).not.to.equal(cookie);
    expect(await refusal(me(cookie))).to.include({ status: 401, code: 'not_signed_in' });
    expect((await me(again.cookie)).displayName).to.equal('Demo Creator');
  });

  it('goes on to where it began', async () => {
    const path = `/api/auth/login?returnTo=${encodeURIComponent('/watch/1?t=2#three')}`;
    const { reply } = await signIn('demo', new Visitor(), path);
    expect(reply.headers.get('location')).to.equal('/watch/1?t=2#three');
  });

  for (const wrong of [
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    '\\/evil',
    '/a\nb',
    '/\u0098',
    '/\u4e2d',
    '',
  ]) {
    it(`is refused when it would go on to ${JSON.stringify(wrong)}`, async () => {
      const url = new URL(`/api/auth/login?returnTo=${encodeURIComponent(wrong)}`, system.url);
      const problem = await refusal(get(url));
      expect(problem).to.include({ status: 400, code: 'invalid_request' });
      expect(problem.errors?.map(({ pointer }) => pointer)).to.deep.equal(['returnTo']);
    });
  }

  it('cannot be finished twice', async () => {
    const visitor = new Visitor();
    const callback = await visitor.authorize(system.url);
    const cookie = visitor.jar.header(callback);
    expect((await visitor.visit(callback)).status).to.equal(302);
    expect(await refusal(get(callback, cookie))).to.include(failed);
  });

  it('cannot be finished in another browser, and still can in its own', async () => {
    const visitor = new Visitor();
    const callback = await visitor.authorize(system.url);
    expect(await refusal(get(callback))).to.include(failed);
    const other = new Visitor();
    const elsewhere = await other.authorize(system.url, 'viewer');
    expect(await refusal(get(callback, other.jar.header(elsewhere)))).to.include(failed);
    expect((await visitor.visit(callback)).status).to.equal(302);
  });

  it('may take most of an hour, as who registers at the provider waits for its letter', async () => {
    const visitor = new Visitor();
    const callback = await visitor.authorize(system.url);
    // As if it had been begun then: what is left of the hour.
    const begun = { state: callback.searchParams.get('state') };
    const found = await mongo.collection('sign_ins').findOne(begun);
    const expiresAt = new Date(found?.expiresAt.getTime() - 59 * 60_000);
    await mongo.collection('sign_ins').updateOne(begun, { $set: { expiresAt } });
    expect((await visitor.visit(callback)).status).to.equal(302);
  });

  it('tells whose browser brings no cookie back that it may keep none', async () => {
    const callback = await new Visitor().authorize(system.url);
    expect((await refusal(get(callback))).detail).to.include('the browser keeps no cookies of this site');
  });

  it('is left to its own answer by one to none', async () => {
    const visitor = new Visitor();
    const callback = await visitor.authorize(system.url);
    for (const query of ['code=x', 'code=x&state=y']) {
      const answer = new URL(`/api/auth/callback?${query}`, system.url);
      expect((await visitor.visit(answer)).status).to.equal(400);
    }
    expect((await visitor.visit(callback)).status).to.equal(302);
  });

  it('can be under way in two tabs, each of which comes back to where it began', async () => {
    const visitor = new Visitor();
    const begin = async (returnTo: string) => {
      const reply = await visitor.visit(new URL(`/api/auth/login?returnTo=${returnTo}`, system.url));
      return reply.headers.get('location') ?? '';
    };
    const begun = [await begin('/watch/1'), await begin('/watch/2')];
    for (const [index, atProvider] of begun.entries()) {
      const callback = await visitor.authorize(system.url, 'demo', atProvider);
      const reply = await visitor.visit(callback);
      expect([reply.status, reply.headers.get('location')]).to.deep.equal([302, `/watch/${index + 1}`]);
    }
    expect(visitor.jar.header(new URL(system.url))).not.to.include('sign_in');
  });

  it('begins with a secret of its own where another was planted', async () => {
    const planted = `millrace_sign_in=${'x'.repeat(43)}`;
    const reply = await fetch(`${system.url}/api/auth/login`, {
      headers: { Cookie: planted },
      redirect: 'manual',
    });
    expect(reply.headers.getSetCookie().join()).to.match(/^millrace_sign_in=[\w-]{43};/);
    expect(reply.headers.getSetCookie().join()).not.to.include(planted);
  });

  it('is refused with another state, and when the provider says no', async () => {
    const changes: Record<string, string>[] = [{ state: 'x'.repeat(43) }, { code: 'x'.repeat(43) }];
    for (const change of changes) {
      const visitor = new Visitor();
      const callback = await visitor.authorize(system.url);
      for (const [name, value] of Object.entries(change)) callback.searchParams.set(name, value);
      expect(await refusal(get(callback, visitor.jar.header(callback)))).to.include(failed);
    }
    const visitor = new Visitor();
    const callback = await visitor.authorize(system.url);
    callback.searchParams.delete('code');
    callback.searchParams.set('error', 'access_denied');
    expect(await refusal(get(callback, visitor.jar.header(callback)))).to.include(failed);
  });

  it('is undone by signing out', async () => {
    const { visitor, cookie } = await signIn();
    const url = new URL('/api/auth/logout', system.url);
    expect((await visitor.visit(url, {})).status).to.equal(204);
    expect(visitor.jar.header(url), 'the cookie is cleared').to.equal('');
    expect(await refusal(me(cookie))).to.include({ status: 401, code: 'not_signed_in' });
    expect((await visitor.visit(url, {})).status, 'again').to.equal(204);
  });

  it('can wait for the provider, and nothing else does', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const alone = await startSystem({ OIDC_ISSUER: `http://127.0.0.1:${port}` });
    try {
      const response = await fetch(`${alone.url}/api/auth/login`, { redirect: 'manual' });
      expect(response.status).to.equal(503);
      expect(response.headers.get('retry-after')).to.match(/^\d+$/);
      expect(await response.json()).to.include({ code: 'unavailable' });
      const person = { issuer: 'i', subject: newId(), displayName: 'D', email: null, emailVerified: false };
      const { _id } = await alone.context.db.users.signedIn({ ...person, roles: ['creator'] });
      const secret = await alone.context.db.sessions.start(_id, { seconds: 60 });
      const client = createClient(alone.url, `millrace_session=${secret}`);
      expect(await client.call('GET', '/api/auth/me')).to.include({ userId: _id });
      expect(await client.call('GET', '/api/videos')).to.deep.equal({ items: [], nextCursor: null });
      expect((await fetch(`${alone.url}/readyz`)).status).to.equal(200);
    } finally {
      await alone.stop();
    }
  });

  it('leaves no secret in the log', async () => {
    const env = { ...system.env, LOG_LEVEL: 'trace' };
    const words = ['--import', 'tsx', join(root, 'api', 'index.ts')];
    const api = spawn(process.execPath, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let log = '';
      api.stdout.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
      const url = await until('start', async () => /"url":"([^"]+)"/.exec(log)?.[1]);
      const visitor = new Visitor();
      const callback = await visitor.authorize(url);
      const begun = visitor.jar.header(callback);
      await visitor.visit(callback);
      const cookie = visitor.jar.header(callback);
      const file = { filename: 'a.mp4', size: 1, type: 'video/mp4' };
      const ticket = await createClient(url, cookie).requestUpload(file);
      await refusal(createClient(url, begun).call('GET', `${callback.pathname}${callback.search}`));
      // What the provider's library throws then knows the code and both states.
      const other = new Visitor();
      const late = await other.authorize(url);
      const changed = `${late.pathname}${late.search.replace(/state=../, 'state=--')}`;
      await refusal(createClient(url, other.jar.header(late)).call('GET', changed));
      await until('lines', async () => (log.match(/"path":"\/api\/auth\/callback"/g) ?? []).length >= 3);
      const { OIDC_CLIENT_SECRET, S3_SECRET_ACCESS_KEY } = system.config;
      const secrets = [
        ...[begun, cookie].map((pair) => pair.split('=')[1]),
        ...['code', 'state'].flatMap((name) => [callback, late].map((one) => one.searchParams.get(name))),
        new URL(ticket.url).searchParams.get('X-Amz-Signature'),
        ...[OIDC_CLIENT_SECRET, S3_SECRET_ACCESS_KEY],
      ];
      expect(secrets.every((secret) => secret && secret.length > 5)).to.equal(true);
      expect(secrets.filter((secret) => log.includes(secret ?? ''))).to.deep.equal([]);
    } finally {
      const exited = once(api, 'exit');
      api.kill('SIGTERM');
      await exited;
    }
  });
});
