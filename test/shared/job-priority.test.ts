import { expect } from 'chai';
import { encodePriority } from '../../shared/job-priority.ts';
import { silentClip, textFile } from '../support/clips.ts';
import { type System, startSystem } from '../support/system.ts';

/** The largest priority that BullMQ takes. */
const lastPriority = 2 ** 21;

describe('the priority of a chunk', () => {
  it('puts the first chunk of every video before all others', () => {
    expect(encodePriority(0, 5000)).to.be.lessThan(encodePriority(1, 1));
  });

  it('lets an owner with more recent uploads wait', () => {
    expect(encodePriority(0, 7)).to.be.lessThan(encodePriority(0, 8));
    expect(encodePriority(500, 7)).to.be.lessThan(encodePriority(1, 8));
  });

  it('keeps the chunks of a video in order', () => {
    const priorities = [0, 1, 2, 3, 999].map((chunk) => encodePriority(chunk, 3));
    expect(priorities).to.deep.equal([3, 3001, 3002, 3003, 3999]);
  });

  it('is one that BullMQ takes, whatever comes', () => {
    expect(encodePriority(0, 0)).to.be.at.least(1);
    expect(encodePriority(1e6, 1e6)).to.be.at.most(lastPriority);
  });
});

describe('the order of jobs', () => {
  let system: System;
  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  it('lets nobody wait for all that another has uploaded, and keeps what is of one owner in order', async () => {
    const many = await system.client('demo');
    const own: string[] = [];
    for (let n = 0; n < 4; n += 1) own.push((await many.uploadFile(await textFile())).videoId);
    const { videoId } = await (await system.client('admin')).uploadFile(await silentClip());
    const probes = system.context.queues.all.find(({ name }) => name === 'probe');
    const waiting = (await probes?.getJobs(['waiting', 'prioritized'], 0, -1, true)) ?? [];
    const order = waiting.map(({ data }) => data.videoId);
    expect(order).to.have.members([...own, videoId]);
    expect(order.filter((id) => id !== videoId)).to.deep.equal(own);
    expect(order.indexOf(videoId)).to.be.at.most(1);
  });
});
