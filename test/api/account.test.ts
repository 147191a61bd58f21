import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { createClient } from '../../scripts/client.ts';
import { signIn } from '../../scripts/sign-in.ts';
import type { Context } from '../../shared/context.ts';
import { settleAccount } from '../../shared/settle-account.ts';
import { refusal } from '../support/refusal.ts';
import { backdate, type System, startSystem, until } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';
import { type Person, personWith } from '../support/walk.ts';

type Account = { userId: string; displayName: string; status: string };
type Closing = { status: string; goneAfter: string; undo: string };

describe('my account', () => {
  let system: System;
  let mongo: Connection;

  before(async () => {
    system = await startSystem({ RATE_LIMITS: 'off', PURGE_GRACE_SECONDS: '1' });
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
  });
  after(async () => {
    await mongo?.close();
    await system?.stop();
  });

  const client = (person: Pick<Person, 'cookie'>) => createClient(system.url, person.cookie);
  const me = (person: Pick<Person, 'cookie'>) => client(person).call<Account>('GET', '/api/auth/me');
  const demo = async () => ({ cookie: await signIn(system.url, { login: 'demo', password: 'demo' }) });

  async function patch({ cookie }: Pick<Person, 'cookie'>, body: object, tag?: string | null) {
    const url = `${system.url}/api/auth/me`;
    const etag =
      tag === undefined ? (await fetch(url, { headers: { Cookie: cookie } })).headers.get('etag') : tag;
    const headers = {
      Cookie: cookie,
      'Content-Type': 'application/json',
      ...(etag ? { 'If-Match': etag } : {}),
    };
    const response = await fetch(url, { method: 'PATCH', headers, body: JSON.stringify(body) });
    const read = (await response.json()) as Account & { code?: string };
    return { status: response.status, etag: response.headers.get('etag'), body: read };
  }

  describe('changes its name', () => {
    it('with the ETag of what was read; later sign-ins keep the name', async () => {
      const person = await demo();
      expect((await patch(person, { displayName: 'A' }, null)).body).to.include({
        status: 428,
        code: 'if_match_needed',
      });
      expect((await patch(person, { displayName: 'A' }, '"a"')).body).to.include({
        code: 'changed_meanwhile',
      });
      const first = await patch(person, { displayName: '  A new name ' });
      expect(first).to.deep.include({ status: 200, body: await me(person) });
      expect(first.body.displayName).to.equal('A new name');
      expect((await patch(person, { displayName: 'Again' }, first.etag)).status).to.equal(200);
      expect((await patch(person, { displayName: 'Late' }, first.etag)).status).to.equal(412);
      expect((await me(await demo())).displayName).to.equal('Again');
    });

    it('once, when two change it at the same moment', async () => {
      const person = await personWith(['viewer'], system);
      const both = await Promise.all(['A', 'B'].map((displayName) => patch(person, { displayName }, '*')));
      const names = both.filter(({ status }) => status === 200).map(({ body }) => body.displayName);
      expect(
        both.map(({ status }) => status).filter((status) => status !== 200 && status !== 412),
      ).to.deep.equal([]);
      expect(names).to.include((await me(person)).displayName);
      const found = await system.context.db.users.find(person._id);
      expect(found?.revision).to.equal(1 + names.length);
    });

    for (const body of [
      {},
      { displayName: '' },
      { displayName: '   ' },
      { displayName: 'x'.repeat(101) },
      { displayName: { $ne: '' } },
      { displayName: 'A', roles: ['admin'] },
      { displayName: 'A', status: 'active', revision: 7, emailVerified: true },
    ]) {
      it(`not by ${JSON.stringify(body).slice(0, 60)}`, async () => {
        const person = await personWith(['viewer'], system);
        const before = await me(person);
        expect((await patch(person, body)).body).to.include({ status: 400, code: 'invalid_request' });
        expect(await me(person)).to.deep.equal(before);
      });
    }
  });

  describe('is deleted', () => {
    let person: { cookie: string };
    let owner: string;
    let videoId: string;
    let waiting: string;

    beforeEach(async () => {
      person = await demo();
      owner = (await me(person)).userId;
      videoId = await videoIn('ready', system, { ownerId: owner, title: 'Mine' });
      const asked = { filename: 'holiday.mp4', size: 5, type: 'video/mp4' } as const;
      waiting = (await client(person).requestUpload(asked)).uploadId;
    });
    const close = (by = person) => client(by).call<Closing>('DELETE', '/api/auth/me');
    const user = () => system.context.db.users.find(owner);
    const video = () => system.context.db.videos.find(videoId);
    const expire = () =>
      backdate(system, 'users', owner, 'closingSince', system.config.ACCOUNT_GRACE_SECONDS + 1);

    it('at once signed out everywhere, hidden from everyone, and says how to undo it', async () => {
      const elsewhere = await demo();
      const reply = await close();
      expect(reply.status).to.equal('closing');
      expect(reply.undo)
        .to.include(reply.goneAfter)
        .and.to.match(/^Sign in before/);
      const grace = system.config.ACCOUNT_GRACE_SECONDS * 1000;
      expect(new Date(reply.goneAfter).getTime()).to.be.closeTo(Date.now() + grace, 20_000);
      for (const one of [person, elsewhere]) {
        expect(await refusal(me(one))).to.include({ status: 401, code: 'not_signed_in' });
      }
      const admin = await personWith(['admin'], system);
      for (const asked of [system.anonymous, client(admin)]) {
        expect(await refusal(asked.video(videoId))).to.include({ status: 404 });
        expect(await refusal(asked.playback(videoId))).to.include({ status: 404 });
      }
      expect((await system.context.db.uploads.find(waiting))?.state).to.equal('cancelled');
      // A credential that is no session would still be valid.
      const secret = await system.context.db.sessions.start(owner, { seconds: 60 });
      const problem = await refusal(me({ cookie: `millrace_session=${secret}` }));
      expect(problem).to.include({ status: 403, code: 'account_closing' });
      expect(problem.detail).to.match(/Sign in to keep it/);
    });

    it('and comes back when its owner signs in within the grace', async () => {
      await close();
      const again = await demo();
      expect(await me(again)).to.include({ userId: owner, status: 'active' });
      expect(await system.anonymous.video(videoId)).to.include({ videoId });
      expect(await user()).to.include({ closingSince: null, settled: true });
    });

    it('and is gone after the grace, videos and personal data, and another sign-in is another account', async () => {
      await client(person).view(videoId, 'GB');
      await close();
      await expire();
      const worker = await system.startWorker();
      await until('end', async () => (await user())?.status === 'closed' && (await user())?.settled);
      expect((await video())?.state).to.equal('deleted');
      const left = () => mongo.collection('videos').countDocuments({ ownerId: owner, purgedAt: null });
      await until('purge', async () => (await left()) === 0, 30);
      await worker.stop();
      const stored = await Promise.all(
        ['users', 'videos', 'uploads', 'sessions', 'audit'].map((name) =>
          mongo
            .collection(name)
            .find({
              $or: [{ _id: owner as never }, { ownerId: owner }, { userId: owner }, { actorId: owner }],
            })
            .toArray(),
        ),
      );
      const text = JSON.stringify(stored);
      expect(text).to.include(owner);
      for (const word of ['Demo', 'demo@example.com', 'Again', 'holiday', 'Mine', 'oidc', '127.0.0.1:']) {
        expect(text, word).not.to.include(word);
      }
      expect(stored.at(-2), 'sessions').to.deep.equal([]);
      const again = await me(await demo());
      expect(again.userId).not.to.equal(owner);
      expect(await refusal(system.anonymous.video(videoId))).to.include({ status: 404 });
    });

    it('not before the grace is over, and not when it has come back just then', async () => {
      const { db } = system.context;
      await close();
      const due = () => db.accounts.due(new Date(Date.now() - system.config.ACCOUNT_GRACE_SECONDS * 1000), 9);
      expect(await due()).to.deep.equal([]);
      await expire();
      const [found] = await due();
      expect(found?._id).to.equal(owner);
      const again = await demo();
      if (found) await db.accounts.forget(found);
      expect(await user()).to.include({ status: 'active', displayName: 'Demo Creator' });
      // Deleted once more, it has another grace.
      await close(again);
      if (found) await db.accounts.forget(found);
      expect(await user()).to.include({ status: 'closing', displayName: 'Demo Creator' });
    });

    it('whole, wherever the one who does it is killed', async function () {
      this.timeout(120_000);
      const { db } = system.context;
      await close();
      await expire();
      const closing = await user();
      if (!closing) throw new Error('the account is gone');
      await db.accounts.forget(closing);
      // Dies before its first write, before its second, and so on, until it gets through.
      let writes = 0;
      for (let survived = 0; !(await user())?.settled; survived += 1) {
        await settleAccount(mortal(system.context, survived), owner).catch((error: Error) => {
          if (error.message !== 'killed') throw error;
        });
        writes = survived;
        if (survived > 50) throw new Error('it never ends');
      }
      expect(writes).to.be.at.least(4);
      expect((await video())?.state).to.equal('deleted');
      expect((await db.uploads.find(waiting))?.filename).to.equal('');
    });

    it('not when it is that of the last administrator', async () => {
      await mongo.collection('users').updateMany({}, { $pull: { roles: 'admin' } as never });
      const admin = await personWith(['admin'], system);
      expect(await refusal(close(admin))).to.include({ status: 409, code: 'last_admin' });
      await personWith(['admin'], system);
      expect((await close(admin)).status).to.equal('closing');
    });

    it('and cannot be changed by an administrator any more', async () => {
      await close();
      const admin = await personWith(['admin'], system);
      const response = await fetch(`${system.url}/api/users/${owner}`, {
        method: 'PATCH',
        headers: { Cookie: admin.cookie, 'Content-Type': 'application/json', 'If-Match': '*' },
        body: JSON.stringify({ status: 'active' }),
      });
      expect(response.status).to.equal(409);
      expect(await response.json()).to.include({ code: 'already_closing' });
      expect((await user())?.status).to.equal('closing');
    });
  });
});

/** The same means, whose database lets so many calls through and then is gone. */
function mortal(context: Context, calls: number): Context {
  let left = calls;
  const dying = <T extends object>(store: T): T =>
    new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...words: unknown[]) => {
          if (left === 0) return Promise.reject(new Error('killed'));
          left -= 1;
          return value.apply(target, words);
        };
      },
    });
  const { db } = context;
  return {
    ...context,
    db: {
      ...db,
      users: dying(db.users),
      accounts: dying(db.accounts),
      owned: dying(db.owned),
      sessions: dying(db.sessions),
      transaction: dying({ transaction: db.transaction }).transaction,
    },
  };
}
