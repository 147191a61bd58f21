import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { type JWTPayload, UnsecuredJWT } from 'jose';
import { createClient } from '../../scripts/client.ts';
import { type HostileProvider, newKey, startHostileProvider } from '../support/hostile-provider.ts';
import { refusal } from '../support/refusal.ts';
import { type System, startSystem } from '../support/system.ts';
import { Visitor } from '../support/visitor.ts';

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an ID token', () => {
  let system: System;
  let hostile: HostileProvider;

  before(async () => {
    hostile = await startHostileProvider();
    system = await startSystem({
      OIDC_ISSUER: hostile.issuer,
      OIDC_CLIENT_ID: hostile.clientId,
      OIDC_CLIENT_SECRET: hostile.clientSecret,
    });
  });
  after(async () => {
    await system.stop();
    await hostile.stop();
  });

  /** The status and code that a sign-in with this token ends with. */
  async function signInWith(idToken: HostileProvider['idToken']): Promise<unknown[]> {
    hostile.idToken = idToken;
    const visitor = new Visitor();
    const callback = await visitor.authorize(system.url);
    const reply = await visitor.visit(callback);
    const hasSession = visitor.jar.header(callback).includes('millrace_session');
    return [
      reply.status,
      reply.status === 302 ? undefined : ((await reply.json()) as { code: string }).code,
      hasSession,
    ];
  }
  const refused = [400, 'sign_in_failed', false];
  const now = () => Math.floor(Date.now() / 1000);

  it('that is honest signs in', async () => {
    expect(await signInWith((honest) => hostile.sign(honest))).to.deep.equal([302, undefined, true]);
  });

  const spoilt: Record<string, (honest: JWTPayload) => JWTPayload> = {
    'with the nonce of another sign-in': (honest) => ({ ...honest, nonce: 'x'.repeat(43) }),
    'without a nonce': ({ nonce: _, ...honest }) => honest,
    'for another client': (honest) => ({ ...honest, aud: 'somebody-else' }),
    'of another issuer': (honest) => ({ ...honest, iss: 'https://id.example.org' }),
    'that has expired': (honest) => ({ ...honest, iat: now() - 600, exp: now() - 300 }),
    'without a subject': ({ sub: _, ...honest }) => honest,
  };
  for (const [which, spoil] of Object.entries(spoilt)) {
    it(`${which} does not`, async () => {
      expect(await signInWith((honest) => hostile.sign(spoil(honest)))).to.deep.equal(refused);
    });
  }

  for (const [which, times] of Object.entries({
    future: { nbf: now() + 600 },
    past: { iat: now() - 600, exp: now() - 300 },
  })) {
    it(`of the ${which} speaks of the clock`, async () => {
      hostile.idToken = (honest) => hostile.sign({ ...honest, ...times });
      const visitor = new Visitor();
      const reply = await visitor.visit(await visitor.authorize(system.url));
      expect(((await reply.json()) as { detail: string }).detail).to.match(
        /the clock of this server is wrong/,
      );
    });
  }

  it('that is not signed does not', async () => {
    expect(await signInWith((honest) => new UnsecuredJWT(honest).encode())).to.deep.equal(refused);
  });

  it('that is signed with a key that is not published does not', async () => {
    const stranger = await newKey();
    expect(await signInWith((honest) => hostile.sign(honest, stranger))).to.deep.equal(refused);
  });

  it('that is signed by a secret which we share does not', async () => {
    const forge = (honest: JWTPayload) => {
      const text = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(honest)}`;
      return `${text}.${createHmac('sha256', hostile.clientSecret).update(text).digest('base64url')}`;
    };
    expect(await signInWith(forge)).to.deep.equal(refused);
  });

  it('whose claims were changed after it was signed does not', async () => {
    const change = async (honest: JWTPayload) => {
      const [header, , signature] = (await hostile.sign(honest)).split('.');
      return [header, base64url({ ...honest, sub: 'somebody-else' }), signature].join('.');
    };
    expect(await signInWith(change)).to.deep.equal(refused);
  });

  it('does not come with a code that was used before, or with one that is made up', async () => {
    hostile.idToken = (honest) => hostile.sign(honest);
    const visitor = new Visitor();
    const callback = await visitor.authorize(system.url);
    const cookie = visitor.jar.header(callback);
    expect((await visitor.visit(callback)).status).to.equal(302);
    const asked = hostile.codes.length;
    const again = createClient(system.url, cookie).call('GET', `${callback.pathname}${callback.search}`);
    expect(await refusal(again)).to.include({ status: 400, code: 'sign_in_failed' });
    expect(hostile.codes, 'the provider is not even asked').to.have.length(asked);

    const other = new Visitor();
    const begun = await other.authorize(system.url);
    begun.searchParams.set('state', callback.searchParams.get('state') ?? '');
    expect((await other.visit(begun)).status).to.equal(400);
    expect(hostile.codes, 'nor with another’s state').to.have.length(asked);
  });
});
