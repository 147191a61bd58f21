import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { newId } from '../../shared/ids.ts';
import { remove } from '../../shared/pipeline.ts';
import { setLikes } from '../../shared/set-likes.ts';
import { askAs, countsOf } from '../support/community.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';
import { type Person, personWith } from '../support/walk.ts';

type Like = { liked: boolean; likes: number; code: string };

describe('liking a video', () => {
  let system: System;
  let mongo: Connection;
  let one: Person;
  let other: Person;

  before(async () => {
    system = await startSystem({ REGION_HEADER: 'X-Region' });
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
    one = await personWith(['viewer'], system);
    other = await personWith(['viewer'], system);
  });
  after(async () => {
    await mongo?.close();
    await system?.stop();
  });

  const like = (
    person: Person | undefined,
    videoId: string,
    method = 'PUT',
    headers: Record<string, string> = {},
    query = '',
  ) => askAs<Like>(system, person, method, `/api/videos/${videoId}/like${query}`, undefined, headers);
  const waiting = (videoId: string) =>
    mongo.collection('engagements').find({ videoId }).sort({ at: 1, by: -1 }).toArray();

  it('counts once for each who does, however often', async () => {
    const videoId = await videoIn('ready', system);
    expect((await like(one, videoId, 'GET')).body).to.deep.equal({ liked: false, likes: 0 });
    expect((await like(one, videoId)).body).to.deep.equal({ liked: true, likes: 1 });
    expect((await like(one, videoId)).body).to.deep.equal({ liked: true, likes: 1 });
    expect((await like(other, videoId)).body).to.deep.equal({ liked: true, likes: 2 });
    expect((await like(one, videoId, 'GET')).body).to.deep.equal({ liked: true, likes: 2 });
    expect((await like(one, videoId, 'DELETE')).body).to.deep.equal({ liked: false, likes: 1 });
    expect((await like(one, videoId, 'DELETE')).body).to.deep.equal({ liked: false, likes: 1 });
    expect((await askAs<Like>(system, undefined, 'GET', `/api/videos/${videoId}`)).body.likes).to.equal(1);
    expect(await countsOf(mongo, videoId)).to.deep.include({ likes: [1, 1, 1] });
  });

  it('is noted with its region, and taken back from the hour and region where it was given', async () => {
    const videoId = await videoIn('ready', system);
    await like(one, videoId, 'PUT', { 'X-Region': 'fr' }, '?region=GB');
    const long = new Date(Date.now() - 5 * 3_600_000);
    await mongo
      .collection<{ _id: string }>('likes')
      .updateOne({ _id: `${videoId}-${one._id}` }, { $set: { at: long } });
    await like(one, videoId, 'DELETE', { 'X-Region': 'US' });
    await like(one, videoId, 'PUT', {}, '?region=IN');
    await like(other, videoId, 'PUT', {}, '?region=ZZ');
    const noted = (await waiting(videoId)).map(({ kind, region, by }) => `${kind} ${region} ${by}`);
    expect(noted[0]).to.equal('likes FR -1');
    expect(noted.slice(1)).to.have.members([
      'likes FR 1',
      'likes IN 1',
      `likes ${system.config.DEFAULT_REGION ?? system.config.REGIONS[0]} 1`,
    ]);
    expect((await waiting(videoId))[0]?.at).to.deep.equal(long);
  });

  it('is refused of what one may not see, of what cannot be played, and without an account', async () => {
    const hidden = await videoIn('ready', system, { visibility: 'private' });
    expect((await like(one, hidden)).status).to.equal(404);
    expect((await like(one, hidden, 'GET')).status).to.equal(404);
    const mine = await videoIn('ready', system, { visibility: 'private', ownerId: one._id });
    expect((await like(one, mine)).status).to.equal(200);
    const young = await videoIn('uploaded', system);
    const { status, body } = await like(one, young);
    expect([status, body.code]).to.deep.equal([409, 'not_playable_yet']);
    expect((await like(one, await videoIn('failed', system))).status).to.equal(409);
    expect((await like(one, newId())).status).to.equal(404);
    expect((await like(undefined, await videoIn('ready', system))).status).to.equal(401);
    expect((await like(one, young, 'PUT', {}, '?region=England')).status).to.equal(400);
    expect(await countsOf(mongo, young)).to.deep.include({ likes: [0, 0, 0] });
  });

  it('writes nothing of a video that is deleted in the same moment', async () => {
    const videoId = await videoIn('ready', system);
    const video = await system.context.db.videos.find(videoId);
    if (!video) throw new Error('no video');
    const people = await Promise.all(Array.from({ length: 10 }, () => personWith(['viewer'], system)));
    const [removed, ...answers] = await Promise.all([
      remove(system.context, video),
      ...people.map((person) => like(person, videoId)),
    ]);
    expect(removed).to.equal(true);
    const liked = answers.filter(({ status }) => status === 200).length;
    expect(answers.filter(({ status }) => status === 404)).to.have.length(people.length - liked);
    expect(await countsOf(mongo, videoId)).to.deep.include({ likes: [liked, liked, liked] });
    // As one that was admitted before, and comes to its write after.
    const { db } = system.context;
    const late = db.transaction(async (session) => {
      const wish = { userId: newId(), liked: true, region: 'GB' };
      expect(await setLikes(db, videoId, [wish], session)).to.equal(undefined);
      throw new Error('gone');
    });
    expect(await late.catch((error: Error) => error.message)).to.equal('gone');
    expect(await countsOf(mongo, videoId)).to.deep.include({ likes: [liked, liked, liked] });
  });

  it('counts exactly when 100 people like it and no longer, over several processes', async function () {
    // 2092 events: some 5 s, and several times that on a busy machine.
    this.timeout(90_000);
    const videoId = await videoIn('ready', system);
    const people = await Promise.all(Array.from({ length: 100 }, () => personWith(['viewer'], system)));
    const { db } = system.context;
    // As another process would: in the way of those who take turns here, and of each other.
    const elsewhere = async (userId: string) => {
      for (let turn = 0; turn < 21; turn += 1) {
        const wish = { userId, liked: turn % 2 === 0, region: 'GB' };
        await db.transaction((session) => setLikes(db, videoId, [wish], session));
      }
    };
    const here = async (person: Person, index: number) => {
      // Half of them like it at the end.
      for (let turn = 0; turn < 20 + (index % 2); turn += 1) {
        const method = turn % 2 === 0 ? 'PUT' : 'DELETE';
        const { status } = await like(person, videoId, method);
        expect(status).to.equal(200);
      }
    };
    await Promise.all([...people.map(here), elsewhere(newId()), elsewhere(newId())]);
    expect(await countsOf(mongo, videoId)).to.deep.include({ likes: [52, 52, 52] });
  });
});
