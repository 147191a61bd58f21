import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { postComment } from '../../api/post-comment.ts';
import type { AccountStatus } from '../../shared/contracts/account.ts';
import { remove } from '../../shared/pipeline.ts';
import { settleAccount } from '../../shared/settle-account.ts';
import { purge } from '../../workers/purge.ts';
import { askAs, type CommentPage, countsOf, say } from '../support/community.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';
import { type Person, personWith } from '../support/walk.ts';

describe('likes, comments and reports', function () {
  this.timeout(30_000);
  let system: System;
  let mongo: Connection;
  let author: Person;
  let other: Person;
  let videoId: string;

  before(async () => {
    system = await startSystem();
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
  });
  after(async () => {
    await mongo?.close();
    await system?.stop();
  });
  beforeEach(async () => {
    author = await personWith(['viewer'], system);
    other = await personWith(['viewer'], system);
    videoId = await videoIn('ready', system);
  });

  /** What stands in the record first, and then what it brings. */
  async function become(person: Person, status: AccountStatus): Promise<void> {
    const { db } = system.context;
    const now = await db.users.find(person._id);
    if (!now) throw new Error('no account');
    await db.transaction((session) => db.accounts.change(now, { status }, session));
  }
  const settle = (person: Person) => settleAccount(system.context, person._id);
  const list = async () =>
    (await askAs<CommentPage>(system, undefined, 'GET', `/api/videos/${videoId}/comments`)).body.items;
  const shown = async () => (await list()).map(({ state, text, replies }) => `${state} ${text} ${replies}`);
  const like = (person: Person) => askAs(system, person, 'PUT', `/api/videos/${videoId}/like`);

  it('of a suspended account are heard no more at once, and again afterwards', async () => {
    const top = await say(system, author, videoId, 'top');
    await say(system, other, videoId, 'reply', top.commentId);
    await say(system, author, videoId, 'alone');
    await become(author, 'suspended');
    expect(await shown(), 'before anything else is done').to.deep.equal(['hidden null 0', 'hidden null 1']);
    await settle(author);
    expect(await shown()).to.deep.equal(['hidden null 1']);
    expect((await countsOf(mongo, videoId)).comments).to.deep.equal([1, 1, 1]);
    await become(author, 'active');
    await settle(author);
    expect(await shown()).to.deep.equal(['shown alone 0', 'shown top 1']);
    expect((await countsOf(mongo, videoId)).comments).to.deep.equal([3, 3, 3]);
  });

  it('of who is suspended while writing are not counted', async () => {
    const { context } = system;
    const stale = await context.db.users.find(author._id);
    if (!stale) throw new Error('no account');
    await become(author, 'suspended');
    await settle(author);
    const words = { text: 'late', region: 'GB' };
    const made = await postComment(context, videoId, stale, words, context.log, () => {});
    expect(made).to.include({ isShown: false, authorStatus: 'suspended' });
    expect((await countsOf(mongo, videoId)).comments).to.deep.equal([0, 0, 0]);
  });

  it('of who is leaving, or is suspended, do not name them', async () => {
    const top = await say(system, other, videoId, 'top');
    const mine = await say(system, author, videoId, 'mine', top.commentId);
    await say(system, other, videoId, 'to whom', mine.commentId);
    const path = `/api/videos/${videoId}/comments/${top.commentId}/replies`;
    const replies = async () => (await askAs<CommentPage>(system, undefined, 'GET', path)).body.items;
    expect((await replies())[1]?.answers).to.include({ userId: author._id });
    await become(author, 'suspended');
    expect((await replies()).map(({ state, answers }) => [state, answers])).to.deep.equal([
      ['hidden', null],
      ['shown', null],
    ]);
    await become(author, 'closing');
    const gone = { userId: null, displayName: 'deleted account' };
    expect((await replies()).map(({ state, author, answers }) => [state, author, answers])).to.deep.equal([
      ['removed', null, null],
      ['shown', (await replies())[1]?.author, gone],
    ]);
  });

  it('of who is leaving are gone from the reports, like what that one has reported', async () => {
    const { commentId } = await say(system, author, videoId, 'mine');
    const own = await videoIn('ready', system, { ownerId: author._id, title: 'Mine' });
    const theirs = await videoIn('ready', system, { ownerId: other._id, title: 'Theirs' });
    const report = async (person: Person, path: string) => {
      const said = { reason: 'other', text: 'look' };
      const { body } = await askAs<{ reportId: string }>(system, person, 'POST', `${path}/reports`, said);
      return body.reportId;
    };
    const ids = [
      await report(other, `/api/videos/${videoId}/comments/${commentId}`),
      await report(other, `/api/videos/${own}`),
      await report(author, `/api/videos/${theirs}`),
    ];
    const moderator = await personWith(['moderator'], system);
    type Seen = { ownerId: string; excerpt: string; complaints: { userId: string; text: string }[] };
    const read = async () => {
      const answers = ids.map((id) => askAs<Seen>(system, moderator, 'GET', `/api/reports/${id}`));
      return (await Promise.all(answers)).map(({ body: { ownerId, excerpt, complaints } }) => [
        ...[ownerId, excerpt],
        ...complaints.flatMap(({ userId, text }) => [userId, text]),
      ]);
    };
    expect(await read()).to.deep.equal([
      [author._id, 'mine', other._id, 'look'],
      [author._id, 'Mine', other._id, 'look'],
      [other._id, 'Theirs', author._id, 'look'],
    ]);
    const gone = [
      [null, null, other._id, 'look'],
      [null, null, other._id, 'look'],
      [other._id, 'Theirs', null, ''],
    ];
    await become(author, 'closing');
    expect(await read()).to.deep.equal(gone);
    await become(author, 'closed');
    expect(await read()).to.deep.equal(gone);
    await become(author, 'suspended');
    expect((await read())[1]).to.deep.equal([author._id, 'Mine', other._id, 'look']);
  });

  it('of a closed account are gone: texts, likes, and what it reported', async () => {
    const top = await say(system, author, videoId, 'secret words');
    await say(system, other, videoId, 'reply', top.commentId);
    await like(author);
    await like(other);
    const report = { reason: 'other', text: 'secret words too' };
    await askAs(system, author, 'POST', `/api/videos/${videoId}/reports`, report);
    const reply = await say(system, author, videoId, 'mine', top.commentId);
    await say(system, other, videoId, 'to whom', reply.commentId);
    await become(author, 'closed');
    await settle(author);
    expect(await shown()).to.deep.equal(['removed null 2']);
    const path = `/api/videos/${videoId}/comments/${top.commentId}/replies`;
    const { items } = (await askAs<CommentPage>(system, undefined, 'GET', path)).body;
    expect(items.map(({ answers }) => answers)).to.deep.equal([
      null,
      { userId: null, displayName: 'deleted account' },
    ]);
    expect(await countsOf(mongo, videoId)).to.deep.equal({ likes: [1, 1, 1], comments: [2, 2, 2] });
    for (const name of ['comments', 'complaints', 'likes', 'reports']) {
      const rows = await mongo.collection(name).find().toArray();
      expect(JSON.stringify(rows), name).not.to.include('secret');
    }
    expect(await mongo.collection('likes').countDocuments({ userId: author._id })).to.equal(0);
    expect((await system.context.db.users.find(author._id))?.settled).to.equal(true);
  });

  it('of a deleted video are gone with its purge', async () => {
    await say(system, author, videoId, 'secret words');
    await like(author);
    const report = { reason: 'other', text: 'secret words' };
    await askAs(system, other, 'POST', `/api/videos/${videoId}/reports`, report);
    const rows = ['captions', 'posters', 'trending_scores'];
    for (const name of rows) {
      const row = { _id: `GB-${videoId}`, videoId, generation: 1 };
      await mongo.collection<{ _id: string }>(name).insertOne(row);
    }
    const { db } = system.context;
    const found = await db.videos.find(videoId);
    if (!found) throw new Error('no video');
    await remove(system.context, found);
    const [due] = (await db.upkeep.due('deleted', new Date(Date.now() + 1000), 100)).filter(
      ({ _id }) => _id === videoId,
    );
    if (!due) throw new Error('not due');
    await purge(system.context, due);
    for (const name of ['comments', 'complaints', 'likes', ...rows]) {
      expect(await mongo.collection(name).countDocuments({ videoId }), name).to.equal(0);
    }
    const [left] = await mongo.collection('reports').find({ videoId }).toArray();
    expect(left).to.include({ state: 'resolved', outcome: 'removed', reports: 1 });
  });
});
