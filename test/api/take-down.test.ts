import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { askAs, say } from '../support/community.ts';
import { type Mailbox, startMailbox } from '../support/mailbox.ts';
import { type System, startSystem, until } from '../support/system.ts';
import { type Person, personWith, type Things, thingsMaker } from '../support/walk.ts';

type Video = { takenDown: { at: string; reason: string; message: string } | null; code: string };

describe('taking a video down', function () {
  this.timeout(30_000);
  let system: System;
  let mongo: Connection;
  let mailbox: Mailbox;
  let make: Awaited<ReturnType<typeof thingsMaker>>;
  let viewer: Person;
  let moderator: Person;

  before(async () => {
    mailbox = await startMailbox();
    system = await startSystem({ SMTP_URL: mailbox.url, MAIL_FROM: 'millrace@example.com' });
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
    make = await thingsMaker(system, mongo);
    viewer = await personWith(['viewer'], system);
    moderator = await personWith(['moderator'], system);
  });
  after(async () => {
    await mongo?.close();
    await system?.stop();
    await mailbox?.stop();
  });

  const as = (person: Person | undefined, method: string, path: string, body?: object) =>
    askAs<Video>(system, person, method, path, body, method === 'PATCH' ? { 'If-Match': '*' } : {});
  const down = ({ videoId }: Things, body: object = { reason: 'copyright', message: 'It is not yours.' }) =>
    as(moderator, 'PUT', `/api/videos/${videoId}/take-down`, body);
  const restore = ({ videoId }: Things, person = moderator) =>
    as(person, 'DELETE', `/api/videos/${videoId}/take-down`);

  /** Everything that viewers can ask of a video. */
  const waysTo = ({ videoId, commentId }: Things): [string, string, object?][] => {
    const video = `/api/videos/${videoId}`;
    return [
      ...[
        '',
        '/playback',
        '/ladder',
        '/progress',
        '/poster',
        '/poster.jpg',
        '/poster.webp',
        '/preview.webp',
        '/storyboard',
        '/storyboard.vtt',
        '/captions',
        '/captions/en.vtt',
        '/hls/g1/master.m3u8',
        '/hls/g1/240p/index.m3u8',
        '/hls/g1/audio/en/index.m3u8',
        '/hls/g1/captions/en/index.m3u8',
        '/like',
        '/comments',
        `/comments/${commentId}`,
        `/comments/${commentId}/replies`,
      ].map((rest): [string, string] => ['GET', `${video}${rest}`]),
      ['GET', `/watch/${videoId}`],
      ['PUT', `${video}/like`],
      ['DELETE', `${video}/like`],
      ['POST', `${video}/comments`, { text: 'x' }],
      ['POST', `${video}/reports`, { reason: 'spam' }],
      ['POST', `${video}/comments/${commentId}/reports`, { reason: 'spam' }],
      ['POST', `${video}/views`, { position: 12, watchedSeconds: 12, region: 'GB' }],
    ];
  };
  const isListed = async ({ videoId }: Things, path: string, person?: Person) =>
    (await as(person, 'GET', path)).text.includes(`"${videoId}"`);

  it('hides it at once from everyone but its owner and moderators, and lets it come back', async () => {
    const things = await make('public');
    const { videoId, owner } = things;
    await as(undefined, 'GET', `/api/videos/${videoId}`);
    const lists = ['/api/videos', `/api/videos?ownerId=${owner._id}`];
    for (const path of lists) expect(await isListed(things, path), path).to.equal(true);
    expect(await isListed(things, '/api/trending/GB?limit=100')).to.equal(true);

    const { status, body } = await down(things);
    expect(status).to.equal(200);
    expect(body).to.include({ reason: 'copyright', message: 'It is not yours.' });
    for (const path of lists) expect(await isListed(things, path), path).to.equal(false);
    expect(await isListed(things, '/api/trending/GB?limit=99')).to.equal(false);
    await until(
      'trending list without it',
      async () => !(await isListed(things, '/api/trending/GB?limit=100')),
      3,
    );
    for (const [method, path, body] of waysTo(things)) {
      expect((await as(viewer, method, path, body)).status, `${method} ${path}`).to.equal(404);
      const anonymous = (await as(undefined, method, path, body)).status;
      expect(anonymous, `anonymous ${method} ${path}`).to.be.oneOf(
        method === 'GET' && !path.endsWith('/like') ? [404] : [404, 401],
      );
    }

    expect((await restore(things)).status).to.equal(204);
    for (const path of lists) expect(await isListed(things, path), path).to.equal(true);
    for (const path of ['', '/playback', '/hls/g1/master.m3u8', '/comments']) {
      expect((await as(viewer, 'GET', `/api/videos/${videoId}${path}`)).status, path).to.equal(200);
    }
  });

  it('tells the owner why, who sees it but cannot play it; moderators can', async () => {
    const things = await make('public');
    const { videoId, owner } = things;
    expect((await as(owner, 'GET', `/api/videos/${videoId}`)).body.takenDown).to.equal(null);
    await down(things);
    const seen = (await as(owner, 'GET', `/api/videos/${videoId}`)).body.takenDown;
    expect(seen).to.include({ reason: 'copyright', message: 'It is not yours.' });
    expect(seen, 'not by whom').to.have.keys('at', 'reason', 'message');
    expect(await isListed(things, '/api/videos?mine=true', owner)).to.equal(true);
    for (const rest of [
      '/playback',
      '/hls/g1/master.m3u8',
      '/hls/g1/240p/index.m3u8',
      '/hls/g1/audio/en/index.m3u8',
      '/hls/g1/captions/en/index.m3u8',
    ]) {
      const { status, body } = await as(owner, 'GET', `/api/videos/${videoId}${rest}`);
      expect([status, body.code], rest).to.deep.equal([403, 'taken_down']);
      expect((await as(moderator, 'GET', `/api/videos/${videoId}${rest}`)).status, rest).to.equal(200);
    }
    for (const [method, rest, body] of [
      ['PUT', 'like', undefined],
      ['POST', 'comments', { text: 'x' }],
      ['POST', 'views', { position: 20, watchedSeconds: 20 }],
    ] as const) {
      const answer = await as(owner, method, `/api/videos/${videoId}/${rest}`, body);
      expect([answer.status, answer.body.code], rest).to.deep.equal([403, 'taken_down']);
    }
    const letter = await mailbox.letterTo(owner.email ?? '');
    expect(letter.subject).to.equal('Your video was taken down');
    expect(letter.text).to.include(videoId).and.include('copyright').and.include('It is not yours.');
    await down(things, { reason: 'spam', message: 'Also that.' });
    const later = (await as(owner, 'GET', `/api/videos/${videoId}`)).body.takenDown;
    expect(later).to.deep.equal({ at: seen?.at, reason: 'spam', message: 'Also that.' });
    expect(mailbox.letters.filter(({ to }) => to === owner.email)).to.have.length(1);
  });

  it('writes to nobody whose address is not verified', async () => {
    const [silent, told] = [await make('public'), await make('public')];
    await mongo
      .collection<{ _id: string }>('users')
      .updateOne({ _id: silent.owner._id }, { $set: { emailVerified: false } });
    await down(silent);
    await down(told);
    await mailbox.letterTo(told.owner.email ?? '');
    expect(mailbox.letters.filter(({ to }) => to === silent.owner.email)).to.deep.equal([]);
  });

  it('is not undone by what its owner does, who may delete it', async () => {
    const things = await make('public');
    const { videoId, owner } = things;
    await down(things);
    const video = `/api/videos/${videoId}`;
    expect((await as(owner, 'PATCH', video, { visibility: 'unlisted' })).status).to.equal(200);
    expect((await as(owner, 'PATCH', video, { visibility: 'public', title: 'Other' })).status).to.equal(200);
    expect((await as(owner, 'PATCH', video, { takenDown: null })).status).to.equal(400);
    expect((await as(owner, 'POST', `${video}/reprocess`)).status).to.equal(202);
    expect((await restore(things, owner)).status).to.equal(403);
    expect((await as(viewer, 'GET', video)).status).to.equal(404);
    expect((await as(owner, 'GET', video)).body.takenDown).to.include({ reason: 'copyright' });
    expect((await as(owner, 'DELETE', video)).status).to.equal(204);
    expect((await restore(things)).status).to.equal(404);
  });

  it('is not undone by a moderator for what is their own', async () => {
    const things = await make('public');
    const { owner } = things;
    await mongo
      .collection<{ _id: string }>('users')
      .updateOne({ _id: owner._id }, { $set: { roles: ['moderator'] } });
    await down(things);
    expect((await restore(things, owner)).status).to.equal(403);
    // Nor by taking it down once more, as if it were their own deed.
    const again = await as(owner, 'PUT', `/api/videos/${things.videoId}/take-down`, { reason: 'other' });
    expect(again.status).to.equal(200);
    expect((await restore(things, owner)).status).to.equal(403);
    expect((await restore(things)).status).to.equal(204);
  });

  it('is undone by its owner alone where nobody else has taken it down', async () => {
    const things = await make('public');
    const { owner } = things;
    await mongo
      .collection<{ _id: string }>('users')
      .updateOne({ _id: owner._id }, { $set: { roles: ['moderator'] } });
    const own = () => as(owner, 'PUT', `/api/videos/${things.videoId}/take-down`, { reason: 'other' });
    await own();
    expect((await restore(things, owner)).status).to.equal(204);
    await own();
    await down(things);
    expect((await restore(things, owner)).status).to.equal(403);
  });

  it('leaves a trace each time', async () => {
    const things = await make('public');
    const { videoId, owner } = things;
    for (const act of [down, down, restore, restore, down]) await act(things);
    const entries = await mongo.collection('audit').find({ 'target.videoId': videoId }).toArray();
    expect(entries).to.have.length(5);
    expect(entries[0]).to.deep.include({ actorId: moderator._id, ownerId: owner._id });
    expect(entries[0]?.changes, 'the message is personal').to.deep.equal({
      reason: 'copyright',
      message: null,
    });
  });

  it('is refused without a reason that is known', async () => {
    const things = await make('public');
    for (const body of [{}, { reason: 'ugly' }, { reason: 'spam', message: 'x'.repeat(2001) }]) {
      expect((await down(things, body)).status).to.equal(400);
    }
    expect((await as(viewer, 'GET', `/api/videos/${things.videoId}`)).status).to.equal(200);
    await say(system, viewer, things.videoId, 'still there');
  });
});
