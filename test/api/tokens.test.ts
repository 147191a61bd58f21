import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { expect } from 'chai';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { type Connection, createConnection } from 'mongoose';
import * as oidc from 'openid-client';
import { signIn } from '../../scripts/sign-in.ts';
import { newId, secretHash } from '../../shared/ids.ts';
import { newMarkedSecret, newSecretPart } from '../../shared/marked-secret.ts';
import { unseal } from '../../shared/seal.ts';
import { deriveKey } from '../../shared/secret-key.ts';
import { exchange } from '../support/exchange.ts';
import { type System, startSystem, until } from '../support/system.ts';

type Pair = { access_token: string; token_type: string; expires_in: number; refresh_token: string };
type Problem = { code: string; error?: string; error_description?: string; detail: string };

const session = 'urn:millrace:session';

describe('tokens', () => {
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

  const post = <T = Problem>(form: Record<string, string> | string, headers: Record<string, string> = {}) =>
    exchange<T>(system.url, '/api/auth/token', { form, headers });
  const refresh = <T = Pair>(refresh_token: string) =>
    post<T>({ grant_type: 'refresh_token', refresh_token });
  const me = (token: string) => exchange<Problem & { userId: string }>(system.url, '/api/auth/me', { token });

  /** Tokens for an account that is signed in with a browser. */
  async function tokensOf(login: 'demo' | 'viewer' | 'admin' = 'demo'): Promise<Pair> {
    const cookie = await system.cookie(login);
    const form = { grant_type: session };
    const { status, body } = await exchange<Pair>(system.url, '/api/auth/token', { form, cookie });
    expect(status).to.equal(200);
    return body;
  }

  /** The private key that signs, as only who has the database and SECRET_KEY can have it. */
  async function signingKey() {
    const [key] = (await system.context.db.signingKeys.all()).slice(-1);
    if (!key) throw new Error('no key');
    const pkcs8 = unseal(deriveKey(system.config.SECRET_KEY, 'signing keys'), key.sealed, key._id) ?? '';
    return { kid: key._id, x: key.x, y: key.y, privateKey: createPrivateKey(pkcs8) };
  }

  function expectRefused({ status, headers, body }: Awaited<ReturnType<typeof me>>, about: string) {
    expect({ status, code: body.code }, about).to.deep.equal({ status: 401, code: 'invalid_credential' });
    expect(headers.get('www-authenticate'), about).to.match(/^Bearer error="invalid_token"/);
  }

  describe('given to a browser that is signed in', () => {
    it('are a short JWT that says who it is and nothing that it may do', async () => {
      const { access_token, token_type, expires_in, refresh_token } = await tokensOf();
      expect({ token_type, expires_in }).to.deep.equal({ token_type: 'Bearer', expires_in: 900 });
      expect(refresh_token).to.match(/^mrr_[0-9A-Za-z]{92}$/);
      const { kid } = await signingKey();
      expect(decodeProtectedHeader(access_token)).to.deep.equal({ alg: 'ES256', typ: 'at+jwt', kid });
      const { iat = 0, exp, sub, jti, sid, ...rest } = decodeJwt(access_token);
      expect(rest).to.deep.equal({ iss: system.url, aud: system.url });
      expect(exp).to.equal(iat + 900);
      expect(jti).to.match(/^[0-9a-f]{24}$/);
      expect(sid).to.match(/^[0-9a-f]{64}$/);
      expect((await me(access_token)).body.userId).to.equal(sub);
    });

    it('are never stored as they are, nor kept by caches', async () => {
      const form = { grant_type: session };
      const cookie = await system.cookie('demo');
      const { headers, body } = await exchange<Pair>(system.url, '/api/auth/token', { form, cookie });
      expect(headers.get('cache-control')).to.equal('no-store');
      expect(headers.get('pragma')).to.equal('no-cache');
      const collections = (await mongo.db?.listCollections().toArray()) ?? [];
      const stored = JSON.stringify(
        await Promise.all(collections.map((one) => mongo.collection(one.name).find().toArray())),
      );
      const [grant, turn] = [body.refresh_token.slice(4, 47), body.refresh_token.slice(47, 90)];
      for (const secret of [grant, turn, body.access_token]) expect(stored).not.to.include(secret);
      expect(stored).to.include(secretHash(grant)).and.to.include(secretHash(turn));
    });

    it('are not given without one, nor for a token', async () => {
      const without = await post({ grant_type: session });
      expect([without.status, without.body.error]).to.deep.equal([400, 'invalid_grant']);
      const { access_token } = await tokensOf();
      const with_ = await post({ grant_type: session }, { Authorization: `Bearer ${access_token}` });
      expect([with_.status, with_.body.error]).to.deep.equal([400, 'invalid_grant']);
    });
  });

  it('that were given to a browser end when it signs out', async () => {
    const cookie = await signIn(system.url, { login: 'demo', password: 'demo' });
    const about = { form: { grant_type: session }, cookie };
    const given = [];
    for (let time = 0; time < 2; time += 1) {
      given.push((await exchange<Pair>(system.url, '/api/auth/token', about)).body);
    }
    const [one, other] = given as [Pair, Pair];
    expect((await me(one.access_token)).status).to.equal(200);
    await exchange(system.url, '/api/auth/logout', { method: 'POST', cookie });
    expect((await refresh<Problem>(one.refresh_token)).body.error).to.equal('invalid_grant');
    for (const { access_token } of [one, other]) {
      await until('end of the access token', async () => (await me(access_token)).status === 401);
    }
  });

  it('that were given to a browser end with its session, before the database has removed it', async () => {
    const cookie = await signIn(system.url, { login: 'demo', password: 'demo' });
    const about = { form: { grant_type: session }, cookie };
    const { refresh_token } = (await exchange<Pair>(system.url, '/api/auth/token', about)).body;
    const _id = secretHash(cookie.split('=')[1] ?? '');
    const change = { $set: { expiresAt: new Date(Date.now() - 1) } };
    const { modifiedCount } = await mongo.collection<{ _id: string }>('sessions').updateOne({ _id }, change);
    expect(modifiedCount).to.equal(1);
    expect((await refresh<Problem>(refresh_token)).body.error).to.equal('invalid_grant');
  });

  describe('that are refused', () => {
    it('are those that ended, are for another, or from another', async () => {
      const { access_token } = await tokensOf();
      const { kid, privateKey } = await signingKey();
      const { sub = '', jti = '', sid, iss = '', aud = '' } = decodeJwt(access_token);
      const { sub: other = '' } = decodeJwt((await tokensOf('viewer')).access_token);
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss, aud, sub, jti, sid, iat: now, exp: now + 60 };
      const make = (change: object, header: object = {}) =>
        new SignJWT({ ...claims, ...change })
          .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header })
          .sign(privateKey, { crit: { 'urn:x': true } });

      expect((await me(await make({}))).status, 'the same, unchanged').to.equal(200);
      expect((await me(await make({ exp: now - 3 }))).status, 'clocks may differ a little').to.equal(200);
      const refused: Record<string, string> = {
        expired: await make({ exp: now - 10 }),
        'without an end': await make({ exp: undefined }),
        'not yet valid': await make({ nbf: now + 60 }),
        'for another audience': await make({ aud: 'https://other.example' }),
        'of another issuer': await make({ iss: 'https://other.example' }),
        'without a subject': await make({ sub: undefined }),
        'of a grant that does not exist': await make({ sid: 'a'.repeat(64) }),
        'of a grant that another account has': await make({ sub: other }),
        'of a user that does not exist': await make({ sub: newId() }),
        'with an object as the grant': await make({ sid: { $ne: null } }),
        'of another type, as an ID token': await make({}, { typ: 'JWT' }),
        'without a type': await make({}, { typ: undefined }),
        'without a key’s name': await make({}, { kid: undefined }),
        'with the name of a foreign key': await make({}, { kid: newId() }),
        'with an extension that is not known': await make({}, { crit: ['urn:x'], 'urn:x': 1 }),
      };
      for (const [about, token] of Object.entries(refused)) expectRefused(await me(token), about);
      expect((await me(await make({}))).status, 'the good one, after all that').to.equal(200);
    });

    it('are those whose algorithm is not ES256, whatever they say themselves', async () => {
      const { access_token } = await tokensOf();
      const { kid, x, y } = await signingKey();
      const [head = '', payload = '', signature = ''] = access_token.split('.');
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const jwk = { kty: 'EC', crv: 'P-256', x, y };
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const pem = createPublicKey({ key: jwk, format: 'jwk' });
      const hmac = (key: string | Buffer, header: object) => {
        const input = `${part(header)}.${payload}`;
        return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
      };
      const ecdsa = (header: object) => {
        const input = `${part(header)}.${payload}`;
        const made = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
        return `${input}.${made.toString('base64url')}`;
      };
      const typ = 'at+jwt';
      const spki = pem.export({ type: 'spki', format: 'pem' });
      const rs = `${part({ alg: 'RS256', typ, kid })}.${payload}`;
      const refused: Record<string, string> = {
        none: `${part({ alg: 'none', typ, kid })}.${payload}.`,
        'None, with a signature': `${part({ alg: 'None', typ, kid })}.${payload}.${signature}`,
        'HS256 with the public key as PEM': hmac(spki.toString(), { alg: 'HS256', typ, kid }),
        'HS256 with the public key as DER': hmac(pem.export({ type: 'spki', format: 'der' }), {
          alg: 'HS256',
          typ,
          kid,
        }),
        'HS256 with the public key as JWK': hmac(JSON.stringify(jwk), { alg: 'HS256', typ, kid }),
        'HS256 with nothing': hmac('', { alg: 'HS256', typ, kid }),
        'RS256 with a key of somebody': `${rs}.${sign('sha256', Buffer.from(rs), rsa.privateKey).toString('base64url')}`,
        'ES256 with a key of somebody': ecdsa({ alg: 'ES256', typ, kid }),
        'ES256 with the key in the token': ecdsa({
          alg: 'ES256',
          typ,
          kid: 'mine',
          jwk: publicKey.export({ format: 'jwk' }),
        }),
        'ES256 with an address of the key': ecdsa({
          alg: 'ES256',
          typ,
          kid: 'mine',
          jku: `${system.url}/mine`,
        }),
        'a signature of zeros': `${head}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
        'no signature': `${head}.${payload}.`,
      };
      for (const [about, token] of Object.entries(refused)) expectRefused(await me(token), about);
    });

    it('are those with a bit changed, and what is no token at all', async () => {
      const { access_token, refresh_token } = await tokensOf();
      const [head = '', payload = '', signature = ''] = access_token.split('.');
      const flip = (text: string) => {
        const bytes = Buffer.from(text, 'base64url');
        bytes[7] = (bytes[7] ?? 0) ^ 1;
        return bytes.toString('base64url');
      };
      const wrong = [
        `${flip(head)}.${payload}.${signature}`,
        `${head}.${flip(payload)}.${signature}`,
        `${head}.${payload}.${flip(signature)}`,
        `${access_token}.${signature}`,
        ...[refresh_token, 'x', '.', '..', '...', 'a.b.c', 'null', 'e30.e30.e30', ''],
        ...['mrk_', `mrk_${'0'.repeat(49)}`, 'a b', '%00', '{"$ne":1}', 'a'.repeat(5000)],
      ];
      for (const token of wrong) expectRefused(await me(token), token);
      for (const header of ['Bearer', 'bearer', 'BEARER x', 'Bearer  ', 'Bearer a, Bearer b']) {
        expectRefused(
          await exchange(system.url, '/api/auth/me', { headers: { Authorization: header } }),
          header,
        );
      }
    });

    it('are refused also where nobody needs to be signed in, and beside a good cookie', async () => {
      const cookie = await system.cookie('demo');
      expectRefused(await exchange(system.url, '/api/videos', { token: 'x' }), 'a list for all');
      expectRefused(await exchange(system.url, '/api/auth/me', { token: 'x', cookie }), 'with a cookie');
    });

    it('are nobody’s where tokens are renewed', async () => {
      const { refresh_token } = await tokensOf();
      const form = { grant_type: 'refresh_token', refresh_token };
      expect((await post(form, { Authorization: 'Bearer x' })).status).to.equal(200);
    });

    it('count only in the header', async () => {
      const { access_token } = await tokensOf();
      const inQuery = await exchange<Problem>(system.url, `/api/auth/me?access_token=${access_token}`);
      expect(inQuery.status).to.equal(401);
      expect(inQuery.body.code).to.equal('not_signed_in');
      expect(inQuery.headers.get('www-authenticate')).to.equal('Bearer');
      const cookie = `millrace_session=${access_token}`;
      const inCookie = await exchange(system.url, '/api/auth/me', { cookie });
      expect(inCookie.status).to.equal(401);
      const basic = { Authorization: `Basic ${Buffer.from('a:b').toString('base64')}` };
      expect((await exchange(system.url, '/api/videos', { headers: basic })).status).to.equal(200);
    });
  });

  it('give what the account may do now, not when they were made', async () => {
    const { access_token, refresh_token } = await tokensOf('viewer');
    const { sub = '' } = decodeJwt(access_token);
    const users = mongo.collection<{ _id: string }>('users');
    const create = () =>
      exchange<Problem>(system.url, '/api/uploads', {
        token: access_token,
        json: { filename: 'a.mp4', size: 1, type: 'video/mp4' },
      });
    await users.updateOne({ _id: sub }, { $set: { roles: ['viewer'] } });
    await until('refusal', async () => (await create()).status === 403);
    await users.updateOne({ _id: sub }, { $set: { roles: ['creator'] } });
    await until('permission', async () => (await create()).status === 201);

    await users.updateOne({ _id: sub }, { $set: { status: 'suspended' } });
    await until('suspension', async () => (await me(access_token)).body.code === 'account_suspended');
    const refused = await refresh<Problem>(refresh_token);
    expect([refused.status, refused.body.error]).to.deep.equal([400, 'invalid_grant']);
    await users.updateOne({ _id: sub }, { $set: { status: 'active' } });
    expect((await refresh(refresh_token)).status, 'it goes on').to.equal(200);
  });

  describe('are renewed', () => {
    it('by a refresh token, once each, for as long as it is used', async () => {
      let pair = await tokensOf();
      const first = pair;
      for (let time = 0; time < 3; time += 1) {
        const { status, body } = await refresh(pair.refresh_token);
        expect(status).to.equal(200);
        expect(body.refresh_token).not.to.equal(pair.refresh_token);
        expect((await me(body.access_token)).status).to.equal(200);
        pair = body;
      }
      expect((await me(first.access_token)).status, 'the first access token').to.equal(200);
      expect(decodeJwt(first.access_token).sid).to.equal(decodeJwt(pair.access_token).sid);
      const grants = mongo.collection<{ _id: string; expiresAt: Date }>('grants');
      const grant = await grants.findOne({ _id: String(decodeJwt(pair.access_token).sid) });
      expect(grant?.expiresAt.getTime()).to.be.closeTo(Date.now() + 30 * 86_400_000, 10_000);
    });

    it('not by a refresh token that was used: it ends all that came of the same sign-in', async () => {
      const stolen = await tokensOf();
      const other = await tokensOf();
      const { body: renewed } = await refresh(stolen.refresh_token);
      const reuse = await refresh<Problem>(stolen.refresh_token);
      expect([reuse.status, reuse.body.code, reuse.body.error]).to.deep.equal([
        400,
        'invalid_grant',
        'invalid_grant',
      ]);
      expect((await refresh<Problem>(renewed.refresh_token)).body.error, 'the newest').to.equal(
        'invalid_grant',
      );
      for (const { access_token } of [stolen, renewed]) {
        await until('end of the access token', async () => (await me(access_token)).status === 401);
      }
      expect((await refresh(other.refresh_token)).status, 'another sign-in').to.equal(200);
    });

    it('once, however many ask at the same moment, and then no more', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { refresh_token } = await tokensOf();
        const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refresh_token)));
        const given = answers.filter(({ status }) => status === 200);
        expect(given.length).to.equal(1);
        expect(answers.filter(({ status }) => status === 400).length).to.equal(9);
        const newest = given[0]?.body.refresh_token ?? '';
        expect((await refresh<Problem>(newest)).body.error).to.equal('invalid_grant');
      }
    });

    it('not by one that was made up, with the secret of a sign-in or without', async () => {
      const { refresh_token } = await tokensOf();
      const made = newMarkedSecret('mrr', [newSecretPart(), newSecretPart()]);
      expect((await refresh<Problem>(made)).body.error).to.equal('invalid_grant');
      for (const wrong of [
        'x',
        refresh_token.slice(0, -1),
        `${refresh_token}x`,
        refresh_token.toLowerCase(),
      ]) {
        expect((await refresh<Problem>(wrong)).body.error, wrong).to.equal('invalid_grant');
      }
      expect((await refresh(refresh_token)).status, 'the true one is not hurt').to.equal(200);
    });

    it('not by one that has ended, although the database still has it', async () => {
      const { access_token, refresh_token } = await tokensOf();
      const _id = String(decodeJwt(access_token).sid);
      const grants = mongo.collection<{ _id: string }>('grants');
      await grants.updateOne({ _id }, { $set: { expiresAt: new Date(Date.now() - 1) } });
      expect((await refresh<Problem>(refresh_token)).body.error).to.equal('invalid_grant');
    });
  });

  describe('are revoked', () => {
    const revoke = (token: string) => exchange(system.url, '/api/auth/token/revoke', { form: { token } });

    for (const kind of ['refresh_token', 'access_token'] as const) {
      it(`by the ${kind.replace('_', ' ')}, both of them`, async () => {
        const pair = await tokensOf();
        expect((await revoke(pair[kind])).status).to.equal(200);
        expect((await refresh<Problem>(pair.refresh_token)).body.error).to.equal('invalid_grant');
        await until('end of the access token', async () => (await me(pair.access_token)).status === 401);
        expect((await revoke(pair[kind])).status, 'again').to.equal(200);
      });
    }

    it('without telling whether there was such a token', async () => {
      for (const token of ['x', newMarkedSecret('mrr', [newSecretPart(), newSecretPart()])]) {
        const { status, body } = await revoke(token);
        expect({ status, body }).to.deep.equal({ status: 200, body: {} });
      }
    });
  });

  it('are told why not as OAuth 2 and as RFC 9457 have it', async () => {
    const cases: [string, number, string, string][] = [
      ['', 400, 'invalid_request', 'invalid_request'],
      ['grant_type=', 400, 'invalid_request', 'invalid_request'],
      ['grant_type=refresh_token', 400, 'invalid_request', 'invalid_request'],
      ['grant_type=refresh_token&refresh_token=a&refresh_token=b', 400, 'invalid_request', 'invalid_request'],
      ['grant_type=refresh_token&refresh_token[$ne]=', 400, 'invalid_request', 'invalid_request'],
      ['grant_type=refresh_token&refresh_token=x', 400, 'invalid_grant', 'invalid_grant'],
      ['grant_type=client_credentials', 400, 'unsupported_grant_type', 'unsupported_grant_type'],
      ['grant_type=constructor', 400, 'unsupported_grant_type', 'unsupported_grant_type'],
      ['grant_type=refresh_token&refresh_token=x&unknown=1', 400, 'invalid_grant', 'invalid_grant'],
    ];
    for (const [form, status, code, error] of cases) {
      const answer = await post(form);
      expect(answer.headers.get('content-type'), form).to.match(/^application\/problem\+json/);
      expect(answer.headers.get('cache-control'), form).to.equal('no-store');
      expect({ ...answer.body, status: answer.status }, form).to.include({ status, code, error });
      expect(answer.body.error_description, form).to.match(/^[\x20\x21\x23-\x5b\x5d-\x7e]+\.$/);
    }
    const json = await exchange<Problem>(system.url, '/api/auth/token', { json: { grant_type: session } });
    expect([json.status, json.body.error]).to.deep.equal([415, 'invalid_request']);
    const asked = await post('grant_type=x', { Accept: 'application/json' });
    expect(asked.headers.get('content-type')).to.match(/^application\/json/);
    const elsewhere = await exchange<Problem>(system.url, '/api/auth/me');
    expect(elsewhere.body).not.to.have.property('error');
  });

  it('are got, renewed and revoked by a client that knows only OAuth 2', async () => {
    const client = new oidc.Configuration(
      {
        issuer: system.url,
        token_endpoint: `${system.url}/api/auth/token`,
        revocation_endpoint: `${system.url}/api/auth/token/revoke`,
      },
      'any',
      undefined,
      oidc.None(),
    );
    oidc.allowInsecureRequests(client);
    const { refresh_token } = await tokensOf();
    const renewed = await oidc.refreshTokenGrant(client, refresh_token);
    expect(renewed.token_type).to.equal('bearer');
    expect((await me(renewed.access_token)).status).to.equal(200);
    await oidc.tokenRevocation(client, renewed.refresh_token ?? '');
    const error = await oidc.refreshTokenGrant(client, renewed.refresh_token ?? '').catch((one) => one);
    expect(error).to.be.instanceOf(oidc.ResponseBodyError);
    expect(error).to.include({ error: 'invalid_grant', status: 400 });
    expect(error.error_description).to.match(/refresh token/);
  });

  it('are verified by others with the published keys, which they may keep', async () => {
    const { access_token } = await tokensOf();
    const { status, headers, body } = await exchange<{ keys: Record<string, string>[] }>(
      system.url,
      '/.well-known/jwks.json',
    );
    expect(status).to.equal(200);
    expect(headers.get('cache-control')).to.equal('public, max-age=300');
    expect(headers.get('content-type')).to.match(/^application\/json/);
    for (const key of body.keys) {
      expect(Object.keys(key).sort()).to.deep.equal(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    }
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', system.url));
    const { payload } = await jwtVerify(access_token, keys, { issuer: system.url, audience: system.url });
    expect(payload.sub).to.equal(decodeJwt(access_token).sub);

    const etag = headers.get('etag') ?? '';
    expect(etag).to.match(/^"[^"]+"$/);
    // Without the second, fetch asks caches on the way for a fresh reply.
    const known = { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' };
    const again = await fetch(`${system.url}/.well-known/jwks.json`, { headers: known });
    expect(again.status).to.equal(304);
  });
});
