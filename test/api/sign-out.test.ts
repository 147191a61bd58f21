import { expect } from 'chai';
import { type JWTPayload, UnsecuredJWT } from 'jose';
import { type Connection, createConnection } from 'mongoose';
import { createClient } from '../../scripts/client.ts';
import { type HostileProvider, newKey, startHostileProvider } from '../support/hostile-provider.ts';
import { writeProviders } from '../support/provider-file.ts';
import { refusal } from '../support/refusal.ts';
import { type System, startSystem } from '../support/system.ts';
import { Visitor } from '../support/visitor.ts';

const signedOut = { status: 401, code: 'not_signed_in' };
const event = 'http://schemas.openid.net/event/backchannel-logout';

describe('signing out', () => {
  let system: System;
  let hostile: HostileProvider;
  let file: Awaited<ReturnType<typeof writeProviders>>;
  let mongo: Connection;

  before(async () => {
    hostile = await startHostileProvider();
    const { issuer, clientId, clientSecret } = hostile;
    file = await writeProviders([{ name: 'hostile', title: 'H', issuer, clientId, clientSecret }]);
    system = await startSystem({ OIDC_PROVIDERS: file.path });
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
  });
  after(async () => {
    await mongo.close();
    await system.stop();
    await hostile.stop();
    await file.remove();
  });

  const me = (cookie: string) =>
    createClient(system.url, cookie).call<{ userId: string }>('GET', '/api/auth/me');
  const isSignedIn = async (cookie: string) =>
    (await fetch(`${system.url}/api/auth/me`, { headers: { cookie } })).status === 200;

  /** Asks as a page does, and gives the address that the page then goes to. */
  async function signOut(visitor: Visitor, query = ''): Promise<string | null> {
    const reply = await visitor.visit(new URL(`/api/auth/logout?atProvider=true${query}`, system.url), {});
    expect(reply.status).to.equal(200);
    return ((await reply.json()) as { endSessionUrl: string | null }).endSessionUrl;
  }

  /** Says yes on the provider's page, and gives where it sends the browser. */
  async function confirm(visitor: Visitor, url: URL): Promise<URL> {
    const page = await (await visitor.visit(url)).text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1] ?? '';
    const reply = await visitor.visit(new URL(action, url), { xsrf, logout: 'yes' });
    return new URL(reply.headers.get('location') ?? '');
  }

  describe('at the provider too', () => {
    it('leads through its page back to where it was to go, and asks for the password next time', async () => {
      const visitor = new Visitor();
      const cookie = await visitor.signIn(system.url);
      const url = new URL((await signOut(visitor, '&returnTo=/docs?bye')) ?? '');
      expect(await refusal(me(cookie)), 'it has ended here already').to.include(signedOut);
      expect(url.origin).to.equal(system.config.OIDC_ISSUER);
      expect(url.searchParams.get('client_id')).to.equal('millrace');
      const [, claims = ''] = (url.searchParams.get('id_token_hint') ?? '').split('.');
      expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).to.include({ sub: 'demo' });

      const back = await confirm(visitor, url);
      expect(`${back.origin}${back.pathname}`).to.equal(`${system.url}/api/auth/signed-out`);
      const reply = await visitor.visit(back);
      expect([reply.status, reply.headers.get('location')]).to.deep.equal([302, '/docs?bye']);

      const again = await visitor.visit(new URL('/api/auth/login', system.url));
      const next = await visitor.visit(new URL(again.headers.get('location') ?? ''));
      expect(next.headers.get('location')).to.match(/\/interaction\//);
    });

    it('is nowhere for who is not signed in, and where the provider has no such place', async () => {
      expect(await signOut(new Visitor())).to.equal(null);
      const visitor = new Visitor();
      const cookie = await visitor.signIn(system.url, 'demo', '/api/auth/login?provider=hostile');
      expect(await signOut(visitor)).to.equal(null);
      expect(await refusal(me(cookie))).to.include(signedOut);
    });

    for (const wrong of ['//evil.example', 'https://evil.example', '/\\evil.example', '/docs#100%']) {
      it(`leads nobody to ${wrong}`, async () => {
        const encoded = encodeURIComponent(wrong);
        for (const [method, path] of [
          ['POST', `/api/auth/logout?atProvider=true&returnTo=${encoded}`],
          ['GET', `/api/auth/signed-out?state=${encoded}`],
        ] as const) {
          const problem = await refusal(createClient(system.url).call(method, path));
          expect(problem, path).to.include({ status: 400, code: 'invalid_request' });
        }
      });
    }

    it('leaves no ID token in the database that can be read there', async () => {
      const visitor = new Visitor();
      await visitor.signIn(system.url);
      const [stored] = await mongo.collection('sessions').find().sort({ createdAt: -1 }).limit(1).toArray();
      const sealed = Buffer.from(stored?.idToken, 'base64url').toString('latin1');
      const hint = new URL((await signOut(visitor)) ?? '').searchParams.get('id_token_hint') ?? '';
      const parts = hint.split('.');
      expect(parts).to.have.length(3);
      expect(sealed.length).to.be.above(hint.length);
      for (const part of parts) {
        const readable = Buffer.from(part, 'base64url').toString('latin1');
        for (const form of [part, readable]) expect(sealed + JSON.stringify(stored)).not.to.include(form);
      }
    });
  });

  describe('by the provider', () => {
    it('ends the session that ended there, and no other of the same person', async () => {
      const [phone, laptop] = [new Visitor(), new Visitor()];
      const [onPhone, onLaptop] = [await phone.signIn(system.url), await laptop.signIn(system.url)];
      const endSession = new URL(`${system.config.OIDC_ISSUER}/session/end`);
      await confirm(phone, endSession);
      expect(await refusal(me(onPhone))).to.include(signedOut);
      expect(await isSignedIn(onLaptop)).to.equal(true);
    });

    const send = (token: string) =>
      fetch(`${system.url}/api/auth/backchannel-logout`, {
        method: 'POST',
        body: new URLSearchParams({ logout_token: token }),
      });
    let sent = 0;
    const logout = (more: JWTPayload = {}): JWTPayload => {
      sent += 1;
      return hostile.claims({ sub: 'harry', jti: `logout-${sent}`, events: { [event]: {} }, ...more });
    };
    const signInAtHostile = (more: JWTPayload = {}) => {
      hostile.idToken = (honest) => hostile.sign({ ...honest, ...more });
      return new Visitor().signIn(system.url, 'demo', '/api/auth/login?provider=hostile');
    };
    async function refused(token: string, why: RegExp): Promise<void> {
      const reply = await send(token);
      expect(reply.headers.get('content-type')).to.match(/^application\/problem\+json/);
      const problem = (await reply.json()) as { status: number; code: string; detail: string };
      expect(problem).to.include({ status: 400, code: 'invalid_logout_token' });
      expect(problem.detail).to.match(why);
    }

    it('ends all sessions of an account that it names by sub alone, and nobody else’s', async () => {
      const two = [await signInAtHostile({ sid: 's1' }), await signInAtHostile({ sid: 's2' })];
      const other = await signInAtHostile({ sub: 'hilda' });
      const elsewhere = await new Visitor().signIn(system.url);
      const reply = await send(await hostile.sign(logout()));
      expect([reply.status, await reply.text()]).to.deep.equal([200, '']);
      expect(reply.headers.get('cache-control')).to.equal('no-store');
      expect(await Promise.all([...two, other, elsewhere].map(isSignedIn))).to.deep.equal([
        ...[false, false],
        ...[true, true],
      ]);
    });

    it('ends one session that it names by sid alone', async () => {
      const [one, other] = [await signInAtHostile({ sid: 's3' }), await signInAtHostile({ sid: 's4' })];
      const { sub: _, ...claims } = logout({ sid: 's3' });
      expect((await send(await hostile.sign(claims, undefined, 'logout+jwt'))).status).to.equal(200);
      expect(await Promise.all([one, other].map(isSignedIn))).to.deep.equal([false, true]);
    });

    it('ends of an account that it names too also the sessions that came without a sid', async () => {
      const [nameless, named] = [await signInAtHostile(), await signInAtHostile({ sid: 's6' })];
      const other = await signInAtHostile({ sub: 'hilda' });
      expect((await send(await hostile.sign(logout({ sid: 's7' })))).status).to.equal(200);
      expect(await Promise.all([nameless, named, other].map(isSignedIn))).to.deep.equal([false, true, true]);
    });

    it('ends nothing of another account that is said to have the session', async () => {
      const one = await signInAtHostile({ sid: 's5' });
      expect((await send(await hostile.sign(logout({ sub: 'hilda', sid: 's5' })))).status).to.equal(200);
      expect(await isSignedIn(one)).to.equal(true);
    });

    it('ends nothing that it does not name', async () => {
      const cookie = await signInAtHostile();
      expect(await system.context.db.sessions.endFrom('hostile', {})).to.equal(0);
      expect(await isSignedIn(cookie)).to.equal(true);
    });

    it('cannot end the sessions of another provider, whatever it names', async () => {
      const cookie = await new Visitor().signIn(system.url);
      const { origin } = (await mongo
        .collection<{ origin: { sid: string } }>('sessions')
        .findOne({ 'origin.provider': 'default' }, { sort: { createdAt: -1 } })) ?? { origin: { sid: '' } };
      expect(origin.sid).to.have.length.above(5);
      expect((await send(await hostile.sign(logout({ sub: 'demo', sid: origin.sid })))).status).to.equal(200);
      expect((await send(await hostile.sign(logout({ sub: 'demo' })))).status).to.equal(200);
      expect(await isSignedIn(cookie)).to.equal(true);
      const asDefault = logout({ sub: 'demo', iss: system.config.OIDC_ISSUER ?? '' });
      await refused(await hostile.sign(asDefault), /not those of the provider/);
      expect(await isSignedIn(cookie)).to.equal(true);
    });

    it('works once: a token that was used ends nothing later', async () => {
      await signInAtHostile();
      const token = await hostile.sign(logout());
      expect((await send(token)).status).to.equal(200);
      const cookie = await signInAtHostile();
      await refused(token, /used before/);
      expect(await isSignedIn(cookie)).to.equal(true);
    });

    it('goes on when the provider has changed its keys', async () => {
      const cookie = await signInAtHostile();
      await hostile.rotate();
      await signInAtHostile();
      expect((await send(await hostile.sign(logout()))).status).to.equal(200);
      expect(await isSignedIn(cookie)).to.equal(false);
    });

    const now = () => Math.floor(Date.now() / 1000);
    const wrong: [string, () => JWTPayload, RegExp][] = [
      ['is for another client', () => logout({ aud: 'somebody-else' }), /not those of the provider/],
      ['comes from nobody we know', () => logout({ iss: 'https://id.example.org' }), /no provider/],
      ['names no issuer', () => ({ ...logout(), iss: 7 }) as unknown as JWTPayload, /no provider/],
      ['has expired', () => logout({ iat: now() - 100, exp: now() - 60 }), /not those of the provider/],
      ['is old', () => logout({ iat: now() - 600, exp: now() + 600 }), /not those of the provider/],
      ['is of tomorrow', () => logout({ iat: now() + 600, exp: now() + 900 }), /not those of the provider/],
      ['never ends', () => ({ ...logout(), exp: undefined }) as never, /not those of the provider/],
      ['has no id', () => ({ ...logout(), jti: undefined }) as never, /not those of the provider/],
      ['has an id that is no text', () => ({ ...logout(), jti: { $ne: 1 } }) as never, /not all strings/],
      ['names a session that is no text', () => logout({ sid: { $ne: '' } }), /not all strings/],
      ['is an ID token', () => logout({ nonce: 'n' }), /nonce/],
      ['tells of something else', () => logout({ events: { 'urn:other': {} } }), /events/],
      ['tells of nothing', () => logout({ events: { [event]: true } }), /events/],
      ['names nobody', () => ({ ...logout(), sub: undefined }) as never, /neither sub nor sid/],
    ];
    for (const [which, claims, why] of wrong) {
      it(`is refused when the token ${which}`, async () => {
        const cookie = await signInAtHostile();
        await refused(await hostile.sign(claims()), why);
        expect(await isSignedIn(cookie)).to.equal(true);
      });
    }

    it('is refused when the provider has not signed the token', async () => {
      const cookie = await signInAtHostile();
      const stranger = await newKey();
      await refused(new UnsecuredJWT(logout()).encode(), /not those of the provider/);
      await refused(await hostile.sign(logout(), stranger), /not those of the provider/);
      const [header, , signature] = (await hostile.sign(logout())).split('.');
      const claims = Buffer.from(JSON.stringify(logout())).toString('base64url');
      await refused([header, claims, signature].join('.'), /not those of the provider/);
      for (const text of ['', 'a.b', 'a.b.c', '{}', '..']) await refused(text, /no JWT/);
      expect(await isSignedIn(cookie)).to.equal(true);
    });

    it('is a form with the token', async () => {
      const address = `${system.url}/api/auth/backchannel-logout`;
      const json = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
      expect((await fetch(address, json)).status).to.equal(415);
      const empty = await fetch(address, { method: 'POST', body: new URLSearchParams({ a: 'b' }) });
      expect(await empty.json()).to.include({ status: 400, code: 'invalid_request' });
    });
  });
});
