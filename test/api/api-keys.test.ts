import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import type { Scope } from '../../shared/contracts/account.ts';
import { secretHash } from '../../shared/ids.ts';
import { newMarkedSecret, newSecretPart } from '../../shared/marked-secret.ts';
import { exchange } from '../support/exchange.ts';
import { backdate, type System, startSystem, until } from '../support/system.ts';

type Login = 'demo' | 'viewer' | 'admin';
type Key = {
  apiKeyId: string;
  name: string;
  scopes: Scope[];
  hint: string;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
};
type Problem = { code: string; detail: string; errors?: { pointer: string }[] };

const path = '/api/api-keys';

describe('API keys', () => {
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
  afterEach(() => mongo.collection('api_keys').deleteMany({}));

  const as = async <T = Problem>(login: Login, to: string, about: object = {}) =>
    exchange<T>(system.url, to, { cookie: await system.cookie(login), ...about });
  const using = (token: string, to: string, about: object = {}) =>
    exchange<Problem>(system.url, to, { token, ...about });
  const upload = { json: { filename: 'a.mp4', size: 1, type: 'video/mp4' } };

  async function make(
    scopes: Scope[],
    login: Login = 'demo',
    about: object = {},
  ): Promise<Key & { key: string }> {
    const json = { name: 'A key', scopes, ...about };
    const { status, body } = await as<Key & { key: string }>(login, path, { json });
    expect(status).to.equal(201);
    return body;
  }
  const list = async (login: Login = 'demo') =>
    (await as<{ items: Key[]; nextCursor: null }>(login, path)).body;

  it('are shown once, found by scanners, and stored as a hash', async () => {
    const json = { name: '  Nightly import ', scopes: ['upload', 'read', 'upload'] };
    const { status, headers, body } = await as<Key & { key: string }>('demo', path, { json });
    expect(status).to.equal(201);
    expect(headers.get('cache-control')).to.equal('no-store');
    const { key, ...rest } = body;
    expect(key).to.match(/^mrk_[0-9A-Za-z]{49}$/);
    expect(rest).to.deep.include({
      name: 'Nightly import',
      scopes: ['read', 'upload'],
      hint: key.slice(-4),
      expiresAt: null,
      lastUsedAt: null,
    });
    expect(await list()).to.deep.equal({ items: [rest], nextCursor: null });
    const one = await as<Key>('demo', headers.get('location') ?? '');
    expect(one.body).to.deep.equal(rest);
    const stored = JSON.stringify(await mongo.collection('api_keys').find().toArray());
    expect(stored).not.to.include(key.slice(4, 40));
    expect(stored).to.include(secretHash(key));
  });

  it('do what their scopes name, and nothing else', async () => {
    const reads = await make(['read']);
    const uploads = await make(['upload']);
    expect((await using(reads.key, '/api/auth/me')).status).to.equal(200);
    expect((await using(uploads.key, '/api/uploads', upload)).status).to.equal(201);
    const wrong = [await using(reads.key, '/api/uploads', upload), await using(uploads.key, '/api/auth/me')];
    expect(wrong.map(({ status, body }) => [status, body.code])).to.deep.equal([
      [403, 'forbidden'],
      [403, 'forbidden'],
    ]);
    expect(wrong[0]?.body.detail).to.include('upload');
  });

  it('cannot make, list or end keys, nor get tokens', async () => {
    const { key, apiKeyId } = await make(['read', 'upload', 'manage', 'admin'], 'admin');
    const answers = [
      await using(key, path, { json: { name: 'Another', scopes: ['read'] } }),
      await using(key, path),
      await using(key, `${path}/${apiKeyId}`),
      await using(key, `${path}/${apiKeyId}`, { method: 'DELETE' }),
      await using(key, '/api/auth/token', { form: { grant_type: 'urn:millrace:session' } }),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([403, 403, 403, 403, 403]);
    expect((await list('admin')).items).to.have.length(1);
  });

  it('are made with a token too, but by nobody who is not signed in', async () => {
    const form = { grant_type: 'urn:millrace:session' };
    const { body } = await as<{ access_token: string }>('demo', '/api/auth/token', { form });
    const json = { name: 'A key', scopes: ['read'] };
    expect((await using(body.access_token, path, { json })).status).to.equal(201);
    expect((await exchange(system.url, path, { json })).status).to.equal(401);
  });

  it('never exceed what their owner may do now', async () => {
    const refused = await as('demo', path, { json: { name: 'A key', scopes: ['admin'] } });
    expect([refused.status, refused.body.code]).to.deep.equal([403, 'forbidden']);
    const { key } = await make(['upload'], 'viewer');
    const { userId } = (await using((await make(['read'], 'viewer')).key, '/api/auth/me')).body as never;
    const users = mongo.collection<{ _id: string }>('users');
    const setRoles = (roles: string[]) => users.updateOne({ _id: userId }, { $set: { roles } });
    await setRoles(['viewer']);
    await until('refusal', async () => (await using(key, '/api/uploads', upload)).status === 403);
    await setRoles(['creator']);
    await until('permission', async () => (await using(key, '/api/uploads', upload)).status === 201);
    await users.updateOne({ _id: userId }, { $set: { status: 'suspended' } });
    await until(
      'suspension',
      async () => (await using(key, '/api/uploads', upload)).body.code === 'account_suspended',
    );
    await users.updateOne({ _id: userId }, { $set: { status: 'active' } });
  });

  it('end at a time that may be told with any offset', async () => {
    const { expiresAt, apiKeyId } = await make(['read'], 'demo', { expiresAt: '2096-07-01T14:00:00+02:00' });
    expect(expiresAt).to.equal('2096-07-01T12:00:00.000Z');
    await as('demo', `${path}/${apiKeyId}`, { method: 'DELETE' });
  });

  it('are refused at once when they are revoked, and when they end', async () => {
    const revoked = await make(['read']);
    expect((await using(revoked.key, '/api/auth/me')).status).to.equal(200);
    expect((await as('demo', `${path}/${revoked.apiKeyId}`, { method: 'DELETE' })).status).to.equal(204);
    expect((await using(revoked.key, '/api/auth/me')).body.code).to.equal('invalid_credential');
    expect((await as('demo', `${path}/${revoked.apiKeyId}`, { method: 'DELETE' })).status).to.equal(404);

    const ending = await make(['read'], 'demo', { expiresAt: new Date(Date.now() + 60_000).toISOString() });
    expect((await using(ending.key, '/api/auth/me')).status).to.equal(200);
    await backdate(system, 'api_keys', ending.apiKeyId, 'expiresAt', 1);
    const ended = await using(ending.key, '/api/auth/me');
    expect(ended.body.code).to.equal('invalid_credential');
    expect(ended.headers.get('www-authenticate')).to.match(/^Bearer error="invalid_token"/);
    expect((await list()).items.map(({ apiKeyId }) => apiKeyId)).to.deep.equal([ending.apiKeyId]);
  });

  it('are refused when they are made up, with a true checksum or without', async () => {
    const { key } = await make(['read']);
    const made = newMarkedSecret('mrk', [newSecretPart()]);
    for (const wrong of [made, key.slice(0, -1), `${key}0`, key.toLowerCase(), secretHash(key)]) {
      expect((await using(wrong, '/api/auth/me')).body.code, wrong).to.equal('invalid_credential');
    }
  });

  it('are nobody else’s to see or end, not even an administrator’s', async () => {
    const { apiKeyId } = await make(['read']);
    for (const login of ['viewer', 'admin'] as const) {
      expect((await list(login)).items).to.deep.equal([]);
      expect((await as(login, `${path}/${apiKeyId}`)).status).to.equal(404);
      expect((await as(login, `${path}/${apiKeyId}`, { method: 'DELETE' })).status).to.equal(404);
    }
    expect((await list()).items).to.have.length(1);
  });

  it('tell when they were used last, to the minute', async () => {
    const { key, apiKeyId } = await make(['read']);
    const lastUse = async () => (await list()).items[0]?.lastUsedAt ?? undefined;
    await using(key, '/api/auth/me');
    const first = await until('last use', lastUse);
    expect(Date.parse(first)).to.be.closeTo(Date.now(), 10_000);

    let writes = 0;
    const changes = mongo.collection('api_keys').watch([{ $match: { operationType: 'update' } }]);
    changes.on('change', () => {
      writes += 1;
    });
    await until('an open stream', async () => changes.resumeToken !== undefined);
    await Promise.all(Array.from({ length: 20 }, () => using(key, '/api/auth/me')));
    await backdate(system, 'api_keys', apiKeyId, 'lastUsedAt', 61);
    await Promise.all(Array.from({ length: 20 }, () => using(key, '/api/auth/me')));
    await until('a later use', async () => Date.parse((await lastUse()) ?? '') >= Date.parse(first));
    // What was written before this is seen before it.
    await backdate(system, 'api_keys', apiKeyId, 'createdAt', 1);
    await until('all changes', async () => writes >= 3);
    await changes.close();
    expect(writes, 'one of ours between the two that the test made').to.equal(3);
  });

  it('are fifty an account at most, also when they are made at the same moment', async () => {
    await Promise.all(Array.from({ length: 45 }, () => make(['read'])));
    const json = { name: 'One more', scopes: ['read'] };
    const answers = await Promise.all(Array.from({ length: 12 }, () => as('demo', path, { json })));
    expect(answers.filter(({ status }) => status === 201)).to.have.length(5);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(({ status, body }) => `${status} ${body.code}`))).to.deep.equal(
      new Set(['409 too_many_api_keys']),
    );
    const { items } = await list();
    expect(items).to.have.length(50);
    await as('demo', `${path}/${items[20]?.apiKeyId}`, { method: 'DELETE' });
    expect((await as('demo', path, { json })).status).to.equal(201);
  });

  it('are refused with what is wrong when they cannot be made so', async () => {
    const wrong: [object, string][] = [
      [{ scopes: ['read'] }, '/name'],
      [{ name: ' ', scopes: ['read'] }, '/name'],
      [{ name: 'A key', scopes: [] }, '/scopes'],
      [{ name: 'A key', scopes: ['everything'] }, '/scopes/0'],
      [{ name: 'A key', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
      [{ name: 'A key', scopes: ['read'], expiresAt: '9999-12-31T23:59:59-14:00' }, '/expiresAt'],
      [{ name: 'A key', scopes: ['read'], ownerId: 'a'.repeat(24) }, '/ownerId'],
      [{ name: { $gt: '' }, scopes: ['read'] }, '/name'],
    ];
    for (const [json, pointer] of wrong) {
      const { status, body } = await as('demo', path, { json });
      expect([status, body.code], pointer).to.deep.equal([400, 'invalid_request']);
      expect(body.errors?.map((one) => one.pointer)).to.deep.equal([pointer]);
    }
    expect((await list()).items).to.deep.equal([]);
  });
});
