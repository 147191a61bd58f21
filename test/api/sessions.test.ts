import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { createClient } from '../../scripts/client.ts';
import { sessionStore } from '../../shared/db/sessions.ts';
import { secretHash } from '../../shared/ids.ts';
import { refusal } from '../support/refusal.ts';
import { type System, startSystem, until } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';
import { Visitor } from '../support/visitor.ts';

type Shown = {
  sessionId: string;
  current: boolean;
  provider: string | null;
  userAgent: string | null;
  address: string | null;
  createdAt: string;
  lastSeenAt: string;
  expiresAt: string;
};
type Stored = { _id: string; lastSeenAt: Date; expiresAt: Date; endsAt: Date };

const signedOut = { status: 401, code: 'not_signed_in' };

describe('sessions with a short idle time', () => {
  it('go on as long as they are used', async () => {
    const system = await startSystem({ SESSION_IDLE_SECONDS: '3' });
    try {
      const cookie = await new Visitor().signIn(system.url, 'demo');
      for (let n = 0; n < 10; n += 1) {
        await createClient(system.url, cookie).call('GET', '/api/auth/me');
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    } finally {
      await system.stop();
    }
  });
});

describe('sessions', () => {
  let system: System;
  let mongo: Connection;

  before(async () => {
    system = await startSystem({ SESSION_TTL_SECONDS: '7200', SESSION_IDLE_SECONDS: '600' });
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
  });
  after(async () => {
    await mongo.close();
    await system.stop();
  });

  const signIn = (visitor = new Visitor(), login = 'demo') => visitor.signIn(system.url, login);
  const me = (cookie: string) =>
    createClient(system.url, cookie).call<{ userId: string }>('GET', '/api/auth/me');
  const list = async (cookie: string) =>
    (await createClient(system.url, cookie).call<{ items: Shown[] }>('GET', '/api/auth/sessions')).items;
  const end = (cookie: string, sessionId = '') =>
    createClient(system.url, cookie).call('DELETE', `/api/auth/sessions${sessionId && `/${sessionId}`}`);
  const stored = () => mongo.collection<Stored>('sessions');
  const idOf = (cookie: string) => secretHash(cookie.split('=')[1] ?? '');
  const setDates = (cookie: string, dates: Partial<Stored>) =>
    stored().updateOne({ _id: idOf(cookie) }, { $set: dates });
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);

  it('are listed for the person they are of, who can tell them apart', async () => {
    const phone = await signIn(new Visitor('Phone/1'));
    await signIn(new Visitor('Laptop/2'));
    const viewer = await signIn(new Visitor(), 'viewer');
    const items = await list(phone);
    const [first, second] = [items.find(({ current }) => current), items.find(({ current }) => !current)];
    expect(items).to.have.length(2);
    expect(first).to.include({ userAgent: 'Phone/1', address: '127.0.0.1', provider: 'default' });
    expect(second).to.include({ userAgent: 'Laptop/2' });
    expect(Date.parse(first?.expiresAt ?? '')).to.be.closeTo(Date.now() + 600_000, 10_000);
    expect(Object.keys(first ?? {})).to.have.members([
      ...['sessionId', 'current', 'provider', 'userAgent', 'address'],
      ...['createdAt', 'lastSeenAt', 'expiresAt'],
    ]);
    expect(JSON.stringify(items), 'nothing that opens one').not.to.include(idOf(phone));
    expect(await list(viewer)).to.have.length(1);
  });

  it('can be ended one by one, by their owner only', async () => {
    const phone = await signIn();
    const laptop = await signIn();
    const id = (await list(laptop)).find(({ current }) => current)?.sessionId ?? '';
    const viewer = await signIn(new Visitor(), 'viewer');
    const unknown = { status: 404, code: 'not_found' };
    expect(await refusal(end(viewer, id))).to.include(unknown);
    expect(await refusal(end(viewer, idOf(laptop)))).to.include(unknown);
    expect((await list(laptop)).length, 'it goes on').to.be.above(0);
    await end(phone, id);
    expect(await refusal(me(laptop))).to.include(signedOut);
    expect(await refusal(end(phone, id))).to.include(unknown);
    expect((await me(phone)).userId).to.be.a('string');
  });

  it('end but for the one that asks', async () => {
    const [phone, laptop, tablet] = [await signIn(), await signIn(), await signIn()];
    const viewer = await signIn(new Visitor(), 'viewer');
    await end(tablet);
    for (const ended of [phone, laptop]) expect(await refusal(me(ended))).to.include(signedOut);
    expect((await list(tablet)).map(({ current }) => current)).to.deep.equal([true]);
    expect((await me(viewer)).userId).to.be.a('string');
  });

  it('show what is private for a moment more at most once they have ended', async () => {
    const [phone, laptop] = [await signIn(), await signIn()];
    const videoId = await videoIn('ready', system, {
      visibility: 'private',
      ownerId: (await me(phone)).userId,
    });
    const read = () => createClient(system.url, phone).call('GET', `/api/videos/${videoId}`);
    await read();
    await end(laptop);
    expect(await refusal(me(phone))).to.include(signedOut);
    const isGone = () =>
      read().then(
        () => false,
        (error) => error.problem.code === 'not_found',
      );
    await until('end of what a session shows', isGone, 5);
  });

  it('take their cookie with them when a browser ends its own', async () => {
    const visitor = new Visitor();
    const cookie = await signIn(visitor);
    const id = (await list(cookie)).find(({ current }) => current)?.sessionId;
    const url = new URL(`/api/auth/sessions/${id}`, system.url);
    const reply = await fetch(url, { method: 'DELETE', headers: { cookie } });
    expect(reply.status).to.equal(204);
    visitor.jar.store(url, reply);
    expect(visitor.jar.header(url)).to.equal('');
  });

  it('are of no use to who has planted one: signing in gives another and ends it', async () => {
    const attacker = new Visitor();
    const planted = await signIn(attacker, 'viewer');
    const victim = new Visitor();
    const [name, value] = planted.split('=');
    victim.jar.store(
      new URL(system.url),
      new Response(null, { headers: { 'set-cookie': `${name}=${value}; Path=/` } }),
    );
    const cookie = await signIn(victim);
    expect(cookie).not.to.equal(planted);
    expect(await refusal(me(planted))).to.include(signedOut);
    const made = new Visitor();
    made.jar.store(
      new URL(system.url),
      new Response(null, { headers: { 'set-cookie': `${name}=${'x'.repeat(43)}; Path=/` } }),
    );
    expect(await signIn(made)).not.to.include('xxx');
    expect(await refusal(me(`${name}=${'x'.repeat(43)}`))).to.include(signedOut);
  });

  it('end when they are not used, before the database has removed them', async () => {
    const cookie = await signIn();
    await setDates(cookie, { expiresAt: inSeconds(-1) });
    expect(await refusal(me(cookie))).to.include(signedOut);
  });

  it('go on as long as they are used, noted once a minute and not with each request', async () => {
    const cookie = await signIn();
    const _id = idOf(cookie);
    await setDates(cookie, { lastSeenAt: inSeconds(-50) });
    const before = await stored().findOne({ _id });
    await me(cookie);
    await me(cookie);
    expect(await stored().findOne({ _id }), 'less than a minute ago').to.deep.equal(before);

    await setDates(cookie, { lastSeenAt: inSeconds(-61), expiresAt: inSeconds(5) });
    await Promise.all([me(cookie), me(cookie), me(cookie)]);
    const noted = await until('note of the use', async () => {
      const found = await stored().findOne({ _id });
      return found && found.lastSeenAt > inSeconds(-30) ? found : undefined;
    });
    expect(noted.expiresAt.getTime()).to.be.closeTo(inSeconds(600).getTime(), 5000);
  });

  it('end after their whole time however much they are used', async () => {
    const cookie = await signIn();
    const _id = idOf(cookie);
    expect((await stored().findOne({ _id }))?.endsAt.getTime()).to.be.closeTo(
      inSeconds(7200).getTime(),
      10_000,
    );
    await setDates(cookie, { lastSeenAt: inSeconds(-61), endsAt: inSeconds(100) });
    await me(cookie);
    const last = await until('note of the use', async () => {
      const found = await stored().findOne({ _id });
      return found && found.lastSeenAt > inSeconds(-30) ? found : undefined;
    });
    expect(last.expiresAt, 'the last use brings nothing').to.deep.equal(last.endsAt);
    await setDates(cookie, { endsAt: inSeconds(-1) });
    expect(await refusal(me(cookie))).to.include(signedOut);
  });

  it('do not count while their account is suspended or being deleted', async () => {
    const cookie = await signIn(new Visitor(), 'viewer');
    const { userId } = await me(cookie);
    const users = mongo.collection<{ _id: string }>('users');
    const set = (status: string) => users.updateOne({ _id: userId }, { $set: { status } });
    try {
      for (const [status, code] of [
        ['suspended', 'account_suspended'],
        ['closing', 'account_closing'],
      ] as const) {
        await set(status);
        expect(await refusal(me(cookie)), status).to.include({ status: 403, code });
        if (status === 'closing') continue;
        const visitor = new Visitor();
        const callback = await visitor.authorize(system.url, 'viewer');
        const reply = await visitor.visit(callback);
        expect(reply.status).to.equal(403);
        expect(await reply.json()).to.include({ code });
        expect(visitor.jar.header(callback)).not.to.include('millrace_session');
      }
    } finally {
      await set('active');
    }
    expect(await me(cookie)).to.include({ userId });
  });

  it('are found with their account by one question', async () => {
    const cookie = await signIn();
    const asked: string[] = [];
    const connection = await createConnection(system.config.MONGO_URL, {
      monitorCommands: true,
      autoCreate: false,
      autoIndex: false,
    }).asPromise();
    const store = sessionStore(connection);
    connection.getClient().on('commandStarted', ({ commandName }) => asked.push(commandName));
    const found = await store.find(cookie.split('=')[1] ?? '');
    await connection.close();
    expect(found?.user).to.include({ displayName: 'Demo Creator' });
    expect(found?.session).not.to.have.property('idToken');
    expect(asked.filter((name) => name !== 'endSessions')).to.deep.equal(['aggregate']);
  });
});
