import { expect } from 'chai';
import { seedTrending } from '../../scripts/bench/sides/seed-trending.ts';
import { exchange } from '../support/exchange.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

const careful = 'private, no-cache';

describe('a reply that depends on who asks', () => {
  let system: System;
  let cookie: string;
  let ownerId: string;

  before(async () => {
    system = await startSystem();
    cookie = await system.cookie('demo');
    ownerId = (await (await system.client('demo')).call<{ userId: string }>('GET', '/api/auth/me')).userId;
  });
  after(() => system.stop());

  async function ask(path: string, headers: Record<string, string> = {}) {
    const reply = await fetch(`${system.url}${path}`, { headers });
    await reply.arrayBuffer();
    const { status } = reply;
    return { status, cached: reply.headers.get('cache-control'), etag: reply.headers.get('etag') ?? '' };
  }

  it('is kept by no cache that others share, and asked for again each time', async () => {
    const mine = `/api/videos/${await videoIn('ready', system, { ownerId, visibility: 'private' })}`;
    const json = { filename: 'a.mp4', size: 1, type: 'video/mp4' };
    const { headers } = await exchange(system.url, '/api/uploads', { cookie, json });
    const upload = headers.get('location') ?? '';
    for (const path of [mine, `${mine}/captions`, `${mine}/poster`, '/api/videos?mine=true', upload]) {
      const { status, cached, etag } = await ask(path, { Cookie: cookie });
      expect([status, cached], path).to.deep.equal([200, careful]);
      const again = await ask(path, { Cookie: cookie, 'If-None-Match': etag });
      expect(again, path).to.deep.equal({ status: 304, cached: careful, etag });
    }
  });

  it('says so too where all who are not signed in share one', async () => {
    const path = `/api/videos/${await videoIn('ready', system, { ownerId })}`;
    for (const headers of [{}, { Cookie: cookie }]) {
      const { etag, ...first } = await ask(path, headers);
      expect(first).to.deep.equal({ status: 200, cached: careful });
      const again = await ask(path, { ...headers, 'If-None-Match': etag });
      expect(again).to.deep.equal({ status: 304, cached: careful, etag });
    }
  });

  it('is told from one that is the same for all, which says for itself how long it lasts', async () => {
    await seedTrending(system.context.db, 'GB', 3);
    // Here ranks are computed each second, so it is not kept for longer.
    expect((await ask('/api/trending/GB')).cached).to.equal('public, max-age=1');
    expect((await ask('/.well-known/jwks.json')).cached).to.equal('public, max-age=300');
  });
});
