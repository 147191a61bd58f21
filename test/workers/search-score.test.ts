import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { scoreExpression } from '../../shared/search/score.ts';
import { searchRowOf } from '../../shared/search/search-row.ts';
import { type System, startSystem } from '../support/system.ts';

describe('the score', () => {
  let system: System;
  let connection: Connection;
  const now = new Date();
  before(async () => {
    system = await startSystem();
    connection = await createConnection(system.config.MONGO_URL).asPromise();
  });
  after(async () => {
    await connection.close();
    await system.stop();
  });

  type Seen = { views?: number; days?: number; language?: string | null };

  /** As MongoDB counts it for a video that has these folded words, each in a field of its own. */
  async function scoreOf(
    words: string[],
    { views = 0, days = 0, language = 'en' }: Seen = {},
  ): Promise<number> {
    const video = {
      ...{ _id: 'one', title: 'Running waves', tags: ['storms'], channelTitle: 'Harbours', regions: [] },
      ...{ description: 'Running gulls', category: null, durationSeconds: 1, views, language },
      publishedAt: new Date(now.getTime() - days * 86_400_000),
    };
    const rows = connection.collection<{ _id: string }>('scored');
    await rows.replaceOne({ _id: 'one' }, searchRowOf(video, ['Ada Lovelace']), { upsert: true });
    const stages = [{ $project: { score: scoreExpression(words, now) } }];
    const [found] = await rows.aggregate<{ score: number }>(stages).toArray();
    return found?.score ?? Number.NaN;
  }

  /** Nothing for being new is left of it. */
  const old = { days: 9000 };

  for (const language of ['en', null]) {
    it(`of a word goes by where it counts most, in the language ${language}`, async () => {
      const of = (...words: string[]) => scoreOf(words, { ...old, language });
      expect(await of('running')).to.be.closeTo(10, 1e-9);
      expect(await of('storms')).to.be.closeTo(6, 1e-9);
      expect(await of('ada')).to.be.closeTo(5, 1e-9);
      expect(await of('harbours')).to.be.closeTo(4, 1e-9);
      expect(await of('gulls')).to.be.closeTo(1, 1e-9);
      expect(await of('waves', 'harbours')).to.be.closeTo(7, 1e-9);
    });
  }

  it('is of the text, then a little of views and freshness', async () => {
    expect(await scoreOf(['waves'])).to.be.closeTo(11, 1e-9);
    expect(await scoreOf(['waves'], { days: 30 })).to.be.closeTo(10.5, 1e-9);
    expect(await scoreOf(['waves'], { days: 60, views: 999 })).to.be.closeTo(11.15, 1e-9);
  });

  it('is higher for the title than for any number of views', async () => {
    expect(await scoreOf(['waves'], old)).to.be.above(await scoreOf(['storms'], { views: 1e9 }));
  });
});
