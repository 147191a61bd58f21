import { expect } from 'chai';
import { createContext } from '../../shared/context.ts';
import { describeTrendingAge } from '../../shared/trending-age.ts';
import { sweep } from '../../workers/steps/sweep.ts';
import { openTools, type Tools } from '../../workers/tools.ts';
import { withClockAhead } from '../support/clock.ts';
import { backdate, type System, startSystem } from '../support/system.ts';
import { runTrending } from '../support/trending.ts';
import { videoIn } from '../support/videos.ts';

const tenMinutes = 600;

describe('a worker whose clock is ten minutes ahead', () => {
  let system: System;
  let tools: Tools;

  beforeEach(async () => {
    system = await startSystem({ UPLOAD_TTL_SECONDS: '300' });
    tools = await openTools(await createContext(system.config, 'worker'));
  });
  afterEach(async () => {
    await tools.close();
    await system.stop();
  });

  const runSweep = () => sweep({}, { tools, log: tools.log, signal: new AbortController().signal });

  it('makes no ranks that hide those of others', async () => {
    await withClockAhead(tenMinutes, () => runTrending(tools));
    const ahead = await tools.db.rankings.lastRun();
    expect(await describeTrendingAge(tools)).to.match(/^trending: last run \d s ago\n$/);
    await runTrending(tools);
    expect(await tools.db.rankings.lastRun()).not.to.deep.equal(ahead);
  });

  it('ends no upload whose ticket is good, and still those whose ticket has run out', async () => {
    const client = await system.client('demo');
    const ask = () => client.requestUpload({ filename: 'a.mp4', size: 9, type: 'video/mp4' });
    const [good, old] = [await ask(), await ask()];
    await backdate(system, 'uploads', old.uploadId, 'expiresAt', 61);
    await withClockAhead(tenMinutes, runSweep);
    expect((await client.upload(good.uploadId)).state).to.equal('waiting');
    expect((await client.upload(old.uploadId)).state).to.equal('expired');
  });

  it('purges nothing before its grace is over', async () => {
    const videoId = await videoIn('failed', system);
    const purgedAt = async () => (await tools.db.videos.find(videoId))?.purgedAt ?? null;
    await withClockAhead(tenMinutes, runSweep);
    expect(await purgedAt()).to.equal(null);
    await backdate(system, 'videos', videoId, 'heardAt', 301);
    await runSweep();
    expect(await purgedAt()).not.to.equal(null);
  });
});
