import { createServer } from 'node:net';
import { expect } from 'chai';
import { MillraceError } from '../../shared/errors.ts';
import { createStorage } from '../../shared/storage.ts';
import { unlessSilent } from '../../shared/unless-silent.ts';
import { type System, startSystem } from '../support/system.ts';

const told = (thrown: unknown) => {
  const error = unlessSilent(thrown);
  return error instanceof MillraceError ? error.code : error;
};

describe('a store of files that does not answer', () => {
  let system: System;
  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  const failureAt = async (port: number) => {
    const storage = createStorage({ ...system.config, S3_ENDPOINT: `http://127.0.0.1:${port}` }, 'api');
    try {
      return await storage.head('raw', 'any').catch((error) => error);
    } finally {
      storage.close();
    }
  };

  it('is unavailable, whether it refuses connections or is silent', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const sockets = new Set<{ destroy(): void }>();
    silent.on('connection', (socket) => sockets.add(socket));
    expect(told(await failureAt(port))).to.equal('unavailable');
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
    expect(told(await failureAt(port))).to.equal('unavailable');
  });

  it('is none where it has answered', async () => {
    const refusal = Object.assign(new Error('no'), { $metadata: { httpStatusCode: 403 } });
    expect(told(refusal)).to.equal(refusal);
    expect(told(Object.assign(new Error('down'), { $metadata: { httpStatusCode: 503 } }))).to.equal(
      'unavailable',
    );
    const bug = new TypeError('x is undefined');
    expect(told(bug)).to.equal(bug);
  });

  it('is a database too, whose connection is waited for', () => {
    const lost = new Error('Connection operation buffering timed out after 10000ms');
    lost.name = 'MongooseError';
    expect(told(lost)).to.equal('unavailable');
  });
});
