import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { newId } from '../../shared/ids.ts';
import { type Answer, ask } from '../support/ask.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

type Figures = { views: number; watchSeconds: number; likes: number; comments: number };
type Analytics = {
  from: string;
  to: string;
  totals: Figures;
  regions: (Figures & { region: string })[];
  series: (Figures & { at: string; region: string })[];
};

describe('analytics', () => {
  let system: System;
  let mongo: Connection;
  let ownerId: string;
  let videoId: string;
  before(async () => {
    system = await startSystem();
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
    ownerId = (await ask<{ userId: string }>(system, 'GET', '/api/auth/me', { as: 'demo' })).body.userId;
    videoId = await videoIn('ready', system, { ownerId });
    await count(videoId, 'GB', '2026-03-01T00', { views: 3, watchSeconds: 30.5, likes: 1 });
    await count(videoId, 'GB', '2026-03-01T23', { views: 2, watchSeconds: 5, comments: 1 });
    await count(videoId, 'US', '2026-03-01T23', { views: 10 });
    await count(videoId, 'GB', '2026-03-03T12', { views: 1, likes: -1 });
    await count(videoId, 'GB', '2026-03-05T00', { views: 100 });
    await count(await videoIn('ready', system), 'GB', '2026-03-01T00', { views: 1000 });
  });
  after(async () => {
    await mongo?.close();
    await system?.stop();
  });

  async function count(id: string, region: string, hour: string, figures: Partial<Figures>): Promise<void> {
    const none = { views: 0, watchSeconds: 0, watchShare: 0, likes: 0, comments: 0 };
    const at = new Date(`${hour}:00:00Z`);
    const bucket = { _id: `${id}-${region}-${hour}`, videoId: id, region, hour: at, ...none, ...figures };
    await mongo.collection<{ _id: string }>('view_buckets').insertOne(bucket);
  }
  const of = (query: string, ending = '', as: 'demo' | 'viewer' = 'demo'): Promise<Answer<Analytics>> =>
    ask<Analytics>(system, 'GET', `/api/videos/${videoId}/analytics${ending}?${query}`, { as });
  const figures = (views: number, watchSeconds = 0, likes = 0, comments = 0): Figures => ({
    ...{ views, watchSeconds, likes, comments },
  });

  it('tells what was counted by day and region, and in all', async () => {
    const { status, body } = await of('from=2026-03-01&to=2026-03-04');
    expect(status).to.equal(200);
    const [first, third] = ['2026-03-01T00:00:00.000Z', '2026-03-03T00:00:00.000Z'];
    expect(body).to.deep.equal({
      ...{ videoId, from: '2026-03-01', to: '2026-03-04', by: 'day' },
      totals: figures(16, 35.5, 0, 1),
      regions: [
        { region: 'GB', ...figures(6, 35.5, 0, 1) },
        { region: 'US', ...figures(10) },
      ],
      series: [
        { at: first, region: 'GB', ...figures(5, 35.5, 1, 1) },
        { at: first, region: 'US', ...figures(10) },
        { at: third, region: 'GB', ...figures(1, 0, -1) },
      ],
    });
  });

  it('tells it by the hour', async () => {
    const { body } = await of('from=2026-03-01&to=2026-03-01&by=hour');
    expect(body.series.map(({ at, region, views }) => `${at} ${region} ${views}`)).to.deep.equal([
      '2026-03-01T00:00:00.000Z GB 3',
      '2026-03-01T23:00:00.000Z GB 2',
      '2026-03-01T23:00:00.000Z US 10',
    ]);
  });

  it('takes four weeks until today, unless it is told other days', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const { body } = await of('');
    expect(body.to).to.equal(today);
    expect((Date.parse(body.to) - Date.parse(body.from)) / 86_400_000).to.equal(27);
    expect((await of('to=2026-03-28')).body.from).to.equal('2026-03-01');
  });

  it('comes as CSV, too', async () => {
    const { text, headers } = await of('from=2026-03-01&to=2026-03-04', '.csv');
    expect(headers.get('content-type')).to.equal('text/csv; charset=utf-8');
    expect(text).to.equal(
      [
        'day,region,views,watchSeconds,likes,comments',
        '2026-03-01,GB,5,35.5,1,1',
        '2026-03-01,US,10,0,0,0',
        '2026-03-03,GB,1,0,-1,0',
        '',
      ].join('\r\n'),
    );
    expect((await of('from=2026-03-03&to=2026-03-03&by=hour', '.csv')).text).to.equal(
      'hour,region,views,watchSeconds,likes,comments\r\n2026-03-03T12:00:00.000Z,GB,1,0,-1,0\r\n',
    );
    expect((await of('from=2020-01-01&to=2020-01-01', '.csv')).text).to.equal(
      'day,region,views,watchSeconds,likes,comments\r\n',
    );
  });

  for (const [query, said] of [
    ['from=yesterday', /from /],
    ['from=2026-02-30', /from /],
    ['from=2026-03-02&to=2026-03-01', /from must not be after to/],
    ['from=2025-01-01&to=2026-02-05', /400 days at most/],
    ['from=2026-03-01&to=2026-04-01&by=hour', /31 days at most/],
    ['by=week', /by /],
    ['region=GB', /region is not known/],
  ] as const) {
    it(`refuses ${query}`, async () => {
      for (const ending of ['', '.csv']) {
        const { status, text } = await of(query, ending);
        expect(status).to.equal(400);
        expect(JSON.parse(text)).to.include({ code: 'invalid_request' });
        expect(JSON.parse(text).detail).to.match(said);
      }
    });
  }

  it('takes as many days as it says', async () => {
    expect((await of('from=2025-01-01&to=2026-02-04')).status).to.equal(200);
    expect((await of('from=2026-03-01&to=2026-03-31&by=hour')).status).to.equal(200);
  });

  it('is for the owner and for overseers', async () => {
    expect((await of('', '', 'viewer')).status).to.equal(403);
    expect((await ask(system, 'GET', `/api/videos/${videoId}/analytics`)).status).to.equal(401);
    expect((await ask(system, 'GET', `/api/videos/${newId()}/analytics`, { as: 'demo' })).status).to.equal(
      404,
    );
  });

  it('sums up what somebody has', async () => {
    const more = await videoIn('ready', system, { ownerId, title: 'More' });
    const gone = await videoIn('ready', system, { ownerId });
    const videos = mongo.collection<{ _id: string }>('videos');
    await videos.updateOne({ _id: videoId }, { $set: { views: 7, likes: 2 } });
    await videos.updateOne({ _id: more }, { $set: { views: 9, comments: 4 } });
    await videos.updateOne({ _id: gone }, { $set: { views: 99, state: 'deleted' } });
    const { body } = await ask(system, 'GET', '/api/analytics', { as: 'demo' });
    expect(body).to.deep.equal({
      ...{ videos: 2, totals: { views: 16, likes: 2, comments: 4 } },
      top: [
        { videoId: more, title: 'More', views: 9, likes: 0, comments: 4 },
        { videoId, title: 'A title', views: 7, likes: 2, comments: 0 },
      ],
    });
    const first = await ask<{ top: object[] }>(system, 'GET', '/api/analytics?limit=1', { as: 'demo' });
    expect(first.body.top).to.have.length(1);
    const none = await ask(system, 'GET', '/api/analytics', { as: 'viewer' });
    expect(none.body).to.deep.equal({ videos: 0, totals: { views: 0, likes: 0, comments: 0 }, top: [] });
  });

  it('refuses days from before there were any', async () => {
    for (const query of ['from=1969-12-01&to=1970-01-02', 'to=1969-12-31']) {
      const { status, body } = await of(query);
      expect([status, (body as unknown as { code: string }).code]).to.deep.equal([400, 'invalid_request']);
    }
    expect((await of('to=1970-01-02')).body).to.include({ from: '1970-01-01', to: '1970-01-02' });
  });

  it('sums up an owner from the index alone, and sorts nothing for the most viewed', async () => {
    const state = { $in: ['ready', 'failed'] };
    const videos = mongo.collection('videos');
    const sums = await videos
      .find({ ownerId, state })
      .project({ _id: 0, views: 1, likes: 1, comments: 1 })
      .explain('executionStats');
    expect(sums.executionStats.totalDocsExamined).to.equal(0);
    const top = await videos.find({ ownerId, state }).sort({ views: -1, _id: 1 }).limit(10).explain();
    expect(JSON.stringify(top.queryPlanner.winningPlan)).to.include('SORT_MERGE');
  });
});
