import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { writeInTurn } from '../../api/write-in-turn.ts';
import { addComment, changeComment } from '../../shared/change-comment.ts';
import { newId } from '../../shared/ids.ts';
import { askAs, type CommentPage, type CommentReply, countsOf, say } from '../support/community.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';
import { type Person, personWith } from '../support/walk.ts';

describe('comments', function () {
  this.timeout(20_000);
  let system: System;
  let mongo: Connection;
  let ada: Person;
  let bob: Person;
  let owner: Person;
  let moderator: Person;

  before(async () => {
    system = await startSystem({ REGION_HEADER: 'X-Region' });
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
    ada = await named('Ada');
    bob = await named('Bob');
    owner = await personWith(['creator'], system);
    moderator = await personWith(['moderator'], system);
  });
  after(async () => {
    await mongo?.close();
    await system?.stop();
  });

  async function named(displayName: string): Promise<Person> {
    const person = await personWith(['viewer'], system);
    await mongo
      .collection<{ _id: string }>('users')
      .updateOne({ _id: person._id }, { $set: { displayName } });
    return { ...person, displayName };
  }
  const makeVideo = (about = {}) => videoIn('ready', system, { ownerId: owner._id, ...about });
  const list = async (videoId: string, query = '', person?: Person) =>
    (await askAs<CommentPage>(system, person, 'GET', `/api/videos/${videoId}/comments${query}`)).body;
  const replies = async (videoId: string, commentId: string) =>
    (
      await askAs<CommentPage>(
        system,
        undefined,
        'GET',
        `/api/videos/${videoId}/comments/${commentId}/replies`,
      )
    ).body.items;
  const at = (videoId: string, commentId: string) => `/api/videos/${videoId}/comments/${commentId}`;
  const act = (person: Person | undefined, method: string, path: string, body?: object, ifMatch = '*') =>
    askAs<CommentReply>(
      system,
      person,
      method,
      path,
      body,
      method === 'PATCH' ? { 'If-Match': ifMatch } : {},
    );
  const textsOf = (comments: CommentReply[]) => comments.map(({ text }) => text);
  const count = async (videoId: string) => (await countsOf(mongo, videoId)).comments;

  it('stand by the video, the newest first, page by page, and are counted', async () => {
    const videoId = await makeVideo();
    for (const text of ['one', 'two', 'three']) await say(system, ada, videoId, text);
    expect(textsOf((await list(videoId)).items)).to.deep.equal(['three', 'two', 'one']);
    expect(textsOf((await list(videoId, '?sort=oldest')).items)).to.deep.equal(['one', 'two', 'three']);
    const first = await list(videoId, '?limit=2');
    const second = await list(videoId, `?limit=2&cursor=${first.nextCursor}`);
    expect([textsOf(first.items), textsOf(second.items), second.nextCursor]).to.deep.equal([
      ['three', 'two'],
      ['one'],
      null,
    ]);
    expect(first.items[0]).to.deep.include({
      ...{ replyTo: null, answers: null, state: 'shown', isPinned: false, replies: 0, revision: 1 },
      ...{ author: { userId: ada._id, displayName: 'Ada' }, editedAt: null },
    });
    expect(await count(videoId)).to.deep.equal([3, 3, 3]);
    const other = await makeVideo();
    const foreign = `/api/videos/${other}/comments?limit=2&cursor=${first.nextCursor}`;
    expect((await act(undefined, 'GET', foreign)).status).to.equal(400);
  });

  it('are answered on one level: a reply to a reply stands beside it and says whom it answers', async () => {
    const videoId = await makeVideo();
    const top = await say(system, ada, videoId, 'top');
    const first = await say(system, bob, videoId, 'first', top.commentId);
    const second = await say(system, ada, videoId, 'second', first.commentId);
    expect(first).to.deep.include({ replyTo: top.commentId, answers: null });
    expect(second).to.deep.include({
      replyTo: top.commentId,
      answers: { userId: bob._id, displayName: 'Bob' },
    });
    expect(textsOf(await replies(videoId, top.commentId))).to.deep.equal(['first', 'second']);
    expect((await list(videoId)).items.map(({ text, replies }) => [text, replies])).to.deep.equal([
      ['top', 2],
    ]);
    expect(await count(videoId)).to.deep.equal([3, 3, 3]);
    const elsewhere = await makeVideo();
    for (const replyTo of [top.commentId, newId()]) {
      const answer = await act(ada, 'POST', `/api/videos/${elsewhere}/comments`, { text: 'x', replyTo });
      expect(answer.status).to.equal(404);
    }
    expect(await count(elsewhere)).to.deep.equal([0, 0, 0]);
  });

  it('are changed by who wrote them alone, on the revision that was seen', async () => {
    const videoId = await makeVideo();
    const { commentId } = await say(system, ada, videoId, 'befor');
    const path = at(videoId, commentId);
    const seen = (await act(ada, 'GET', path)).headers.get('etag') ?? '';
    for (const person of [bob, owner, moderator]) {
      expect((await act(person, 'PATCH', path, { text: 'mine' })).status).to.equal(403);
    }
    expect((await askAs(system, ada, 'PATCH', path, { text: 'x' })).status).to.equal(428);
    const changed = await act(ada, 'PATCH', path, { text: '  before ' }, seen);
    expect(changed.body).to.include({ text: 'before', revision: 2 });
    expect(changed.body.editedAt).to.be.a('string');
    expect((await act(ada, 'PATCH', path, { text: 'late' }, seen)).status).to.equal(412);
    expect(textsOf((await list(videoId)).items)).to.deep.equal(['before']);
    expect(await count(videoId)).to.deep.equal([1, 1, 1]);
  });

  it('are removed by their author, the owner of the video and moderators; replies keep their place', async () => {
    const videoId = await makeVideo();
    const top = await say(system, ada, videoId, 'top');
    const reply = await say(system, bob, videoId, 'reply', top.commentId);
    for (const [person, author] of [
      [bob, bob],
      [owner, ada],
      [moderator, ada],
    ] as const) {
      const { commentId } = await say(system, author, videoId, 'gone');
      expect((await act(person, 'DELETE', at(videoId, commentId))).status).to.equal(204);
      expect((await act(person, 'DELETE', at(videoId, commentId))).status, 'again').to.equal(404);
      expect((await act(author, 'PATCH', at(videoId, commentId), { text: 'back' })).status).to.equal(404);
    }
    expect((await act(bob, 'DELETE', at(videoId, top.commentId))).status).to.equal(403);
    expect((await act(ada, 'DELETE', at(videoId, top.commentId))).status).to.equal(204);
    expect(await count(videoId)).to.deep.equal([1, 1, 1]);
    const [placeholder, ...others] = (await list(videoId, '', moderator)).items;
    expect(others).to.deep.equal([]);
    expect(placeholder).to.include({ state: 'removed', text: null, author: null, replies: 1 });
    const texts = await mongo.collection('comments').find({ videoId, text: 'top' }).toArray();
    expect(texts).to.deep.equal([]);
    const late = await act(bob, 'POST', `/api/videos/${videoId}/comments`, {
      text: 'x',
      replyTo: top.commentId,
    });
    expect(late.status, 'a reply to what was removed').to.equal(404);
    await act(bob, 'DELETE', at(videoId, reply.commentId));
    expect((await list(videoId)).items).to.deep.equal([]);
    expect(await count(videoId)).to.deep.equal([0, 0, 0]);
  });

  it('are hidden by moderators from all but themselves and the author, and shown again', async () => {
    const videoId = await makeVideo();
    const { commentId } = await say(system, ada, videoId, 'rude');
    const path = at(videoId, commentId);
    for (const person of [bob, owner]) {
      expect((await act(person, 'PUT', `${path}/hidden`)).status).to.equal(403);
    }
    for (let turn = 0; turn < 2; turn += 1) {
      expect((await act(moderator, 'PUT', `${path}/hidden`)).status).to.equal(204);
    }
    expect((await list(videoId)).items).to.deep.equal([]);
    expect(await count(videoId)).to.deep.equal([0, 0, 0]);
    expect((await act(bob, 'GET', path)).status).to.equal(404);
    for (const person of [ada, moderator]) {
      expect((await act(person, 'GET', path)).body).to.include({ state: 'hidden', text: 'rude' });
    }
    expect((await act(ada, 'PATCH', path, { text: 'kind' })).body).to.include({ state: 'hidden' });
    expect((await act(moderator, 'DELETE', `${path}/hidden`)).status).to.equal(204);
    expect(textsOf((await list(videoId)).items)).to.deep.equal(['kind']);
    expect(await count(videoId)).to.deep.equal([1, 1, 1]);
    const noted = await mongo.collection('engagements').find({ videoId }).toArray();
    expect(new Set(noted.map(({ at }) => Number(at))).size, 'all in the hour of the comment').to.equal(1);
  });

  it('are pinned by the owner of the video, one at a time, and come first', async () => {
    const videoId = await makeVideo();
    const said = [];
    for (const text of ['one', 'two', 'three']) said.push(await say(system, ada, videoId, text));
    const [one, two] = said.map(({ commentId }) => at(videoId, commentId));
    expect((await act(ada, 'PUT', `${one}/pin`)).status).to.equal(403);
    expect((await act(owner, 'PUT', `${two}/pin`)).status).to.equal(204);
    expect((await act(owner, 'PUT', `${one}/pin`)).status).to.equal(204);
    const { items } = await list(videoId);
    expect(items.map(({ text, isPinned }) => [text, isPinned])).to.deep.equal([
      ['one', true],
      ['three', false],
      ['two', false],
    ]);
    const first = await list(videoId, '?limit=2');
    const rest = await list(videoId, `?limit=2&cursor=${first.nextCursor}`);
    expect([textsOf(first.items), textsOf(rest.items)]).to.deep.equal([['one', 'three'], ['two']]);
    const reply = await say(system, bob, videoId, 'reply', said[0]?.commentId);
    expect((await act(owner, 'PUT', `${at(videoId, reply.commentId)}/pin`)).status).to.equal(400);
    expect((await act(owner, 'DELETE', `${two}/pin`)).status, 'not the one').to.equal(204);
    expect((await list(videoId)).items[0]?.isPinned).to.equal(true);
    await act(owner, 'DELETE', `${one}/pin`);
    expect(textsOf((await list(videoId)).items)).to.deep.equal(['three', 'two', 'one']);
  });

  it('come once each, as many as are asked for, whatever is pinned on the way', async () => {
    const videoId = await makeVideo();
    const pins = [];
    for (const text of ['1', '2', '3', '4', '5', '6']) {
      pins.push(`${at(videoId, (await say(system, ada, videoId, text)).commentId)}/pin`);
    }
    const [one = '', , three = ''] = pins;
    for (const limit of [1, 2, 3]) {
      for (const [pinBefore, meanwhile] of [
        [() => act(owner, 'PUT', one), () => act(owner, 'PUT', three)],
        [() => act(owner, 'PUT', one), () => act(owner, 'DELETE', one)],
        [() => act(owner, 'DELETE', three), () => act(owner, 'PUT', three)],
      ] as const) {
        await pinBefore();
        let page = await list(videoId, `?limit=${limit}`);
        const seen = [textsOf(page.items)];
        await meanwhile();
        while (page.nextCursor) {
          page = await list(videoId, `?limit=${limit}&cursor=${page.nextCursor}`);
          seen.push(textsOf(page.items));
        }
        expect(seen.map((texts) => texts.length)).to.deep.equal(Array(6 / limit).fill(limit));
        expect(seen.flat().sort()).to.deep.equal(['1', '2', '3', '4', '5', '6']);
      }
    }
  });

  it('are pinned no longer once they are hidden or removed', async () => {
    for (const [who, method, part] of [
      [moderator, 'PUT', '/hidden'],
      [ada, 'DELETE', ''],
    ] as const) {
      const videoId = await makeVideo();
      const { commentId } = await say(system, ada, videoId, 'first');
      await say(system, bob, videoId, 'reply', commentId);
      await say(system, bob, videoId, 'second');
      await act(owner, 'PUT', `${at(videoId, commentId)}/pin`);
      expect((await act(who, method, `${at(videoId, commentId)}${part}`)).status).to.equal(204);
      const { items } = await list(videoId);
      expect(items.map(({ text, isPinned }) => [text, isPinned])).to.deep.equal([
        ['second', false],
        [null, false],
      ]);
    }
  });

  it('that wait for their turn are refused once the video is hidden or has its comments off', async () => {
    for (const [change, expected] of [
      [{ commentsOff: true }, 403],
      [{ visibility: 'private' as const }, 404],
    ] as const) {
      const videoId = await makeVideo();
      let changed = () => {};
      const held = new Promise<void>((resolve) => {
        changed = resolve;
      });
      const turn = writeInTurn(system.context, videoId, () => held);
      const waiting = act(ada, 'POST', `/api/videos/${videoId}/comments`, { text: 'late' });
      // It has been judged once before it waits.
      await new Promise((resolve) => setTimeout(resolve, 300));
      await system.context.db.transaction((session) =>
        system.context.db.videos.change(videoId, undefined, change, session),
      );
      changed();
      await turn;
      expect((await waiting).status).to.equal(expected);
      expect(await count(videoId)).to.deep.equal([0, 0, 0]);
    }
  });

  it('can be switched off: what there is stays, and nothing is added', async () => {
    const videoId = await makeVideo();
    const { commentId } = await say(system, ada, videoId, 'early');
    await mongo
      .collection<{ _id: string }>('videos')
      .updateOne({ _id: videoId }, { $set: { commentsOff: true } });
    for (const answer of [
      await act(bob, 'POST', `/api/videos/${videoId}/comments`, { text: 'late' }),
      await act(owner, 'POST', `/api/videos/${videoId}/comments`, { text: 'late' }),
      await act(ada, 'PATCH', at(videoId, commentId), { text: 'late' }),
    ]) {
      expect([answer.status, answer.body.code]).to.deep.equal([403, 'comments_off']);
    }
    expect(textsOf((await list(videoId)).items)).to.deep.equal(['early']);
    expect((await act(ada, 'DELETE', at(videoId, commentId))).status).to.equal(204);
  });

  it('are as hidden as their video, but one’s own can be removed there too', async () => {
    const videoId = await makeVideo();
    const { commentId } = await say(system, ada, videoId, 'mine');
    await mongo
      .collection<{ _id: string }>('videos')
      .updateOne({ _id: videoId }, { $set: { visibility: 'private' } });
    const path = at(videoId, commentId);
    for (const [method, address] of [
      ['GET', `/api/videos/${videoId}/comments`],
      ['GET', path],
      ['GET', `${path}/replies`],
      ['POST', `/api/videos/${videoId}/comments`],
      ['PATCH', path],
      ['POST', `${path}/reports`],
    ] as const) {
      const body =
        method === 'GET' ? undefined : address.endsWith('reports') ? { reason: 'spam' } : { text: 'x' };
      expect((await act(ada, method, address, body)).status, `${method} ${address}`).to.equal(404);
    }
    expect((await act(bob, 'DELETE', path)).status).to.equal(404);
    expect((await act(ada, 'DELETE', path)).status).to.equal(204);
    expect(await count(videoId)).to.deep.equal([0, 0, 0]);
    const young = await videoIn('uploaded', system);
    const early = await act(ada, 'POST', `/api/videos/${young}/comments`, { text: 'x' });
    expect([early.status, early.body.code]).to.deep.equal([409, 'not_playable_yet']);
  });

  it('are stored as they are, HTML too, in composed letters', async () => {
    const videoId = await makeVideo();
    const html = '<script>alert(1)</script> & <b>"$where"</b>';
    expect((await say(system, ada, videoId, html)).text).to.equal(html);
    expect((await say(system, ada, videoId, 'Cafe\u0301')).text).to.equal('Caf\u00e9');
    expect((await say(system, ada, videoId, 'x'.repeat(10_000))).text).to.have.length(10_000);
  });

  for (const [text, status] of [
    ['', 400],
    ['  \n ', 400],
    ['x'.repeat(10_001), 400],
    ['x'.repeat(1024 ** 2), 413],
    [{ $gt: '' }, 400],
    [null, 400],
  ] as const) {
    it(`are refused with ${status} as ${JSON.stringify(text)?.slice(0, 20)}`, async () => {
      const videoId = await makeVideo();
      const answer = await act(ada, 'POST', `/api/videos/${videoId}/comments`, { text });
      expect(answer.status).to.equal(status);
      expect(await count(videoId)).to.deep.equal([0, 0, 0]);
    });
  }

  it('are written and reported with all that counts them, or not at all', async () => {
    const videoId = await makeVideo();
    const { commentId } = await say(system, ada, videoId, 'top');
    await act(bob, 'POST', `${at(videoId, commentId)}/reports`, { reason: 'spam' });
    const all = async () => [
      await system.context.db.videos.find(videoId),
      ...(await Promise.all(
        ['comments', 'engagements', 'reports', 'complaints'].map((name) =>
          mongo.collection(name).find({ videoId }).toArray(),
        ),
      )),
    ];
    const before = await all();
    expect(before.slice(1).map((rows) => (rows as object[]).length)).to.deep.equal([1, 1, 1, 1]);
    const { db } = system.context;
    const failure = await db
      .transaction(async (session) => {
        const place = { videoId, parentId: commentId, answersUserId: null, region: 'GB' };
        const words = { _id: newId(), userId: bob._id, authorRevision: 0, text: 'reply', at: new Date() };
        expect(await addComment(db, { ...place, ...words }, session)).to.equal(true);
        const thing = { kind: 'comment', videoId, commentId, ownerId: ada._id } as const;
        const said = { userId: owner._id, reason: 'hate', text: '' } as const;
        expect(await db.reports.add(thing, said, session)).to.include({ isNew: true });
        await changeComment(db, commentId, { removed: true, text: '' }, session);
        throw new Error('ended');
      })
      .catch((error: Error) => error.message);
    expect(failure).to.equal('ended');
    expect(await all()).to.deep.equal(before);
  });

  it('are counted exactly when many write, answer, remove and hide at once', async function () {
    this.timeout(90_000);
    const videoId = await makeVideo();
    const top = await say(system, owner, videoId, 'top');
    const people = await Promise.all(Array.from({ length: 30 }, () => personWith(['viewer'], system)));
    const busy = async (person: Person, index: number) => {
      for (let turn = 0; turn < 4; turn += 1) {
        const replyTo = turn % 2 === 0 ? top.commentId : undefined;
        const { commentId } = await say(system, person, videoId, `${index} ${turn}`, replyTo);
        // Removed and hidden in the same moment, by two.
        if (index % 3 === 0) {
          await Promise.all([
            act(person, 'DELETE', at(videoId, commentId)),
            act(moderator, 'PUT', `${at(videoId, commentId)}/hidden`),
          ]);
        }
      }
    };
    await Promise.all(people.map(busy));
    const shown = 1 + 20 * 4;
    expect(await count(videoId)).to.deep.equal([shown, shown, shown]);
    expect((await list(videoId, '?sort=oldest')).items[0]).to.include({ text: 'top', replies: 40 });
  });

  it('on a hidden video are removed with the same answer as on one that is not there', async () => {
    const hidden = await videoIn('ready', system, { visibility: 'private' });
    const answers = [hidden, newId()].map((videoId) => act(bob, 'DELETE', at(videoId, newId())));
    for (const { status, body } of await Promise.all(answers)) {
      expect([status, (body as unknown as { detail: string }).detail]).to.deep.equal([
        404,
        'There is no such video.',
      ]);
    }
  });
});
