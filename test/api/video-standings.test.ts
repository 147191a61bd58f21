import { expect } from 'chai';
import { createContext } from '../../shared/context.ts';
import { move } from '../../shared/pipeline.ts';
import { openTools, type Tools } from '../../workers/tools.ts';
import { ask } from '../support/ask.ts';
import { type System, startSystem } from '../support/system.ts';
import { countEvents, runTrending } from '../support/trending.ts';
import { videoIn } from '../support/videos.ts';

type Explanation = { score: number; views: number; likes: number; ageHours: number; sentence: string };
type Standing = { region: string; rank: number | null; basis: string | null; explanation: Explanation };
type Standings = { videoId: string; computedAt: string | null; regions: Standing[] };

describe('where a video stands', () => {
  let system: System;
  let tools: Tools;

  before(async () => {
    system = await startSystem({
      ...{ REGIONS: 'GB,US,DE,FR', TRENDING_MINIMUM_VIEWS: '3', TRENDING_FILL_TO: '1' },
      TRENDING_EVERY_SECONDS: '300',
    });
    tools = await openTools(await createContext(system.config, 'worker'));
  });
  after(async () => {
    await tools.close();
    await system.stop();
  });

  const read = async (videoId: string, as?: 'demo') =>
    (await ask<Standings>(system, 'GET', `/api/videos/${videoId}/trending`, as ? { as } : {})).body;
  const sentences = ({ regions }: Standings) =>
    Object.fromEntries(regions.map(({ region, explanation }) => [region, explanation.sentence]));

  it('is told for every region, with why', async () => {
    const [video, other] = [
      await videoIn('ready', system, { regions: ['GB', 'US', 'DE'] }),
      await videoIn('ready', system),
    ];
    const none = { computedAt: null, videoId: video };
    expect(await read(video)).to.include(none);
    await countEvents(tools, [
      { videoId: video, region: 'GB', views: 4, likes: 1 },
      { videoId: video, region: 'US', views: 2 },
      { videoId: video, region: 'FR', views: 9 },
      { videoId: other, region: 'US', views: 8 },
    ]);
    await runTrending(tools);
    const found = await read(video);
    const places = found.regions.map(({ region, rank, basis }) => [region, rank, basis]);
    expect(places).to.deep.equal([
      ['GB', 1, 'region'],
      ['US', null, null],
      ['DE', 1, 'world'],
      ['FR', null, null],
    ]);
    expect(found.regions[0]?.explanation).to.include({ views: 4, likes: 1 });
    expect(found.regions[2]?.explanation, 'of all regions').to.include({ views: 15, likes: 1 });
    const { GB, US, DE, FR } = sentences(found);
    expect(GB).to.match(
      /^Rank 1 in GB: 4 views, 1 like and 0 comments, each of which .* make a score of [\d.]+\.$/,
    );
    expect(US).to.equal('Not ranked in US: 2 views there lately, and a rank needs 3.');
    expect(DE).to.match(/^Rank 1 in DE: 15 views, 1 like and 0 comments in all regions, each/);
    expect(FR).to.equal('Not ranked in FR: the video is not for this region.');
    expect(sentences(await read(other)).GB).to.equal('Not ranked in GB: no views there lately.');
  });

  it('is nowhere at once when it is hidden, and not told of what one may not see', async () => {
    const { userId } = await (await system.client('demo')).call<{ userId: string }>('GET', '/api/auth/me');
    const videoId = await videoIn('ready', system, { ownerId: userId });
    await countEvents(tools, [{ videoId, region: 'GB', views: 400 }]);
    await runTrending(tools);
    expect((await read(videoId)).regions[0]).to.include({ rank: 1 });
    const { db } = system.context;
    await db.transaction((session) =>
      db.videos.change(videoId, undefined, { visibility: 'private' }, session),
    );
    const ownView = await read(videoId, 'demo');
    expect(ownView.regions.map(({ rank }) => rank)).to.deep.equal([null, null, null, null]);
    expect(sentences(ownView).GB).to.equal('Not ranked: only what everyone may see and play has ranks.');
    expect((await ask(system, 'GET', `/api/videos/${videoId}/trending`)).status).to.equal(404);
    await move(system.context, { videoId, generation: 1 }, 'deleted');
    expect((await ask(system, 'GET', `/api/videos/${videoId}/trending`, { as: 'demo' })).status).to.equal(
      404,
    );
  });
});
