import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { newId } from '../../shared/ids.ts';
import { type System, startSystem } from '../support/system.ts';

type Profiled = { op: string; ns: string; planSummary: string; docsExamined: number };

describe('what is asked of one video', () => {
  let system: System;
  let connection: Connection;
  const others = 300;

  before(async () => {
    system = await startSystem();
    connection = await createConnection(system.config.MONGO_URL).asPromise();
    const some = Array.from({ length: others }, () => ({ _id: newId(), videoId: newId(), ownerId: newId() }));
    const poster = {
      generation: 1,
      source: 'auto',
      isChosen: false,
      version: 1,
      state: 'ready',
      widths: [320],
    };
    await connection
      .collection<{ _id: string }>('posters')
      .insertMany(some.map((one) => ({ ...one, ...poster, heardAt: new Date() })));
    await connection
      .collection<{ _id: string }>('uploads')
      .insertMany(some.map((one) => ({ ...one, state: 'completed', expiresAt: new Date() })));
  });
  after(async () => {
    await connection.close();
    await system.stop();
  });

  /** What the database did meanwhile, as it says itself. */
  async function profile(work: () => Promise<unknown>): Promise<Profiled[]> {
    await connection.db?.command({ profile: 2 });
    await work();
    await connection.db?.command({ profile: 0 });
    const found = await connection.collection('system.profile').find({ planSummary: /./ }).toArray();
    await connection.collection('system.profile').drop();
    return found as unknown as Profiled[];
  }

  function expectIndexes(found: Profiled[]): void {
    for (const { op, ns, planSummary, docsExamined } of found) {
      expect(planSummary, `${op} ${ns}`).to.not.match(/COLLSCAN/);
      expect(docsExamined, `${op} ${ns}`).to.be.at.most(1);
    }
  }

  it('reads none of the posters of others', async () => {
    const { posters } = system.context.db;
    const attempt = { videoId: newId(), generation: 1 };
    const found = await profile(async () => {
      await posters.auto(attempt);
      await posters.last(attempt.videoId);
      await posters.shown(attempt);
      await posters.byVersion(attempt.videoId, 1);
    });
    expect(found).to.have.length.of.at.least(5);
    expectIndexes(found);
  });

  it('when it goes reads nothing of others', async () => {
    const { db } = system.context;
    const found = await profile(async () => {
      const stores = [db.playlists, db.parts].map((store) => store.remove(newId()));
      const gone = [db.captions, db.posters, db.credits, db.likes, db.comments, db.reports, db.edits];
      await Promise.all([...stores, ...gone.map((store) => store.forget(newId()))]);
      await db.uploads.forgetName(newId());
    });
    expect(found).to.have.length.of.at.least(11);
    expectIndexes(found);
  });
});
