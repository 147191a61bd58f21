import { expect } from 'chai';
import { createConnection } from 'mongoose';
import { createClient } from '../../shared/client/index.ts';
import { newId } from '../../shared/ids.ts';
import { mergePeople } from '../../shared/merge-people.ts';
import { type CreditsReply, type PersonReply, peopleOf } from '../support/people.ts';
import { type System, startSystem } from '../support/system.ts';
import type { Person as Account } from '../support/walk.ts';

describe('merging people', () => {
  let system: System;
  let of: ReturnType<typeof peopleOf>;
  let creator: Account;
  let moderator: Account;

  before(async () => {
    system = await startSystem();
    of = peopleOf(system);
    creator = await of.account('creator');
    moderator = await of.account('moderator');
  });
  after(() => system.stop());

  const merge = (from: string, into: string, by = moderator) => of.merge(from, into, by);
  const people = async (...names: string[]) =>
    (await Promise.all(names.map((name) => of.addPerson(creator, name)))) as [string, string, string, string];
  const videoWith = async (...credits: { personId: string; role: string; character?: string }[]) => {
    const videoId = await of.video(creator);
    const { status } = await of.putCredits(videoId, creator, credits);
    expect(status).to.equal(200);
    return videoId;
  };
  const namedIn = async (videoId: string) =>
    (await of.credits(videoId)).body.items.map(
      ({ personId, role, character }) => `${personId} ${role} ${character ?? ''}`,
    );

  it('moves all credits; what both did in the same video stays once', async () => {
    const [from, into] = await people('Jon', 'John');
    const alone = await videoWith({ personId: from, role: 'actor', character: 'A' });
    const both = await videoWith(
      { personId: from, role: 'actor' },
      { personId: into, role: 'actor' },
      { personId: from, role: 'writer' },
    );
    const merged = await merge(from, into);
    expect([merged.status, merged.body.personId]).to.deep.equal([200, into]);
    expect(await namedIn(alone)).to.deep.equal([`${into} actor A`]);
    expect(await namedIn(both)).to.deep.equal([`${into} actor `, `${into} writer `]);
    const again = await merge(from, into);
    expect([again.status, again.body], 'said again').to.deep.equal([200, merged.body]);
    const entries = await of.audit({ personId: from });
    expect(entries[0]).to.deep.include({ action: 'person.merge', changes: { into } });
  });

  it('leads from the address of who was merged to the other, through any number of merges', async () => {
    const [a, b, c] = await people('A one', 'A two', 'A three');
    const video = await videoWith({ personId: a, role: 'actor' });
    await merge(a, b);
    expect((await merge(b, c)).status).to.equal(200);
    for (const id of [a, b]) {
      const answer = await of.person(id);
      expect([answer.status, answer.headers.get('location')]).to.deep.equal([308, `/api/people/${c}`]);
      const videos = await of.send('GET', `/api/people/${id}/videos?limit=5`);
      expect([videos.status, videos.headers.get('location')]).to.deep.equal([
        308,
        `/api/people/${c}/videos?limit=5`,
      ]);
      const inVersion = await of.send('GET', `/api/v2/people/${id}/videos`);
      expect(inVersion.headers.get('location')).to.equal(`/api/v2/people/${c}/videos`);
      const { personId } = await createClient({ url: system.url }).getPeopleByPersonId({ personId: id });
      expect(personId).to.equal(c);
    }
    expect(await namedIn(video)).to.deep.equal([`${c} actor `]);
    expect((await merge(a, b)).body.personId, 'said again').to.equal(c);
    const { body } = await of.send<CreditsReply>('GET', '/api/people?q=a%20t');
    expect(body.items.map(({ personId }) => personId)).to.deep.equal([c]);
  });

  it('ends changes of who was merged; credits that name them name the other', async () => {
    const [from, into] = await people('Kim', 'Kimberley');
    await merge(from, into);
    for (const answer of [
      await of.send<PersonReply>('PATCH', `/api/people/${from}`, creator, { name: 'x' }, { 'If-Match': '*' }),
      await of.send<PersonReply>('DELETE', `/api/people/${from}`, creator),
    ]) {
      expect([answer.status, answer.body.code]).to.deep.equal([409, 'person_merged']);
    }
    expect(await namedIn(await videoWith({ personId: from, role: 'editor' }))).to.deep.equal([
      `${into} editor `,
    ]);
    const video = await of.video(creator);
    const [a, b] = [from, into].map((personId) => ({ personId, role: 'editor' }));
    // As it was read before the merge.
    expect((await of.putCredits(video, creator, [a, b])).status).to.equal(200);
    expect(await namedIn(video)).to.deep.equal([`${into} editor `]);
    expect((await of.putCredits(video, creator, [b, b])).body.errors?.[0]?.pointer).to.equal('/credits/1');
  });

  it('is refused with oneself, with nobody, and by others than moderators', async () => {
    const [a, b, c] = await people('One', 'Two', 'Three');
    expect((await merge(a, b, creator)).status).to.equal(403);
    for (const into of [a, of.nobody]) {
      const { status, body } = await merge(a, into);
      expect([status, body.errors?.[0]?.pointer]).to.deep.equal([400, '/into']);
    }
    expect((await merge(of.nobody, a)).status).to.equal(404);
    await merge(a, b);
    for (const [from, into] of [
      [b, a],
      [a, c],
    ] as const) {
      const { status, body } = await merge(from, into);
      expect([status, body.code]).to.deep.equal([409, 'person_merged']);
    }
    expect((await of.person(b)).status).to.equal(200);
  });

  it('of two into each other at the same moment lets one win, and loses no credit', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [a, b] = await people(`Left ${round}`, `Right ${round}`);
      const videos = [
        await videoWith({ personId: a, role: 'actor' }),
        await videoWith({ personId: b, role: 'actor' }),
        await videoWith({ personId: a, role: 'actor' }, { personId: b, role: 'actor' }),
      ];
      const answers = await Promise.all([merge(a, b), merge(b, a)]);
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409]);
      const winner = answers[0]?.status === 200 ? b : a;
      for (const video of videos) expect(await namedIn(video)).to.deep.equal([`${winner} actor `]);
      expect((await of.person(winner)).status).to.equal(200);
      expect((await of.person(winner === a ? b : a)).status).to.equal(308);
    }
  });

  it('in a ring of three at the same moment ends with one who is not merged', async () => {
    const [a, b, c] = await people('Ring 1', 'Ring 2', 'Ring 3');
    const videos = await Promise.all([a, b, c].map((personId) => videoWith({ personId, role: 'actor' })));
    const answers = await Promise.all([merge(a, b), merge(b, c), merge(c, a)]);
    expect(answers.filter(({ status }) => status === 200)).to.have.length(2);
    const read = await Promise.all([a, b, c].map((id) => of.person(id)));
    expect(read.map(({ status }) => status).sort()).to.deep.equal([200, 308, 308]);
    const winner = [a, b, c][read.findIndex(({ status }) => status === 200)];
    for (const video of videos) expect(await namedIn(video)).to.deep.equal([`${winner} actor `]);
  });

  it('misses no credit that is given at the same moment', async () => {
    for (let round = 0; round < 6; round += 1) {
      const [from, into] = await people(`Busy ${round}`, `Other ${round}`);
      const videos = await Promise.all(Array.from({ length: 5 }, () => of.video(creator)));
      const [merged, ...given] = await Promise.all([
        merge(from, into),
        ...videos.map((video) => of.putCredits(video, creator, [{ personId: from, role: 'actor' }])),
      ]);
      expect([merged.status, ...given.map(({ status }) => status)]).to.deep.equal([
        200, 200, 200, 200, 200, 200,
      ]);
      for (const video of videos) expect(await namedIn(video)).to.deep.equal([`${into} actor `]);
    }
  });

  it('or a removal wins: nobody is left with credits of who is gone', async () => {
    for (let round = 0; round < 6; round += 1) {
      const [id] = await people(`Gone ${round}`);
      const video = await of.video(creator);
      const [removed, given] = await Promise.all([
        of.send<PersonReply>('DELETE', `/api/people/${id}`, creator),
        of.putCredits(video, creator, [{ personId: id, role: 'actor' }]),
      ]);
      expect(removed.status).to.equal(204);
      expect(given.status).to.be.oneOf([200, 400]);
      expect(await system.context.db.credits.of(video)).to.deep.equal([]);
    }
  });

  it('is all or nothing with thousands of credits', async function () {
    this.timeout(60_000);
    const { db } = system.context;
    const [from, into] = await people('Prolific', 'The same');
    const videoIds = Array.from({ length: 3000 }, () => newId());
    const credit = (personId: string) => (videoId: string) => {
      return { _id: newId(), videoId, personId, role: 'actor', character: '', order: 0 };
    };
    const connection = await createConnection(system.config.MONGO_URL).asPromise();
    const credits = [...videoIds.map(credit(from)), ...videoIds.slice(0, 100).map(credit(into))];
    await connection.collection<{ _id: string }>('credits').insertMany(credits);
    await connection.close();
    const stopped = db.transaction(async (session) => {
      await mergePeople(db, { fromId: from, intoId: into }, session);
      throw new Error('killed before its end');
    });
    expect(await stopped.catch(({ message }) => message)).to.equal('killed before its end');
    expect((await db.credits.ofPerson(from)).length).to.equal(3000);
    expect((await merge(from, into)).status).to.equal(200);
    expect(await db.credits.ofPerson(from)).to.deep.equal([]);
    const theirs = await db.credits.ofPerson(into);
    expect(theirs.map(({ videoId }) => videoId)).to.have.members(videoIds);
  });
});
