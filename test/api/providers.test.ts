import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { createClient } from '../../scripts/client.ts';
import { type IdentityProvider, startIdentityProvider } from '../../scripts/identity-provider.ts';
import { type HostileProvider, startHostileProvider } from '../support/hostile-provider.ts';
import { writeProviders } from '../support/provider-file.ts';
import { refusal } from '../support/refusal.ts';
import { type System, startSystem } from '../support/system.ts';
import { Visitor } from '../support/visitor.ts';

type Account = { userId: string; displayName: string; roles: string[] };

async function closedPort(): Promise<number> {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as { port: number };
  await new Promise((resolve) => closed.close(resolve));
  return port;
}

describe('several sign-in providers', () => {
  let system: System;
  let second: IdentityProvider;
  let hostile: HostileProvider;
  let file: Awaited<ReturnType<typeof writeProviders>>;

  before(async () => {
    second = await startIdentityProvider();
    hostile = await startHostileProvider();
    const { clientId, clientSecret } = second;
    file = await writeProviders([
      { name: 'second', title: 'The second', issuer: second.issuer, clientId, clientSecret },
      {
        name: 'hostile',
        title: 'Without roles',
        issuer: hostile.issuer,
        clientId: hostile.clientId,
        clientSecret: hostile.clientSecret,
        rolesClaim: 'groups',
      },
      {
        name: 'down',
        title: 'Down',
        issuer: `http://127.0.0.1:${await closedPort()}`,
        clientId,
        clientSecret,
      },
    ]);
    system = await startSystem({ OIDC_PROVIDERS: file.path, DEFAULT_ROLE: 'viewer' });
  });
  after(async () => {
    await system.stop();
    await second.stop();
    await hostile.stop();
    await file.remove();
  });

  const client = (cookie = '') => createClient(system.url, cookie);
  const me = (cookie: string) => client(cookie).call<Account>('GET', '/api/auth/me');
  const loginAt = (provider: string, more = '') => `/api/auth/login?provider=${provider}${more}`;
  const signInAt = (provider: string, login = 'demo', visitor = new Visitor()) =>
    visitor.signIn(system.url, login, loginAt(provider));

  it('are listed by name and title, and by nothing else', async () => {
    expect(await client().call('GET', '/api/auth/providers')).to.deep.equal({
      items: [
        { name: 'default', title: '127.0.0.1' },
        { name: 'second', title: 'The second' },
        { name: 'hostile', title: 'Without roles' },
        { name: 'down', title: 'Down' },
      ],
      nextCursor: null,
    });
  });

  it('are all offered by the page of a problem, each by its title', async () => {
    const page = await (await fetch(`${system.url}/watch/x`, { headers: { Accept: 'text/html' } })).text();
    const ways = [...page.matchAll(/<a href="([^"]*)">([^<]*)</g)].map(
      ([, href, text]) => `${text}: ${href}`,
    );
    const way = (name: string) => `/api/auth/login?provider=${name}&amp;returnTo=%2Fwatch%2Fx`;
    expect(ways).to.deep.equal([
      `Sign in with 127.0.0.1: ${way('default')}`,
      `Sign in with The second: ${way('second')}`,
      `Sign in with Without roles: ${way('hostile')}`,
      `Sign in with Down: ${way('down')}`,
    ]);
  });

  it('sign in side by side, each with accounts of its own', async () => {
    const [first, other] = [await me(await signInAt('default')), await me(await signInAt('second'))];
    expect(first.displayName).to.equal(other.displayName);
    expect(first.userId).not.to.equal(other.userId);
    expect((await me(await new Visitor().signIn(system.url))).userId, 'the first without a name').to.equal(
      first.userId,
    );
  });

  it('harm nobody else when one is down, or when there is none of that name', async () => {
    expect(await refusal(client().call('GET', loginAt('down')))).to.include({
      status: 503,
      code: 'unavailable',
    });
    expect((await me(await signInAt('second'))).displayName).to.equal('Demo Creator');
    const problem = await refusal(client().call('GET', loginAt('nobody')));
    expect(problem).to.include({ status: 400, code: 'unknown_provider' });
    expect(problem.detail).to.include('default, second, hostile, down');
  });

  it('register new people where they take them, with the default role', async () => {
    const visitor = new Visitor();
    const path = loginAt('second', '&prompt=create');
    const callback = await visitor.authorize(system.url, 'nora', path, 'a new one');
    await visitor.visit(callback);
    const account = await me(visitor.jar.header(callback));
    expect(account).to.deep.include({ displayName: 'nora', roles: ['viewer'] });
    const problem = await refusal(client().call('GET', loginAt('hostile', '&prompt=create')));
    expect(problem).to.include({ status: 400, code: 'registration_not_offered' });
    expect(await refusal(client().call('GET', loginAt('second', '&prompt=none')))).to.include({
      status: 400,
      code: 'invalid_request',
    });
  });

  it('tell roles by the claim that is configured, until an administrator sets them', async () => {
    const groups = (value: unknown) => {
      hostile.idToken = (honest) => hostile.sign({ ...honest, groups: value, roles: ['admin'] });
    };
    const rolesNow = async () => (await me(await signInAt('hostile'))).roles;
    groups(['moderator', 'some-team']);
    expect(await rolesNow()).to.deep.equal(['moderator']);
    groups('creator');
    expect(await rolesNow(), 'a single one').to.deep.equal(['creator']);
    for (const nothing of [undefined, [], ['some-team'], 7, { admin: true }]) {
      groups(nothing);
      expect(await rolesNow(), JSON.stringify(nothing)).to.deep.equal(['viewer']);
    }
    const { userId } = await me(await signInAt('hostile'));
    const { users, transaction } = system.context.db;
    await transaction((session) => users.setRoles(userId, ['creator', 'moderator'], session));
    groups(['admin']);
    expect(await rolesNow()).to.deep.equal(['creator', 'moderator']);
  });

  it('do not mix: a code of one is not handed to another', async () => {
    // The classical attack: the hostile provider sends the browser on to the honest one, in our name, and waits for
    // us to bring it the code that the honest one made.
    hostile.sendBack = (_honest, asked) => {
      const url = new URL(`${second.issuer}/auth`);
      url.search = asked.search;
      url.searchParams.set('client_id', second.clientId);
      return url;
    };
    const before = hostile.codes.length;
    const visitor = new Visitor();
    const callback = await visitor.authorize(system.url, 'demo', loginAt('hostile'));
    hostile.sendBack = (honest) => honest;
    expect(callback.searchParams.get('iss')).to.equal(second.issuer);
    expect(callback.searchParams.get('code')).to.be.a('string');
    const reply = await visitor.visit(callback);
    expect(reply.status).to.equal(400);
    expect(await reply.json()).to.include({ code: 'sign_in_failed' });
    expect(hostile.codes).to.have.length(before);
    expect(visitor.jar.header(callback)).not.to.include('millrace_session');
  });

  it('must say who they are where they promise to (RFC 9207)', async () => {
    const visitor = new Visitor();
    const callback = await visitor.authorize(system.url, 'demo', loginAt('second'));
    callback.searchParams.delete('iss');
    expect((await visitor.visit(callback)).status).to.equal(400);
  });
});

describe('no sign-in provider', () => {
  it('is needed with local accounts', async () => {
    const none = { OIDC_ISSUER: '', OIDC_CLIENT_ID: '', OIDC_CLIENT_SECRET: '' };
    const system = await startSystem({ ...none, LOCAL_ACCOUNTS: 'true' });
    try {
      const { call } = createClient(system.url);
      const listed = await call('GET', '/api/auth/providers');
      expect(listed).to.deep.equal({ items: [], nextCursor: null });
      const problem = await refusal(call('GET', '/api/auth/login'));
      expect(problem).to.include({ status: 400, code: 'unknown_provider' });
    } finally {
      await system.stop();
    }
  });
});

describe('a provider that changes its keys', () => {
  it('loses no session and no sign-in', async () => {
    const first = await startIdentityProvider();
    const port = Number(new URL(first.issuer).port);
    const { issuer, clientId, clientSecret } = first;
    const system = await startSystem({
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: clientId,
      OIDC_CLIENT_SECRET: clientSecret,
    });
    let running = first;
    try {
      const me = (cookie: string) => createClient(system.url, cookie).call('GET', '/api/auth/me');
      const before = await new Visitor().signIn(system.url);
      const keys = async () => (await fetch(`${issuer}/jwks`)).text();
      const old = await keys();
      await first.stop();
      running = await startIdentityProvider(port);
      expect(await keys(), 'the keys are others').not.to.equal(old);
      expect(await me(before)).to.include({ displayName: 'Demo Creator' });
      expect(await me(await new Visitor().signIn(system.url))).to.include({ displayName: 'Demo Creator' });
    } finally {
      await system.stop();
      await running.stop();
    }
  });

  it('is followed at once, however often', async () => {
    const hostile = await startHostileProvider();
    const system = await startSystem({
      OIDC_ISSUER: hostile.issuer,
      OIDC_CLIENT_ID: hostile.clientId,
      OIDC_CLIENT_SECRET: hostile.clientSecret,
    });
    try {
      for (let times = 0; times < 3; times += 1) {
        const visitor = new Visitor();
        const callback = await visitor.authorize(system.url);
        await hostile.rotate();
        expect((await visitor.visit(callback)).status).to.equal(302);
      }
    } finally {
      await system.stop();
      await hostile.stop();
    }
  });
});
