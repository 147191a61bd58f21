import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { limitConnections } from '../../api/limits/connections.ts';
import { addressRanges } from '../../shared/addresses.ts';
import { type System, startSystem } from '../support/system.ts';

describe('clients that send slowly', () => {
  let system: System;
  before(async () => {
    system = await startSystem({ REQUEST_SECONDS: '3' });
  });
  after(() => system.stop());

  /** Sends a text byte by byte until it is cut off. What it was answered, and after how many seconds. */
  async function drip(begin: string, text: string): Promise<{ reply: string; seconds: number }> {
    const socket = connect(system.port, '127.0.0.1');
    const began = performance.now();
    let reply = '';
    socket.setEncoding('utf8').on('data', (data: string) => {
      reply += data;
    });
    // To write to who has hung up is what this is about; `once` would throw it.
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(begin);
    let at = 0;
    const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ''), 20);
    await closed;
    clearInterval(timer);
    return { reply, seconds: (performance.now() - began) / 1000 };
  }

  it('are cut off in their headers, and others are served meanwhile', async () => {
    const slow = Array.from({ length: 50 }, () => drip('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'a'));
    const ended = Promise.all(slow);
    let served = 0;
    let isOver = false;
    ended.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      expect((await fetch(`${system.url}/healthz`)).status).to.equal(200);
      served += 1;
    }
    expect(served).to.be.above(10);
    const all = await ended;
    for (const { reply, seconds } of all) {
      // A reset on the way loses what was not read yet.
      expect(reply).to.match(/^(?:$|HTTP\/1\.1 408 )/);
      expect(seconds).to.be.within(0.5, 6);
    }
    expect(all.filter(({ reply }) => reply !== '').length).to.be.above(all.length / 2);
  });

  it('are cut off when they send nothing at all', async () => {
    const socket = connect(system.port, '127.0.0.1');
    socket.resume();
    await once(socket, 'close');
  });

  it('are cut off in their body', async () => {
    const headers = ['POST /api/auth/logout HTTP/1.1', 'Host: x', 'Content-Length: 100000', '', ''].join(
      '\r\n',
    );
    const { reply, seconds } = await drip(headers, ' ');
    expect(reply).to.match(/^HTTP\/1\.1 (2|4)/);
    expect(seconds).to.be.below(8);
  });

  it('hold so many connections of one network, and free them again', async () => {
    const most = 5;
    const server = createServer((_request, response) => response.end('x'));
    const accepted: Socket[] = [];
    server.on('connection', (socket) => accepted.push(socket));
    limitConnections(server, undefined, most);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const open = async (): Promise<Socket> => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await Promise.race([once(socket, 'data'), once(socket, 'close')]);
      return socket;
    };
    const held: Socket[] = [];
    for (let n = 0; n < most; n += 1) held.push(await open());
    expect(held.every(({ destroyed }) => !destroyed)).to.equal(true);
    expect((await open()).destroyed).to.equal(true);
    const [first] = held;
    const freed = once(accepted[0] ?? first ?? server, 'close');
    first?.destroy();
    await freed;
    const again = await open();
    expect(again.destroyed).to.equal(false);
    for (const socket of [...held, again]) socket.destroy();
    server.close();
  });

  it('of a trusted proxy are as many as it has', async () => {
    const server = createServer((_request, response) => response.end('x'));
    limitConnections(server, addressRanges.parse('127.0.0.0/8'), 1);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const replies = await Promise.all([1, 2, 3].map(() => fetch(`http://127.0.0.1:${port}/`)));
    expect(replies.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
    server.closeAllConnections();
    server.close();
  });
});
