import { expect } from 'chai';
import { remove } from '../../shared/pipeline.ts';
import { purge } from '../../workers/purge.ts';
import { ask } from '../support/ask.ts';
import { type AskedCredit, type CreditReply, type CreditsReply, peopleOf } from '../support/people.ts';
import { type System, startSystem } from '../support/system.ts';
import type { Person as Account } from '../support/walk.ts';

type VideosPage = {
  items: { videoId: string; title: string; credits: { role: string; character: string | null }[] }[];
  nextCursor: string | null;
};

describe('credits', () => {
  let system: System;
  let of: ReturnType<typeof peopleOf>;
  let creator: Account;
  let other: Account;
  let moderator: Account;
  let ada: string;
  let bob: string;

  before(async () => {
    system = await startSystem();
    of = peopleOf(system);
    creator = await of.account('creator');
    other = await of.account('creator');
    moderator = await of.account('moderator');
    ada = await of.addPerson(creator, 'Ada');
    bob = await of.addPerson(other, 'Bob');
  });
  after(() => system.stop());

  const put = (videoId: string, credits: AskedCredit[], ifMatch = '*', by = creator) =>
    of.putCredits(videoId, by, credits, ifMatch);
  const post = (videoId: string, credit: object, by = creator) =>
    of.send<CreditsReply>('POST', `/api/videos/${videoId}/credits`, by, credit);
  const list = async (videoId: string) => (await of.credits(videoId)).body.items;
  const words = (credits: CreditReply[]) =>
    credits.map(({ name, role, character }) => `${name}, ${role}${character ? ` (${character})` : ''}`);
  const revision = async (videoId: string) => (await system.context.db.videos.find(videoId))?.revision;
  const videosOf = (personId: string, query = '') =>
    of.send<VideosPage>('GET', `/api/people/${personId}/videos${query}`);

  it('are the whole list, in the order that was sent', async () => {
    const videoId = await of.video(creator);
    expect(await list(videoId)).to.deep.equal([]);
    const answer = await put(videoId, [
      { personId: bob, role: 'director' },
      { personId: ada, role: 'actor', character: '  Papageno ' },
      { personId: ada, role: 'actor', character: 'Papagena' },
      { personId: ada, role: 'writer', character: '' },
    ]);
    expect(answer.status).to.equal(200);
    expect(words(answer.body.items)).to.deep.equal([
      'Bob, director',
      'Ada, actor (Papageno)',
      'Ada, actor (Papagena)',
      'Ada, writer',
    ]);
    expect(answer.body.items[3]).to.include({ character: null, order: 3, personId: ada });
    expect(await list(videoId)).to.deep.equal(answer.body.items);
    await put(videoId, []);
    expect(await list(videoId)).to.deep.equal([]);
  });

  it('keep their ids when the list is sent again, whatever moves', async () => {
    const videoId = await of.video(creator);
    const both = [
      { personId: ada, role: 'actor' },
      { personId: bob, role: 'actor' },
    ];
    const before = (await put(videoId, both)).body.items;
    const added = { personId: ada, role: 'editor' };
    const after = (await put(videoId, [...both.reverse(), added])).body.items;
    expect(after.map(({ creditId }) => creditId).slice(0, 2)).to.deep.equal(
      before.map(({ creditId }) => creditId).reverse(),
    );
    expect(words(after)).to.deep.equal(['Bob, actor', 'Ada, actor', 'Ada, editor']);
  });

  it('raise the revision of the video, and are changed on the one that was read', async () => {
    const videoId = await of.video(creator);
    const credits = [{ personId: ada, role: 'actor' }];
    const etag = (await of.credits(videoId)).headers.get('etag') ?? '';
    expect(etag).to.match(/^"r1\./);
    const changed = await put(videoId, credits, etag);
    expect([changed.status, changed.headers.get('etag')?.slice(0, 4)]).to.deep.equal([200, '"r2.']);
    const late = await put(videoId, [], etag);
    expect([late.status, late.body.code]).to.deep.equal([412, 'changed_meanwhile']);
    const unsaid = await of.send<CreditsReply>('PUT', `/api/videos/${videoId}/credits`, creator, { credits });
    expect([unsaid.status, unsaid.body.code]).to.deep.equal([428, 'if_match_needed']);
    expect(await list(videoId)).to.have.length(1);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        put(videoId, [{ ...credits[0], character: `${n}` } as AskedCredit], '"r2"'),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
    expect(await list(videoId)).to.have.length(1);
    expect(await revision(videoId)).to.equal(3);
  });

  it('name people that there are, in roles that there are, each once', async () => {
    const videoId = await of.video(creator);
    const right = { personId: ada, role: 'actor' };
    for (const [credits, pointers] of [
      [[right, { ...right, personId: of.nobody }], ['/credits/1/personId']],
      [
        [{ ...right, personId: of.nobody }, right, { role: 'actor', personId: 'f'.repeat(24) }],
        ['/credits/0/personId', '/credits/2/personId'],
      ],
      [[right, { ...right, role: 'writer' }, { ...right, character: '' }], ['/credits/2']],
      [[{ ...right, role: 'villain' }], ['/credits/0/role']],
      [[{ ...right, personId: { $ne: '' } }], ['/credits/0/personId']],
      [[{ ...right, character: 'x'.repeat(201) }], ['/credits/0/character']],
      [[{ role: 'actor' }], ['/credits/0/personId']],
      [Array.from({ length: 201 }, (_, n) => ({ ...right, character: `${n}` })), ['/credits']],
    ] as const) {
      const { status, body } = await of.putCredits(videoId, creator, [...credits]);
      expect([status, body.code]).to.deep.equal([400, 'invalid_request']);
      expect(body.errors?.map(({ pointer }) => pointer)).to.deep.equal(pointers);
    }
    expect((await post(videoId, { ...right, personId: of.nobody })).body.errors?.[0]?.pointer).to.equal(
      '/personId',
    );
    expect([await list(videoId), await revision(videoId)]).to.deep.equal([[], 1]);
    const most = Array.from({ length: 200 }, (_, n) => ({ ...right, character: `${n}` }));
    expect((await put(videoId, most)).body.items).to.have.length(200);
    expect((await post(videoId, { ...right, character: 'one more' })).body.code).to.equal('too_many_credits');
  });

  it('are added and taken away one by one', async () => {
    const videoId = await of.video(creator);
    await post(videoId, { personId: ada, role: 'actor' });
    await post(videoId, { personId: bob, role: 'writer' });
    const first = await post(videoId, { personId: bob, role: 'director', order: 0 });
    expect(first.status).to.equal(201);
    expect(words(first.body.items)).to.deep.equal(['Bob, director', 'Ada, actor', 'Bob, writer']);
    const again = await post(videoId, { personId: ada, role: 'actor' });
    expect([again.status, again.body.code]).to.deep.equal([409, 'already_credited']);
    const { creditId = '' } = first.body.items[1] ?? {};
    const address = `/api/videos/${videoId}/credits/${creditId}`;
    expect((await of.send('DELETE', address, other)).status).to.equal(403);
    expect((await of.send('DELETE', address, creator)).status).to.equal(204);
    expect((await of.send('DELETE', address, creator)).status, 'said again').to.equal(204);
    expect(words(await list(videoId))).to.deep.equal(['Bob, director', 'Bob, writer']);
    expect(await revision(videoId)).to.equal(5);
  });

  it('are all there when many are added at once', async () => {
    const videoId = await of.video(creator);
    const characters = Array.from({ length: 10 }, (_, n) => `number ${n}`);
    const answers = await Promise.all(
      characters.map((character) => post(videoId, { personId: ada, role: 'actor', character })),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal(characters.map(() => 201));
    const credits = await list(videoId);
    expect(credits.map(({ character }) => character)).to.have.members(characters);
    expect(credits.map(({ order }) => order)).to.deep.equal(characters.map((_, n) => n));
  });

  it('are changed by the owner and by moderators, whose changes are noted', async () => {
    const videoId = await of.video(creator);
    const credits = [{ personId: ada, role: 'actor' }];
    expect((await put(videoId, credits, '*', other)).status).to.equal(403);
    expect(await of.audit({ videoId })).to.deep.equal([]);
    expect((await put(videoId, credits, '*', moderator)).status).to.equal(200);
    const entries = await of.audit({ videoId });
    expect(entries).to.have.length(1);
    expect(entries[0]).to.deep.include({
      action: 'video.change',
      ownerId: creator._id,
      changes: { credits: null },
    });
  });

  it('of a private video are seen by nobody else', async () => {
    const videoId = await of.video(creator, { visibility: 'private' });
    await put(videoId, [{ personId: bob, role: 'guest' }]);
    expect((await of.credits(videoId)).status).to.equal(404);
    expect((await of.credits(videoId, other)).status).to.equal(404);
    expect((await put(videoId, [], '*', other)).status).to.equal(404);
    expect((await of.credits(videoId, creator)).body.items).to.have.length(1);
  });

  it('lead from a person to the videos that everyone may see, the newest first, page by page', async () => {
    const cleo = await of.addPerson(creator, 'Cleo');
    const at = (days: number) => ({ publishedAt: new Date(Date.now() - days * 86_400_000) });
    const ids: Record<string, string> = {};
    for (const [title, about] of Object.entries({
      old: at(30),
      new: at(1),
      middle: at(10),
      private: { ...at(2), visibility: 'private' as const },
      unlisted: { ...at(2), visibility: 'unlisted' as const },
      'to come': at(-3),
    })) {
      ids[title] = await of.video(creator, { title, ...about });
      await put(ids[title], [
        { personId: cleo, role: 'director' },
        { personId: ada, role: 'actor' },
        { personId: cleo, role: 'actor', character: 'Herself' },
      ]);
    }
    const all = (await videosOf(cleo)).body;
    expect(all.items.map(({ title }) => title)).to.deep.equal(['new', 'middle', 'old']);
    expect(all.items[0]?.credits).to.deep.equal([
      { role: 'director', character: null },
      { role: 'actor', character: 'Herself' },
    ]);
    const first = (await videosOf(cleo, '?limit=2')).body;
    expect(first.items.map(({ title }) => title)).to.deep.equal(['new', 'middle']);
    const second = (await videosOf(cleo, `?limit=2&cursor=${first.nextCursor}`)).body;
    expect([second.items.map(({ title }) => title), second.nextCursor]).to.deep.equal([['old'], null]);
    const foreign = await videosOf(bob, `?limit=2&cursor=${first.nextCursor}`);
    expect(foreign.status, 'the cursor of another person').to.equal(400);
    expect((await videosOf(of.nobody)).status).to.equal(404);
    await ask(system, 'DELETE', `/api/videos/${ids.new}`, { as: 'admin' });
    expect((await videosOf(cleo)).body.items.map(({ title }) => title)).to.deep.equal(['middle', 'old']);
  });

  it('go with their video', async () => {
    const { db } = system.context;
    const videoId = await of.video(creator);
    await put(videoId, [{ personId: ada, role: 'actor' }]);
    const video = await db.videos.find(videoId);
    if (!video) throw new Error('There is no video.');
    await remove(system.context, video);
    expect((await of.credits(videoId, creator)).status).to.equal(404);
    expect((await put(videoId, [])).status).to.equal(404);
    const [due] = (await db.upkeep.due('deleted', new Date(Date.now() + 1000), 100)).filter(
      ({ _id }) => _id === videoId,
    );
    if (!due) throw new Error('The video is not due.');
    await purge(system.context, due);
    expect(await db.credits.of(videoId)).to.deep.equal([]);
  });

  it('tell whom each of many videos names, once each and in order', async () => {
    const [both, none, one] = [await of.video(creator), await of.video(creator), await of.video(creator)];
    await put(both, [
      { personId: bob, role: 'actor' },
      { personId: ada, role: 'actor' },
      { personId: bob, role: 'writer' },
    ]);
    await put(one, [{ personId: ada, role: 'actor' }]);
    const names = await system.context.db.credits.namesOf([both, none, one]);
    expect([...names]).to.have.deep.members([
      [both, ['Bob', 'Ada']],
      [one, ['Ada']],
    ]);
  });
});
