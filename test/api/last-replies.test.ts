import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { startApi } from '../../api/start.ts';
import { onFreePort } from '../../scripts/local/port.ts';
import { readConfig } from '../../shared/config.ts';
import { type System, startSystem, until } from '../support/system.ts';

describe('an api that stops', () => {
  let system: System;
  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  it('answers what has begun to arrive, and says that the connection ends with it', async () => {
    const api = await startApi(readConfig({ ...system.env, SHUTDOWN_GRACE_SECONDS: '10' }));
    const body = JSON.stringify({ email: 'ada@example.com', password: 'none of this' });
    const socket = connect(api.port, '127.0.0.1').setEncoding('utf8');
    let reply = '';
    socket.on('data', (text: string) => {
      reply += text;
    });
    const head = 'Host: x\r\nContent-Type: application/json';
    socket.write(`GET /healthz HTTP/1.1\r\n${head}\r\n\r\n`);
    await until('a first reply', async () => reply.includes('ok\n'));
    expect(reply).to.match(/^HTTP\/1\.1 200 .*^Connection: keep-alive\r$/ims);
    reply = '';
    socket.write(`POST /api/auth/login HTTP/1.1\r\n${head}\r\nContent-Length: ${body.length}\r\n\r\n`);
    // The last of what the server reads before: then it knows of the request.
    await fetch(`${api.url}/healthz`);
    const stopped = api.stop();
    socket.write(body);
    await once(socket, 'close');
    expect(reply).to.match(/^HTTP\/1\.1 4\d\d .*^Connection: close\r$/ims);
    await stopped;
  });

  it('answers what comes on a kept connection at that moment', async () => {
    const api = await startApi(readConfig(system.env));
    const socket = connect(api.port, '127.0.0.1').setEncoding('utf8');
    let reply = '';
    socket.on('data', (text: string) => {
      reply += text;
    });
    const request = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
    socket.write(request);
    await until('a first reply', async () => reply.includes('ok\n'));
    reply = '';
    socket.write(request);
    const stopped = api.stop();
    await once(socket, 'close');
    expect(reply).to.match(/^HTTP\/1\.1 200 .*^Connection: close\r$/ims);
    await stopped;
  });
});

describe('an api that starts', () => {
  let system: System;
  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  it('answers who comes as soon as it listens', async () => {
    await onFreePort(undefined, async (port) => {
      const starting = startApi(readConfig({ ...system.env, API_PORT: String(port) }));
      try {
        const asked = await until('a connection', () =>
          fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(5000) }).catch((error) => {
            if (error.name === 'TimeoutError') throw error;
            return undefined;
          }),
        );
        expect(asked.status).to.equal(200);
      } finally {
        await (await starting).stop();
      }
    });
  });
});
