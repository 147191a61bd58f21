import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { shortTurns } from '../../api/limits/short-turns.ts';

const busy = 300;
const newcomers = 60;

describe('new connections beside busy ones', () => {
  let server: Server;
  const sockets: Socket[] = [];

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  async function serve(begun: (path: string) => void): Promise<number> {
    server = createServer();
    server.on(
      'request',
      shortTurns(server, (request, response) => {
        begun(request.url ?? '');
        response.end('x');
      }),
    );
    await once(server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }), 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** Asks; and again with each reply, unless once is enough. */
  function ask(port: number, path: string, again: boolean): Promise<void> {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    const request = `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    socket.write(request);
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.on('data', () => {
        resolve();
        if (again) socket.write(request);
      });
    });
  }

  it('are taken before the busy ones were answered many times over', async () => {
    let answered = 0;
    const port = await serve(() => {
      answered += 1;
    });
    await Promise.all(Array.from({ length: busy }, () => ask(port, '/', true)));
    answered = 0;
    await Promise.all(Array.from({ length: newcomers }, () => ask(port, '/', false)));
    // One a turn, and turns of all the busy ones, would be 300 x 60.
    expect(answered).to.be.lessThan((busy * newcomers) / 6);
  });

  it('do not let requests pile up that one of them sends without waiting for replies', async () => {
    const sent = 2000;
    let begun = 0;
    let came = 0;
    let mostWaiting = 0;
    const port = await serve(() => {
      begun += 1;
    });
    server.on('request', () => {
      came += 1;
      mostWaiting = Math.max(mostWaiting, came - begun);
    });
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(sent));
    socket.resume();
    const others = Array.from({ length: newcomers }, () => ask(port, '/', false));
    while (begun < sent + newcomers) await setImmediate();
    await Promise.all(others);
    expect(mostWaiting).to.be.at.most(newcomers + 1);
  });

  it('are all answered, none left out', async () => {
    const begun: string[] = [];
    const port = await serve((path) => begun.push(path));
    const paths = Array.from({ length: busy }, (_, index) => `/${index}`);
    await Promise.all(paths.map((path) => ask(port, path, false)));
    expect(begun).to.have.members(paths);
  });
});
