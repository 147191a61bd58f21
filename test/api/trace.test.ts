import { expect } from 'chai';
import { isSettled } from '../../scripts/client.ts';
import { jobId } from '../../shared/keys.ts';
import type { QueueName } from '../../shared/queue-names.ts';
import { clip } from '../support/clips.ts';
import { type System, startSystem } from '../support/system.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

describe('a trace', () => {
  let system: System;

  before(async () => {
    system = await startSystem();
    await system.startWorker();
  });
  after(() => system.stop());

  const ask = (headers: Record<string, string>) => fetch(`${system.url}/healthz`, { headers });

  it('goes on in the reply, with a span of its own', async () => {
    const { headers } = await ask({ traceparent });
    expect(headers.get('traceparent')).to.match(
      new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`),
    );
    expect(headers.get('x-request-id')).to.equal(traceId);
  });

  it('begins with a request that has none, beside the id that the request may have', async () => {
    const { headers } = await ask({ 'X-Request-Id': 'mine-1234' });
    expect(headers.get('traceparent')).to.match(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(headers.get('x-request-id')).to.equal('mine-1234');
  });

  it('goes through every job of the video that a request begins', async () => {
    const client = await system.client('demo');
    const path = await clip();
    const { videoId, uploadId } = await client.uploadFile(path);
    await client.follow(videoId, isSettled);
    const response = await fetch(`${system.url}/api/videos/${videoId}/reprocess`, {
      method: 'POST',
      headers: { Cookie: await system.cookie('demo'), traceparent },
    });
    expect(response.status, uploadId).to.equal(202);
    await client.follow(videoId, isSettled);
    for (const [queue, n] of [['probe'], ['encode', 0], ['audio', 0], ['images'], ['publish']] as [
      QueueName,
      number?,
    ][]) {
      const found = system.context.queues.all.find(({ name }) => name === queue);
      const job = await found?.getJob(jobId(queue, videoId, 2, n));
      expect(job?.data.traceparent, queue).to.match(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    }
  });
});
