import { expect } from 'chai';
import { settleAccount } from '../../shared/settle-account.ts';
import { type PersonReply, peopleOf } from '../support/people.ts';
import { type System, startSystem } from '../support/system.ts';
import type { Person as Account } from '../support/walk.ts';

type Page = {
  items: PersonReply[];
  nextCursor: string | null;
  code: string;
  errors: { pointer: string }[];
};

describe('people', () => {
  let system: System;
  let of: ReturnType<typeof peopleOf>;
  let creator: Account;
  let other: Account;
  let moderator: Account;

  before(async () => {
    system = await startSystem();
    of = peopleOf(system);
    creator = await of.account('creator');
    other = await of.account('creator');
    moderator = await of.account('moderator');
  });
  after(() => system.stop());

  const search = (query: string) => of.send<Page>('GET', `/api/people?${query}`);
  const patch = (id: string, by: Account, body: object, ifMatch = '*') =>
    of.send<PersonReply>('PATCH', `/api/people/${id}`, by, body, { 'If-Match': ifMatch });
  const remove = (id: string, by: Account) => of.send<PersonReply>('DELETE', `/api/people/${id}`, by);

  it('are added by creators, and read by all', async () => {
    const made = await of.send<PersonReply>('POST', '/api/people', creator, {
      name: '  Lotte  ',
      biography: 'She cut <b>paper</b>.',
    });
    expect(made.status).to.equal(201);
    expect(made.headers.get('location')).to.equal(`/api/people/${made.body.personId}`);
    expect(made.body).to.include({ name: 'Lotte', biography: 'She cut <b>paper</b>.', pictureUrl: null });
    expect(made.body).to.include({ createdBy: creator._id, revision: 1 });
    const read = await of.person(made.body.personId);
    expect([read.status, read.body]).to.deep.equal([200, made.body]);
    expect(read.headers.get('etag')).to.match(/^"r1\./);
    const viewer = await of.account('viewer');
    expect((await of.send('POST', '/api/people', viewer, { name: 'X' })).status).to.equal(403);
    expect((await of.send('POST', '/api/people', undefined, { name: 'X' })).status).to.equal(401);
  });

  it('have names that can be read, and biographies that end', async () => {
    for (const [body, pointer] of [
      [{}, '/name'],
      [{ name: '' }, '/name'],
      [{ name: '  ' }, '/name'],
      [{ name: '…!' }, '/name'],
      [{ name: 'x'.repeat(201) }, '/name'],
      [{ name: 7 }, '/name'],
      [{ name: 'A', biography: 'x'.repeat(5001) }, '/biography'],
      [{ name: 'A', createdBy: other._id }, '/createdBy'],
    ] as const) {
      const { status, body: problem } = await of.send<PersonReply>('POST', '/api/people', creator, body);
      expect([status, problem.code], JSON.stringify(body).slice(0, 60)).to.deep.equal([
        400,
        'invalid_request',
      ]);
      expect(problem.errors?.map((one) => one.pointer)).to.deep.equal([pointer]);
    }
    for (const name of ['x'.repeat(200), '李小龍', '50 Cent']) {
      expect((await of.send('POST', '/api/people', creator, { name })).status, name).to.equal(201);
    }
  });

  it('are found by how their name begins, whatever the case and the accents', async () => {
    const names = ['Zoë Ångström', 'ZOE ANGSTROM', 'zoé angster', 'Zoo', 'Łukasz Żal', 'Ømar', '$where .*'];
    for (const name of names) await of.addPerson(creator, name);
    const found = async (q: string) =>
      (await search(`q=${encodeURIComponent(q)}`)).body.items.map(({ name }) => name);
    expect(await found('zoe ang')).to.have.members(names.slice(0, 3));
    expect(await found('ZOÉ ÅNGSTR')).to.have.members(names.slice(0, 2));
    expect(await found('zo')).to.have.members(names.slice(0, 4));
    expect((await found('zo'))[0], 'in the order of names').to.equal('zoé angster');
    expect(await found('lukasz')).to.deep.equal(['Łukasz Żal']);
    expect(await found('OMAR')).to.deep.equal(['Ømar']);
    expect(await found('$where .')).to.deep.equal(['$where .*']);
    expect(await found('.*')).to.deep.equal([]);
    expect((await search('q=')).body.errors[0]?.pointer).to.equal('q');
    expect((await search(`q=${'x'.repeat(201)}`)).status).to.equal(400);
    expect((await search('q[$gt]=')).status).to.equal(400);
  });

  it('may have one name: both are listed, and told apart by what is said of them', async () => {
    const first = await of.addPerson(creator, 'Steve McQueen', 'An actor, born in 1930.');
    const second = await of.addPerson(other, 'Steve McQueen', 'A director, born in 1969.');
    const { items } = (await search('q=steve+mcqueen')).body;
    expect(items.map(({ personId }) => personId)).to.have.members([first, second]);
    expect(new Set(items.map(({ biography }) => biography)).size).to.equal(2);
  });

  it('come page by page, though all have the same name but for case and accents', async () => {
    const ids: string[] = [];
    for (const name of ['Pagé', 'page', 'PAGE', 'Page', 'pâge']) ids.push(await of.addPerson(creator, name));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Page = (await search(`q=page&limit=2${cursor ? `&cursor=${cursor}` : ''}`)).body;
      seen.push(...page.items.map(({ personId }) => personId));
      cursor = page.nextCursor;
    }
    expect([...seen].sort()).to.deep.equal(ids.sort());
    const next = (await search('q=page&limit=2')).body.nextCursor;
    expect((await search(`q=pag&limit=2&cursor=${next}`)).status, 'of another list').to.equal(400);
  });

  it('are changed by who has added them and by moderators, on the revision that was read', async () => {
    const id = await of.addPerson(creator, 'Old');
    expect((await patch(id, other, { name: 'New' })).status).to.equal(403);
    const etag = (await of.person(id)).headers.get('etag') ?? '';
    const changed = await patch(id, creator, { name: 'New' }, etag);
    expect([changed.status, changed.body.name, changed.body.revision]).to.deep.equal([200, 'New', 2]);
    expect((await patch(id, creator, { name: 'Late' }, etag)).body.code).to.equal('changed_meanwhile');
    const unsaid = await of.send<PersonReply>('PATCH', `/api/people/${id}`, creator, { name: 'x' });
    expect(unsaid.body.code).to.equal('if_match_needed');
    expect((await patch(id, creator, {})).status).to.equal(400);
    expect((await patch(id, creator, { name: null })).status).to.equal(400);
    expect((await patch(of.nobody, creator, { name: 'x' })).status).to.equal(404);
    expect(await of.audit({ personId: id }), 'one’s own').to.deep.equal([]);
    expect((await patch(id, moderator, { biography: 'Secret.' })).status).to.equal(200);
    const [entry] = await of.audit({ personId: id });
    expect(entry).to.deep.include({ action: 'person.change', changes: { biography: null } });
  });

  it('let exactly one of many win who change them at the same moment', async () => {
    const id = await of.addPerson(creator, 'Many');
    const names = Array.from({ length: 8 }, (_, n) => `Many ${n}`);
    const answers = await Promise.all(names.map((name) => patch(id, creator, { name }, '"r1"')));
    expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
    expect(answers.filter(({ status }) => status === 412)).to.have.length(7);
    expect((await of.person(id)).body.revision).to.equal(2);
  });

  it('are removed with their credits, but not while videos of others name them', async () => {
    const id = await of.addPerson(creator, 'Removable');
    const [own, foreign] = [await of.video(creator), await of.video(other)];
    await of.putCredits(own, creator, [{ personId: id, role: 'actor' }]);
    await of.putCredits(foreign, other, [{ personId: id, role: 'writer' }]);
    expect((await remove(id, other)).status).to.equal(403);
    const refused = await remove(id, creator);
    expect([refused.status, refused.body.code]).to.deep.equal([409, 'person_credited']);
    expect((await of.credits(own)).body.items).to.have.length(1);
    await of.putCredits(foreign, other, []);
    expect((await remove(id, creator)).status).to.equal(204);
    expect((await of.person(id)).status).to.equal(404);
    expect((await of.credits(own)).body.items).to.deep.equal([]);
    expect((await remove(id, creator)).status).to.equal(404);
  });

  it('stay when the account that has added them is closed, and are moderators’ then', async () => {
    const { db } = system.context;
    const leaving = await of.account('creator');
    const id = await of.addPerson(leaving, 'Left behind');
    const user = await db.users.find(leaving._id);
    if (!user) throw new Error('There is no account.');
    const since = { status: 'closing' as const, closingSince: new Date() };
    const closing = await db.transaction((session) => db.accounts.change(user, since, session));
    if (!closing) throw new Error('The account is not closing.');
    await db.accounts.forget(closing);
    await settleAccount(system.context, leaving._id);
    expect((await of.person(id)).body).to.include({ name: 'Left behind', createdBy: null });
    expect((await patch(id, other, { name: 'Mine' })).status).to.equal(403);
    expect((await patch(id, moderator, { name: 'Kept' })).status).to.equal(200);
    expect((await of.audit({ personId: id }))[0]).to.deep.include({ ownerId: null });
    expect((await remove(id, moderator)).status).to.equal(204);
  });
});
