import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { expect } from 'chai';
import { createConnection } from 'mongoose';
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
    const refusal = Object.assign(new Error('no'), { $metadata: { httpStatusCode: 400 } });
    expect(told(refusal)).to.equal(refusal);
    expect(told(Object.assign(new Error('down'), { $metadata: { httpStatusCode: 503 } }))).to.equal(
      'unavailable',
    );
    const bug = new TypeError('x is undefined');
    expect(told(bug)).to.equal(bug);
  });

  it('is one that wants to be asked later, too', async () => {
    const busy = [
      [429, 'TooManyRequests'],
      [400, 'RequestTimeout'],
      [409, 'OperationAborted'],
    ] as const;
    for (const [status, code] of busy) {
      const server = createHttpServer((request, response) => {
        request.resume();
        response.writeHead(status, { 'content-type': 'application/xml' });
        response.end(`<Error><Code>${code}</Code><Message>later</Message></Error>`);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const endpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
      const storage = createStorage({ ...system.config, S3_ENDPOINT: endpoint }, 'api');
      const refused = await storage.put('raw', 'any', 'x', 'text/plain').catch((error) => error);
      storage.close();
      server.close();
      expect(told(refused), code).to.equal('unavailable');
    }
  });

  it('is one that refuses the key or has lost the bucket, too', async () => {
    const { S3_ENDPOINT, S3_ACCESS_KEY_ID } = system.config;
    const changes = [
      { S3_SECRET_ACCESS_KEY: 'another' },
      { S3_ACCESS_KEY_ID: `${S3_ACCESS_KEY_ID}2` },
      { S3_BUCKET_RAW: 'no-such-bucket' },
    ];
    for (const change of changes) {
      const storage = createStorage({ ...system.config, S3_ENDPOINT, ...change }, 'api');
      const { signal } = new AbortController();
      const any = { etag: null, bytes: null };
      const refused = storage.download('raw', 'any', any, '/dev/null', signal).catch((error) => error);
      expect(told(await refused), JSON.stringify(change)).to.equal('unavailable');
      storage.close();
    }
  });

  it('says at the start of what it is that it refuses', async () => {
    const storage = createStorage({ ...system.config, S3_SECRET_ACCESS_KEY: 'another' }, 'api');
    const { message } = await storage.ensureBuckets().catch((error) => error);
    storage.close();
    expect(message).to.match(
      /403 for the bucket \S+-raw; are S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY right/,
    );
  });

  it('is a database too, whose connection is waited for', () => {
    const lost = new Error('Connection operation buffering timed out after 10000ms');
    lost.name = 'MongooseError';
    expect(told(lost)).to.equal('unavailable');
  });

  it('is a database too that falls silent while a query is under way', async () => {
    const { MONGO_URL } = system.config;
    const upstream = { host: '127.0.0.1', port: Number(new URL(MONGO_URL).port) };
    let isHeld = false;
    const proxy = createServer((near) => {
      const far = connect(upstream);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        from.on('data', (bytes) => isHeld || to.write(bytes));
        from.on('close', () => to.destroy()).on('error', () => {});
      }
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as { port: number };
    const options = { heartbeatFrequencyMS: 500, connectTimeoutMS: 500, directConnection: true };
    const connection = await createConnection(`mongodb://127.0.0.1:${port}/any`, options).asPromise();
    try {
      await connection.db?.command({ ping: 1 });
      isHeld = true;
      const lost = await connection.db?.command({ ping: 1 }).catch((error) => error);
      expect(lost).to.have.property('name', 'PoolClearedOnNetworkError');
      expect(told(lost)).to.equal('unavailable');
    } finally {
      await connection.close(true);
      proxy.close();
    }
  });

  it('is a database too that is gone when many are written at once', async () => {
    const { port } = new URL(system.config.MONGO_URL);
    const proxy = createServer((near) => {
      const far = connect({ host: '127.0.0.1', port: Number(port) });
      for (const end of [near, far]) end.on('error', () => {});
      near.pipe(far).pipe(near);
      proxy.once('close', () => near.destroy());
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = `mongodb://127.0.0.1:${(proxy.address() as { port: number }).port}/any`;
    const options = { serverSelectionTimeoutMS: 500, directConnection: true };
    const connection = await createConnection(address, options).asPromise();
    try {
      const rows = connection.collection<{ _id: string }>('rows');
      const writeMany = () => rows.bulkWrite([{ insertOne: { document: { _id: 'one' } } }]);
      await writeMany();
      const refused = await writeMany().catch((error) => error);
      expect(told(refused)).to.equal(refused);
      proxy.close().emit('close');
      const lost = await writeMany().catch((error) => error);
      expect(lost).to.have.property('name', 'MongoBulkWriteError');
      expect(told(lost)).to.equal('unavailable');
    } finally {
      await connection.close(true);
      proxy.close();
    }
  });

  it('is a database too that has no leader, no room or other passwords, but none that refuses what it is told', () => {
    const refusal = (code: number, name: string) => Object.assign(new Error('not primary'), { name, code });
    for (const name of ['MongoServerError', 'MongoWriteConcernError', 'MongoBulkWriteError']) {
      for (const code of [10107, 189, 11602, 262, 13, 18, 24, 64, 14031]) {
        expect(told(refusal(code, name)), String(code)).to.equal('unavailable');
      }
      const duplicate = refusal(11000, name);
      expect(told(duplicate)).to.equal(duplicate);
    }
  });
});
