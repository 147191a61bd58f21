import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { createClient } from '../../scripts/client.ts';
import type { Role } from '../../shared/contracts/account.ts';
import { newId } from '../../shared/ids.ts';
import { settleAccount } from '../../shared/settle-account.ts';
import { refusal } from '../support/refusal.ts';
import { type System, startSystem, until } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';
import { type Person, personWith } from '../support/walk.ts';

type UserReply = {
  userId: string;
  displayName: string;
  roles: Role[];
  status: string;
  statusReason: string | null;
};
type Page = { items: UserReply[]; total: number; page: number; perPage: number };

describe('accounts, for administrators,', () => {
  let system: System;
  let mongo: Connection;
  let admin: Person;

  before(async () => {
    system = await startSystem({ RATE_LIMITS: 'off' });
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
  });
  beforeEach(async () => {
    await mongo.collection('users').deleteMany({});
    admin = await personWith(['admin'], system);
  });
  after(async () => {
    await mongo?.close();
    await system?.stop();
  });

  const client = (person: Person) => createClient(system.url, person.cookie);
  const find = (query: string) => client(admin).call<Page>('GET', `/api/users${query}`);
  const user = async (id: string) => system.context.db.users.find(id);
  const setAccount = (person: Person, set: object) =>
    mongo.collection<{ _id: string }>('users').updateOne({ _id: person._id }, { $set: set });

  async function etagOf(person: Person, by = admin): Promise<string> {
    const response = await fetch(`${system.url}/api/users/${person._id}`, { headers: { Cookie: by.cookie } });
    return response.headers.get('etag') ?? '';
  }
  async function patch(person: Person, body: object, etag?: string | null, by = admin) {
    const tag = etag === undefined ? await etagOf(person, by) : etag;
    const response = await fetch(`${system.url}/api/users/${person._id}`, {
      method: 'PATCH',
      headers: {
        Cookie: by.cookie,
        'Content-Type': 'application/json',
        ...(tag === null ? {} : { 'If-Match': tag }),
      },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      etag: response.headers.get('etag'),
      body: (await response.json()) as UserReply & { code?: string },
    };
  }

  describe('are found', () => {
    const names = ['Ada Lovelace', 'adam', 'Bob', '.*', 'Émile', 'a$b'];
    let people: Person[];
    beforeEach(async () => {
      people = [];
      for (const displayName of names) {
        const person = await personWith([displayName === 'Bob' ? 'moderator' : 'creator'], system);
        await setAccount(person, { displayName, email: `${displayName.length}@${displayName}.example` });
        people.push(person);
      }
      await setAccount(admin, { email: null, displayName: 'Zoe' });
    });
    const found = async (query: string) => (await find(query)).items.map(({ displayName }) => displayName);

    for (const [query, expected] of [
      ['?q=ada', ['adam', 'Ada Lovelace']],
      ['?q=ADAM', ['adam']],
      ['?q=lovelace', []],
      ['?q=3@bob', ['Bob']],
      ['?q=.*', ['.*']],
      ['?q=.', ['.*']],
      ['?q=%C3%A9m', ['Émile']],
      ['?q=a%24', ['a$b']],
      ['?q=%24ne', []],
      ['?role=moderator', ['Bob']],
      ['?role=admin&q=z', ['Zoe']],
      ['?status=suspended', []],
    ] as const) {
      it(`by ${query}`, async () => {
        expect(await found(query)).to.deep.equal(expected);
      });
    }

    it('page by page, with how many there are in all', async () => {
      const first = await find('?perPage=3');
      expect(first).to.include({ total: 7, page: 1, perPage: 3 });
      const all = [
        ...first.items,
        ...(await find('?perPage=3&page=2')).items,
        ...(await find('?perPage=3&page=3')).items,
      ];
      const ids = [...people.map(({ _id }) => _id).reverse(), admin._id];
      expect(all.map(({ userId }) => userId)).to.deep.equal(ids);
      expect(await find('?perPage=3&page=4')).to.deep.equal({ items: [], total: 7, page: 4, perPage: 3 });
      expect((await find('?page=100&perPage=100')).items).to.deep.equal([]);
      expect((await find('?page=10000&perPage=1')).items).to.deep.equal([]);
      expect(await find('?q=ada&perPage=1')).to.include({ total: 2 });
    });

    for (const [query, pointer] of [
      ['?page=0', 'page'],
      ['?perPage=101', 'perPage'],
      ['?page=501', 'page'],
      ['?page=101&perPage=100', 'page'],
      ['?page=10001&perPage=1', 'page'],
      ['?role=king', 'role'],
      ['?status=gone', 'status'],
      ['?q=', 'q'],
      ['?q[$ne]=1', 'q[$ne]'],
      ['?q=a&q=b', 'q'],
    ] as const) {
      it(`not by ${query}`, async () => {
        const problem = await refusal(find(query));
        expect(problem).to.include({ status: 400, code: 'invalid_request' });
        expect(problem.errors?.map((one) => one.pointer)).to.deep.equal([pointer]);
      });
    }
  });

  describe('are changed', () => {
    it('with the ETag of what was read, and by one of two at once', async () => {
      const person = await personWith(['creator'], system);
      expect((await patch(person, { roles: ['viewer'] }, null)).body.code).to.equal('if_match_needed');
      expect((await patch(person, { roles: ['viewer'] }, '"other"')).status).to.equal(412);
      expect((await user(person._id))?.roles).to.deep.equal(['creator']);
      const etag = await etagOf(person);
      const both = await Promise.all([
        patch(person, { roles: ['viewer'] }, etag),
        patch(person, { roles: ['moderator', 'creator'] }, etag),
      ]);
      expect(both.map(({ status }) => status).sort()).to.deep.equal([200, 412]);
      const done = both.find(({ status }) => status === 200);
      expect(done?.etag).to.equal(await etagOf(person));
      expect(done?.body.roles).to.deep.equal((await user(person._id))?.roles);
    });

    it('in roles that later sign-ins leave as they are', async () => {
      const person = await personWith(['creator'], system);
      await patch(person, { roles: ['moderator', 'creator'] });
      const { issuer, subject, displayName, email, emailVerified } = person;
      const claimed = { issuer, subject, displayName, email, emailVerified, roles: ['admin' as const] };
      expect((await system.context.db.users.signedIn(claimed)).roles).to.deep.equal(['creator', 'moderator']);
      const other = await personWith(['creator'], system);
      const promoted = await system.context.db.users.signedIn({ ...claimed, subject: other.subject });
      expect(promoted).to.deep.include({ _id: other._id, roles: ['admin'] });
    });

    for (const [words, body] of [
      ['nothing', {}],
      ['no roles', { roles: [] }],
      ['an unknown role', { roles: ['king'] }],
      ['a role twice', { roles: ['admin', 'admin'] }],
      ['a status that only its owner gives', { status: 'closing' }],
      ['a reason for nothing', { roles: ['viewer'], reason: 'Because.' }],
      ['a field that is not theirs to set', { status: 'active', email: 'a@b.example' }],
      ['an operator', { roles: { $ne: 'a' } }],
    ] as const) {
      it(`not to ${words}`, async () => {
        const person = await personWith(['creator'], system);
        expect((await patch(person, body)).body).to.include({ status: 400, code: 'invalid_request' });
        expect(await user(person._id)).to.deep.include({ roles: ['creator'], status: 'active', revision: 1 });
      });
    }

    it('never so that no administrator is left', async () => {
      expect((await patch(admin, { roles: ['creator'] })).body).to.include({
        status: 409,
        code: 'last_admin',
      });
      expect((await patch(admin, { status: 'suspended' })).body).to.include({ code: 'own_account' });
      const second = await personWith(['admin'], system);
      await patch(second, { status: 'suspended' });
      expect((await patch(admin, { roles: ['creator'] })).body.code, 'a suspended one').to.equal(
        'last_admin',
      );
      await patch(second, { status: 'active' });
      expect((await patch(admin, { roles: ['creator'] })).status).to.equal(200);
      expect((await user(admin._id))?.roles).to.deep.equal(['creator']);
    });

    it('never so that two administrators who dismiss each other at once both succeed', async () => {
      for (let round = 0; round < 5; round += 1) {
        await mongo.collection('users').deleteMany({});
        const [one, two] = [await personWith(['admin'], system), await personWith(['admin'], system)];
        const [ofOne, ofTwo] = [await etagOf(one, two), await etagOf(two, one)];
        const both = await Promise.all([
          patch(one, { roles: ['creator'] }, ofOne, two),
          patch(two, { roles: ['creator'] }, ofTwo, one),
        ]);
        expect(both.filter(({ status }) => status === 200)).to.have.length(1);
        expect(await mongo.collection('users').countDocuments({ roles: 'admin' })).to.equal(1);
      }
    });
  });

  describe('are suspended:', () => {
    let owner: Person;
    let videoId: string;
    let ticket: { uploadId: string; videoId: string };

    beforeEach(async () => {
      owner = await personWith(['creator'], system);
      videoId = await videoIn('ready', system, { ownerId: owner._id });
      ticket = await client(owner).requestUpload({ filename: 'a.mp4', size: 5, type: 'video/mp4' });
    });
    const listed = async (person?: Person) => {
      const asked = person ? client(person) : system.anonymous;
      const { items } = await asked.call<{ items: { videoId: string }[] }>('GET', '/api/videos?limit=100');
      return items.some((item) => item.videoId === videoId);
    };
    const rank = () => {
      const counted = { score: 1, views: 1, likes: 0, comments: 0 };
      const ranked = [{ videoId, rank: 1, formerRank: null, basis: 'region' as const, ...counted }];
      const ranking = { region: 'GB', category: '', halfLifeHours: 6, ranked };
      return system.context.db.rankings.save(newId(), [ranking], new Date(), new Date());
    };
    const trends = async () =>
      (await system.anonymous.trending('GB')).videos.some((video) => video.videoId === videoId);

    it('every credential is refused at once, with a sentence, and works again afterwards', async () => {
      await patch(owner, { status: 'suspended', reason: 'Spam.' });
      const problem = await refusal(client(owner).call('GET', '/api/auth/me'));
      expect(problem).to.include({ status: 403, code: 'account_suspended' });
      expect(problem.detail)
        .to.match(/suspended/)
        .and.not.match(/Spam/);
      expect(await refusal(client(owner).video(videoId))).to.include({ code: 'account_suspended' });
      await client(owner).call('POST', '/api/auth/logout');
      const again = await personWith(['creator'], system);
      await patch(again, { status: 'suspended' });
      await patch(again, { status: 'active' });
      expect(await client(again).call('GET', '/api/auth/me')).to.include({ status: 'active' });
    });

    it('nobody but overseers sees or plays its videos, until it is let back', async () => {
      await rank();
      expect([await listed(), await trends()]).to.deep.equal([true, true]);
      await patch(owner, { status: 'suspended' });
      const viewer = await personWith(['viewer'], system);
      const moderator = await personWith(['moderator'], system);
      for (const path of ['', '/playback', '/hls/g1/master.m3u8', '/poster.jpg']) {
        const asked = client(viewer).call('GET', `/api/videos/${videoId}${path}`);
        expect(await refusal(asked)).to.include({ status: 404, code: 'not_found' });
      }
      expect(await refusal(client(viewer).view(videoId, 'GB'))).to.include({ status: 404 });
      expect(await client(moderator).playback(videoId)).to.include({ videoId });
      expect([await listed(), await listed(viewer), await listed(moderator)]).to.deep.equal([
        false,
        false,
        false,
      ]);
      await until('its end in the trending list', async () => !(await trends()), 5);
      await patch(owner, { status: 'active' });
      expect(await client(viewer).playback(videoId)).to.include({ videoId });
      expect(await listed(viewer)).to.equal(true);
      await until('its place in the trending list', trends, 5);
    });

    it('its unfinished uploads end', async () => {
      await patch(owner, { status: 'suspended' });
      expect((await system.context.db.uploads.find(ticket.uploadId))?.state).to.equal('cancelled');
      expect((await system.context.db.videos.find(ticket.videoId))?.state).to.equal('deleted');
      await patch(owner, { status: 'active' });
      expect(await refusal(client(owner).complete(ticket.uploadId))).to.include({ code: 'upload_closed' });
    });

    it('a sweep does what an api that was killed had not done', async () => {
      const { db } = system.context;
      const found = await db.users.find(owner._id);
      if (!found) throw new Error('the account is gone');
      await db.transaction((session) => db.accounts.change(found, { status: 'suspended' }, session));
      expect(await listed(), 'not done yet').to.equal(true);
      await system.startWorker();
      await until('end', async () => (await user(owner._id))?.settled);
      expect(await listed()).to.equal(false);
      expect((await db.uploads.find(ticket.uploadId))?.state).to.equal('cancelled');
    });

    it('who is late with an older status changes nothing', async () => {
      const { db } = system.context;
      await patch(owner, { status: 'suspended' });
      const late = await db.users.find(owner._id);
      await patch(owner, { status: 'active' });
      if (!late) throw new Error('the account is gone');
      await db.owned.setStatus(late);
      expect(await db.accounts.settled(late)).to.equal(false);
      await settleAccount(system.context, owner._id);
      expect(await listed()).to.equal(true);
    });

    it('signing in is refused too', async () => {
      const cookie = await system.cookie('demo');
      const { userId } = await createClient(system.url, cookie).call<{ userId: string }>(
        'GET',
        '/api/auth/me',
      );
      const found = (await user(userId)) as Person;
      await patch(found, { status: 'suspended' });
      const { signIn } = await import('../../scripts/sign-in.ts');
      const failed = await signIn(system.url, { login: 'demo', password: 'demo' }).catch(
        (error: Error) => error,
      );
      expect(String(failed)).to.match(/ended at .*\/api\/auth\/callback with 403/);
    });
  });
});
