import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { createClient, type Problem } from '../../scripts/client.ts';
import { signIn } from '../../scripts/sign-in.ts';
import { sendFile } from '../../shared/client/send-file.ts';
import { clip } from '../support/clips.ts';
import { cookieOf, goodPassword, newAddress, post } from '../support/local-accounts.ts';
import { type Mailbox, startMailbox, tokenIn } from '../support/mailbox.ts';
import { type OwnProcess, startApiProcess, startWorkerProcess } from '../support/processes.ts';
import { type System, startSystem, until } from '../support/system.ts';

/** Every key with all that is in it. */
async function wholeRedis(redis: Redis, prefix: string): Promise<string> {
  const found: unknown[] = [];
  for (const key of await redis.keys(`*${prefix}*`)) {
    const read: Record<string, () => Promise<unknown>> = {
      string: () => redis.get(key),
      hash: () => redis.hgetall(key),
      list: () => redis.lrange(key, 0, -1),
      set: () => redis.smembers(key),
      zset: () => redis.zrange(key, '0', '-1'),
      stream: () => redis.xrange(key, '-', '+'),
    };
    const type = await redis.type(key);
    // It may be gone by now; a type that is not read here must not go unnoticed.
    if (type === 'none') continue;
    const value = read[type];
    if (!value) throw new Error(`${key} is a ${type}, which this does not read.`);
    found.push([key, await value()]);
  }
  return JSON.stringify(found);
}

describe('secrets', () => {
  let system: System;
  let api: OwnProcess;
  let worker: OwnProcess;
  let mailbox: Mailbox;
  let secrets: [string, string][];
  let givenAway: [string, string][];
  const refused: string[] = [];

  before(async () => {
    mailbox = await startMailbox();
    const mail = { SMTP_URL: mailbox.url, MAIL_FROM: 'no-reply@millrace.example', LOCAL_ACCOUNTS: 'true' };
    system = await startSystem({ RATE_LIMITS: 'rest=100000/60', ...mail });
    const env = { ...system.env, LOG_LEVEL: 'trace' };
    [api, worker] = await Promise.all([startApiProcess(env), startWorkerProcess(env)]);

    const cookie = await signIn(api.url, { login: 'demo', password: 'demo' });
    const client = createClient(api.url, cookie);
    const path = await clip(2);
    const ticket = await client.uploadFile(path);
    await client.follow(ticket.videoId, ({ state }) => state === 'ready' || state === 'failed');
    const { playlist } = await client.playback(ticket.videoId);
    const read = async (address: string) => (await fetch(address, { headers: { Cookie: cookie } })).text();
    const master = await read(playlist);
    const [rendition = ''] = master.split('\n').filter((line) => line && !line.startsWith('#'));
    const media = await read(new URL(rendition, playlist).href);
    const [segment = ''] = media.split('\n').filter((line) => line.startsWith('http'));
    expect((await fetch(segment)).status).to.equal(200);
    await client.view(ticket.videoId, 'GB');

    const [email, password] = [newAddress(), goodPassword];
    const tell = (path: string, body: object) => post(api.url, path, body);
    expect((await tell('/api/auth/register', { email, password, displayName: 'Ada' })).status).to.equal(202);
    const token = tokenIn(await mailbox.letterTo(email));
    expect((await tell('/api/auth/email/verify', { token, password })).status).to.equal(204);
    const signedIn = await tell('/api/auth/login', { email, password });
    expect(signedIn.status).to.equal(200);

    const wrong = 'wrong-secret-of-somebody-0123456789abcdef';
    const ask = async (path: string, headers: Record<string, string>, init: RequestInit = {}) => {
      const reply = await fetch(`${api.url}${path}`, { ...init, headers });
      refused.push(await reply.text());
      expect(reply.status, path).to.be.within(400, 499);
    };
    await ask('/api/auth/me', { Authorization: `Bearer ${wrong}` });
    await ask('/api/auth/me', { Cookie: `millrace_session=${wrong}` });
    await ask(`/api/auth/callback?code=${wrong}&state=${wrong}`, {});
    const json = { 'Content-Type': 'application/json' };
    const login = JSON.stringify({ email, password: wrong });
    await ask('/api/auth/login', json, { method: 'POST', body: login });
    // A ticket that the store does not take, as it has been used: what fails then may not show the address.
    await sendFile(ticket, path).catch(() => {});

    const signatureOf = (address: string) => new URL(address).searchParams.get('X-Amz-Signature') ?? '';
    const { SECRET_KEY, S3_SECRET_ACCESS_KEY, OIDC_CLIENT_SECRET } = system.config;
    givenAway = Object.entries({
      SECRET_KEY,
      S3_SECRET_ACCESS_KEY,
      OIDC_CLIENT_SECRET: OIDC_CLIENT_SECRET ?? '',
    });
    secrets = [
      ...givenAway,
      ['the session', cookie.split('=')[1] ?? ''],
      ['the session of a password', cookieOf(signedIn).split('=')[1] ?? ''],
      ['the password', password],
      ['the token in the letter', token],
      ['the wrong secret', wrong],
      ['the signature of the ticket', signatureOf(ticket.url)],
      ['the signature of a segment', signatureOf(segment)],
    ];
    await fetch(`${api.url}/the/end`);
    await until('the last line', async () => api.log().includes('"path":"/the/end"'));
    refused.push(master);
  });
  after(async () => {
    await Promise.all([api?.stop(), worker?.stop()]);
    await system?.stop();
    await mailbox?.stop();
  });

  const within = (text: string, among: [string, string][]) =>
    among.filter(([, secret]) => text.includes(secret)).map(([name]) => name);

  it('are long enough to be looked for', () => {
    for (const [name, secret] of secrets) expect(secret.length, name).to.be.above(10);
  });

  it('are in no log, however much is logged', () => {
    expect(api.log()).to.include('"path":"/api/auth/me"').and.to.include('"level":"debug"');
    expect(worker.log()).to.include('"level":"info"');
    expect(within(api.log(), secrets)).to.deep.equal([]);
    expect(within(worker.log(), secrets)).to.deep.equal([]);
    expect(`${api.log()}${worker.log()}`).not.to.match(/X-Amz-Signature/i);
  });

  it('are nowhere in Redis', async () => {
    const text = await wholeRedis(system.context.redis, system.config.REDIS_PREFIX);
    expect(text).to.include(system.config.REDIS_PREFIX);
    expect(within(text, secrets)).to.deep.equal([]);
    expect(text).not.to.match(/X-Amz-Signature/i);
  });

  it('are in no reply that refuses', () => {
    for (const text of refused) expect(within(text, secrets), text).to.deep.equal([]);
    const problems = refused
      .filter((text) => text.startsWith('{'))
      .map((text) => JSON.parse(text) as Problem);
    expect(problems).to.have.length(4);
  });
});
