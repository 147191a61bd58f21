import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { newId } from '../../shared/ids.ts';
import { askAs, type CommentReply, countsOf, say } from '../support/community.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';
import { type Person, personWith } from '../support/walk.ts';

type Report = {
  reportId: string;
  kind: string;
  state: string;
  reports: number;
  reasons: Record<string, number>;
  excerpt: string | null;
  outcome: string | null;
  note: string;
  resolvedBy: string | null;
  complaints: { userId: string; reason: string; text: string }[];
  code: string;
};
type Page = { items: Report[]; nextCursor: string | null };

describe('reports', function () {
  this.timeout(20_000);
  let system: System;
  let mongo: Connection;
  let ada: Person;
  let bob: Person;
  let owner: Person;
  let moderator: Person;

  before(async () => {
    system = await startSystem();
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
    [ada, bob, owner, moderator] = (await Promise.all(
      (['viewer', 'viewer', 'creator', 'moderator'] as const).map((role) => personWith([role], system)),
    )) as [Person, Person, Person, Person];
  });
  after(async () => {
    await mongo?.close();
    await system?.stop();
  });

  const makeVideo = (about = {}) => videoIn('ready', system, { ownerId: owner._id, ...about });
  const report = (person: Person | undefined, videoId: string, body: object, commentId?: string) =>
    askAs<Report>(
      system,
      person,
      'POST',
      `/api/videos/${videoId}${commentId ? `/comments/${commentId}` : ''}/reports`,
      body,
    );
  const queue = async (query = '') =>
    (await askAs<Page>(system, moderator, 'GET', `/api/reports?limit=100${query}`)).body.items;
  const open = async (reportId: string) =>
    (await askAs<Report>(system, moderator, 'GET', `/api/reports/${reportId}`)).body;
  const resolve = (reportId: string, body: object) =>
    askAs<Report>(system, moderator, 'POST', `/api/reports/${reportId}/resolve`, body);

  it('of one thing are one item, however many people say it, and each is heard once', async () => {
    const videoId = await makeVideo({ title: 'Cheap watches' });
    const first = await report(ada, videoId, { reason: 'spam', text: ' An ad. ' });
    expect([first.status, first.body]).to.deep.equal([
      202,
      { ...first.body, reason: 'spam', text: 'An ad.' },
    ]);
    expect(first.body, 'nothing of others').to.have.keys('reportId', 'reason', 'text', 'at');
    const again = await report(ada, videoId, { reason: 'hate', text: 'Another' });
    expect([again.status, again.body]).to.deep.equal([200, first.body]);
    expect((await report(bob, videoId, { reason: 'other' })).status).to.equal(202);
    const { reportId } = first.body;
    const found = (await queue()).find((one) => one.reportId === reportId);
    expect(found).to.deep.include({ kind: 'video', excerpt: 'Cheap watches', state: 'open', reports: 2 });
    expect(found?.reasons).to.deep.equal({ spam: 1, other: 1 });
    expect((await open(reportId)).complaints.map(({ userId, text }) => [userId, text])).to.deep.equal([
      [ada._id, 'An ad.'],
      [bob._id, ''],
    ]);
  });

  it('of many at the same moment are counted exactly', async () => {
    const videoId = await makeVideo();
    const people = await Promise.all(Array.from({ length: 20 }, () => personWith(['viewer'], system)));
    const answers = await Promise.all(
      people.flatMap((person) => [1, 2].map(() => report(person, videoId, { reason: 'spam' }))),
    );
    expect(new Set(answers.map(({ body }) => body.reportId)).size).to.equal(1);
    expect(answers.filter(({ status }) => status === 202)).to.have.length(20);
    const { reports, complaints } = await open(answers[0]?.body.reportId ?? '');
    expect([reports, complaints.length]).to.deep.equal([20, 20]);
  });

  it('of what goes at the same moment are none that stay open', async () => {
    const videoId = await makeVideo();
    const people = await Promise.all(Array.from({ length: 40 }, () => personWith(['viewer'], system)));
    const { commentId } = await say(system, ada, videoId, 'rude');
    const sent = people.map((person) => report(person, videoId, { reason: 'spam' }, commentId));
    // Most of them wait for their turn by now.
    await Promise.race(sent);
    const removal = askAs(system, ada, 'DELETE', `/api/videos/${videoId}/comments/${commentId}`);
    const late = people.map((person) => report(person, videoId, { reason: 'hate' }, commentId));
    expect((await removal).status).to.equal(204);
    expect(new Set((await Promise.all([...sent, ...late])).map(({ status }) => status))).to.include(404);
    const left = await mongo.collection('reports').find({ commentId }).toArray();
    expect(left.map(({ state, outcome }) => [state, outcome])).to.deep.equal([['resolved', 'removed']]);
  });

  it('come the oldest first, by state and kind, page by page', async () => {
    const videoId = await makeVideo();
    const { commentId } = await say(system, ada, videoId, 'rude');
    const video = (await report(bob, videoId, { reason: 'spam' })).body.reportId;
    const comment = (await report(bob, videoId, { reason: 'hate' }, commentId)).body.reportId;
    const mine = (items: Report[]) =>
      items.map(({ reportId }) => reportId).filter((id) => id === video || id === comment);
    expect(mine(await queue())).to.deep.equal([video, comment]);
    expect(mine(await queue('&sort=-at'))).to.deep.equal([comment, video]);
    expect(mine(await queue('&kind=comment'))).to.deep.equal([comment]);
    expect(mine(await queue('&state=resolved'))).to.deep.equal([]);
    const all = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = `?limit=1${cursor ? `&cursor=${cursor}` : ''}`;
      const { body } = await askAs<Page>(system, moderator, 'GET', `/api/reports${query}`);
      all.push(...body.items);
      cursor = body.nextCursor;
    }
    expect(mine(all)).to.deep.equal([video, comment]);
    expect((await askAs(system, moderator, 'GET', '/api/reports?kind=person')).status).to.equal(400);
  });

  it('are dismissed: nothing happens to the thing, and it can be reported again', async () => {
    const videoId = await makeVideo();
    const { reportId } = (await report(ada, videoId, { reason: 'spam' })).body;
    const { status, body } = await resolve(reportId, { outcome: 'dismissed', note: 'It is none.' });
    expect([status, body.state, body.outcome, body.note]).to.deep.equal([
      200,
      'dismissed',
      'dismissed',
      'It is none.',
    ]);
    const late = await resolve(reportId, { outcome: 'taken_down' });
    expect([late.status, late.body.code]).to.deep.equal([409, 'already_resolved']);
    expect((await askAs(system, undefined, 'GET', `/api/videos/${videoId}`)).status).to.equal(200);
    const again = await report(ada, videoId, { reason: 'spam' });
    expect(again.status).to.equal(202);
    expect(again.body.reportId).not.to.equal(reportId);
  });

  it('are not dismissed by a moderator whose own it is', async () => {
    const own = await makeVideo({ ownerId: moderator._id });
    const videoId = await makeVideo();
    const { commentId } = await say(system, moderator, videoId, 'mine');
    const ofVideo = (await report(ada, own, { reason: 'spam' })).body.reportId;
    const ofComment = (await report(ada, videoId, { reason: 'spam' }, commentId)).body.reportId;
    for (const reportId of [ofVideo, ofComment]) {
      const refused = await resolve(reportId, { outcome: 'dismissed' });
      expect([refused.status, refused.body.code]).to.deep.equal([403, 'forbidden']);
      expect((await open(reportId)).state).to.equal('open');
    }
    expect((await resolve(ofVideo, { outcome: 'taken_down' })).status).to.equal(200);
  });

  it('hide a comment in the same write, with the trace of who did it', async () => {
    const videoId = await makeVideo();
    const { commentId } = await say(system, ada, videoId, 'rude');
    const { reportId } = (await report(bob, videoId, { reason: 'hate' }, commentId)).body;
    const wrong = await resolve(reportId, { outcome: 'taken_down' });
    expect([wrong.status, wrong.body.code]).to.deep.equal([400, 'invalid_request']);
    expect((await open(reportId)).state).to.equal('open');
    const { body, headers } = await resolve(reportId, { outcome: 'hidden' });
    expect(body).to.include({ state: 'resolved', outcome: 'hidden', resolvedBy: moderator._id });
    expect((await countsOf(mongo, videoId)).comments).to.deep.equal([0, 0, 0]);
    const path = `/api/videos/${videoId}/comments/${commentId}`;
    expect((await askAs<CommentReply>(system, ada, 'GET', path)).body.state).to.equal('hidden');
    const requestId = headers.get('x-request-id');
    const [entry] = await mongo.collection('audit').find({ requestId }).toArray();
    expect(entry).to.deep.include({ actorId: moderator._id, action: 'report.resolve', ownerId: ada._id });
    expect(entry?.changes).to.deep.equal({ outcome: 'hidden' });
  });

  it('take a video down, for the reason that most have named', async () => {
    const videoId = await makeVideo();
    await report(ada, videoId, { reason: 'spam' });
    await report(moderator, videoId, { reason: 'copyright' });
    const { reportId } = (await report(bob, videoId, { reason: 'copyright' })).body;
    await resolve(reportId, { outcome: 'taken_down', note: 'for us', message: 'for you' });
    expect((await askAs(system, ada, 'GET', `/api/videos/${videoId}`)).status).to.equal(404);
    const { body } = await askAs<{ takenDown: object }>(system, owner, 'GET', `/api/videos/${videoId}`);
    expect(body.takenDown).to.include({ reason: 'copyright', message: 'for you' });
    expect(JSON.stringify(body), 'what is for moderators').not.to.include('for us');
  });

  it('are decided once when two decide at the same moment', async () => {
    const videoId = await makeVideo();
    const { reportId } = (await report(ada, videoId, { reason: 'spam' })).body;
    const answers = await Promise.all(
      ['dismissed', 'taken_down'].map((outcome) => resolve(reportId, { outcome })),
    );
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409]);
    const { outcome } = await open(reportId);
    const { status } = await askAs(system, ada, 'GET', `/api/videos/${videoId}`);
    expect(status).to.equal(outcome === 'taken_down' ? 404 : 200);
  });

  it('end with what is done without them', async () => {
    const videoId = await makeVideo();
    const { commentId } = await say(system, ada, videoId, 'rude');
    const ofVideo = (await report(bob, videoId, { reason: 'spam' })).body.reportId;
    const ofComment = (await report(bob, videoId, { reason: 'spam' }, commentId)).body.reportId;
    await askAs(system, moderator, 'PUT', `/api/videos/${videoId}/comments/${commentId}/hidden`);
    await askAs(system, moderator, 'PUT', `/api/videos/${videoId}/take-down`, { reason: 'spam' });
    expect((await open(ofComment)).outcome).to.equal('hidden');
    expect((await open(ofVideo)).outcome).to.equal('taken_down');
  });

  it('end when the comment is removed, by its author or by a moderator', async () => {
    const videoId = await makeVideo();
    for (const remover of [ada, moderator]) {
      const { commentId } = await say(system, ada, videoId, 'rude');
      const { reportId } = (await report(bob, videoId, { reason: 'hate' }, commentId)).body;
      await askAs(system, remover, 'DELETE', `/api/videos/${videoId}/comments/${commentId}`);
      const { state, outcome, reports } = await open(reportId);
      expect({ state, outcome, reports }).to.deep.equal({
        state: 'resolved',
        outcome: 'removed',
        reports: 1,
      });
      expect((await queue('&state=open')).map((one) => one.reportId)).not.to.include(reportId);
    }
  });

  for (const [body, pointer] of [
    [{}, '/reason'],
    [{ reason: 'ugly' }, '/reason'],
    [{ reason: 'spam', text: 'x'.repeat(2001) }, '/text'],
    [{ reason: 'spam', state: 'resolved' }, '/state'],
    [{ reason: { $ne: '' } }, '/reason'],
  ] as const) {
    it(`are refused as ${JSON.stringify(body).slice(0, 40)}, pointing at ${pointer}`, async () => {
      const videoId = await makeVideo();
      const answer = await askAs<{ errors: { pointer: string }[] }>(
        system,
        ada,
        'POST',
        `/api/videos/${videoId}/reports`,
        body,
      );
      expect(answer.status).to.equal(400);
      expect(answer.body.errors.map((violation) => violation.pointer)).to.deep.equal([pointer]);
    });
  }

  it('are refused of what one may not see, and where there is nothing', async () => {
    const hidden = await makeVideo({ visibility: 'private' });
    expect((await report(ada, hidden, { reason: 'spam' })).status).to.equal(404);
    expect((await report(undefined, await makeVideo(), { reason: 'spam' })).status).to.equal(401);
    expect((await report(ada, await makeVideo(), { reason: 'spam' }, newId())).status).to.equal(404);
    expect((await askAs(system, moderator, 'GET', `/api/reports/${newId()}`)).status).to.equal(404);
    expect((await resolve(newId(), { outcome: 'dismissed' })).status).to.equal(404);
    for (const person of [ada, owner]) {
      expect((await askAs(system, person, 'GET', '/api/reports')).status).to.equal(403);
    }
  });
});
