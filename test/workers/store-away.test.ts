import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { isSettled } from '../../scripts/client.ts';
import { clip } from '../support/clips.ts';
import { type System, startSystem, until } from '../support/system.ts';

/** Longer than the four attempts of a job took, with the pauses between them. */
const awaySeconds = 12;

describe('videos while the store of files is away', function () {
  this.timeout(120_000);
  let system: System;
  let door: Server;
  const open = new Set<Socket>();
  let isAway = false;
  /** The store goes away when this is asked for. */
  let leavesAt: RegExp | undefined;

  const leave = () => {
    isAway = true;
    for (const one of open) one.destroy();
  };
  const away = () => new Promise((resolve) => setTimeout(resolve, awaySeconds * 1000));

  before(async () => {
    const usual = await startSystem();
    const real = new URL(usual.config.S3_ENDPOINT);
    await usual.stop();
    door = createServer((client) => {
      if (isAway) return client.destroy();
      const store = connect(Number(real.port), real.hostname);
      for (const one of [client, store]) {
        open.add(one);
        one
          .on('error', () => {})
          .once('close', () => {
            open.delete(one);
            client.destroy();
            store.destroy();
          });
      }
      client.on('data', (bytes) => {
        if (leavesAt?.test(bytes.toString('latin1'))) leave();
      });
      client.pipe(store).pipe(client);
    }).listen(0, '127.0.0.1');
    await once(door, 'listening');
    const { port } = door.address() as AddressInfo;
    system = await startSystem({
      S3_ENDPOINT: `http://127.0.0.1:${port}`,
      S3_PUBLIC_ENDPOINT: real.origin,
    });
  });
  after(async () => {
    isAway = false;
    await system.stop();
    for (const one of open) one.destroy();
    door.close();
  });

  it('wait for it, those under way and those to come', async () => {
    const client = await system.client('demo');
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push((await client.uploadFile(await clip())).videoId);
    const states = () =>
      Promise.all(ids.map(async (id) => (await system.context.db.videos.find(id))?.state ?? 'gone'));
    await system.startWorker();
    await until('encoding', async () => (await states()).includes('encoding'));
    leave();
    await away();
    isAway = false;
    const ended = await Promise.all(ids.map((id) => client.follow(id, isSettled)));
    expect(ended.map(({ error }) => error)).to.deep.equal([null, null, null]);
    expect(await states()).to.deep.equal(['ready', 'ready', 'ready']);
  });

  it('wait for it with their storyboard, too', async () => {
    const client = await system.client('demo');
    leavesAt = /^GET \/[^? ]*\/tiles-/m;
    const { videoId } = await client.uploadFile(await clip());
    await until('loss of the store', async () => isAway, 60);
    leavesAt = undefined;
    await away();
    isAway = false;
    const { state, warnings } = await client.follow(videoId, isSettled);
    expect({ state, warnings }).to.deep.equal({ state: 'ready', warnings: [] });
  });
});
