import { get, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { seedTrending } from '../../scripts/bench/sides/seed-trending.ts';
import { type System, startSystem, until } from '../support/system.ts';

type Received = { status: number; headers: IncomingHttpHeaders; body: Buffer };

describe('a reply that is the same for everybody', () => {
  let system: System;

  before(async () => {
    system = await startSystem();
    await seedTrending(system.context.db, 'GB', 20);
  });
  after(() => system.stop());

  /** `fetch` would add headers of its own and undo the compression. */
  const ask = (path: string, headers: OutgoingHttpHeaders = {}) =>
    new Promise<Received>((resolve, reject) => {
      get(`${system.url}${path}`, { headers }, async (response) => {
        const { statusCode: status = 0, headers: received } = response;
        resolve({ status, headers: received, body: await buffer(response) });
      }).on('error', reject);
    });
  const path = '/api/trending/GB';
  const fetchedAt = ({ body }: Received) => JSON.parse(body.toString()).fetchedAt;

  /** What is kept, and what comes the whole way: a cookie says that somebody asks. */
  async function both(headers: OutgoingHttpHeaders = {}): Promise<[Received, Received]> {
    const [, hot, whole] = [
      await ask(path, headers),
      await ask(path, headers),
      await ask(path, { ...headers, cookie: 'a=b' }),
    ];
    return [hot, whole];
  }

  it('has every header that it would have had, and ids of its own', async () => {
    const [hot, whole] = await both();
    const names = ({ headers }: Received) => Object.keys(headers).sort();
    expect(names(hot)).to.deep.equal(names(whole));
    expect(hot.headers['x-api-version']).to.equal('1');
    expect(hot.headers['content-security-policy']).to.be.a('string');
    expect(hot.headers['x-request-id']).to.match(/^[0-9a-f]{32}$/);
    expect((await ask(path)).headers['x-request-id']).not.to.equal(hot.headers['x-request-id']);
    expect((await ask(path, { 'x-request-id': 'mine-1234' })).headers['x-request-id']).to.equal('mine-1234');
  });

  it('is given again as it is, for a moment', async () => {
    const first = await until('two alike', async () => {
      const [one, other] = [await ask(path), await ask(path)];
      return fetchedAt(one) === fetchedAt(other) && one;
    });
    await until('new one', async () => fetchedAt(await ask(path)) !== fetchedAt(first), 5);
  });

  it('is kept for each coding, with a tag of its own that is known again', async () => {
    const tags = new Set<string>();
    for (const [coding, decode] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
      ['identity', (body: Buffer) => body],
    ] as const) {
      for (const reply of await both({ 'accept-encoding': coding })) {
        expect(reply.status).to.equal(200);
        expect(reply.headers['content-encoding'] ?? 'identity').to.equal(coding);
        expect(reply.headers.vary)
          .to.match(/Accept-Encoding/)
          .and.match(/X-API-Version/);
        const { videos } = JSON.parse(decode(reply.body).toString());
        expect(videos).to.have.length(20);
        expect(videos[0].title).to.match(/^A day at the Neiße, part \d+$/);
        const tag = reply.headers.etag ?? '';
        expect(tag).to.match(coding === 'identity' ? /^"[\w-]+"$/ : new RegExp(`^"[\\w-]+-${coding}"$`));
        tags.add(tag);
      }
    }
    expect(tags.size).to.be.at.least(3);
  });

  for (const cookie of [undefined, 'a=b']) {
    it(`is not sent to who has it, ${cookie ? 'with' : 'without'} a cookie`, async () => {
      await until('304', async () => {
        const headers = { 'accept-encoding': 'br', ...(cookie && { cookie }) };
        const { etag } = (await ask(path, headers)).headers;
        const again = await ask(path, { ...headers, 'if-none-match': etag });
        if (again.status !== 304) return false;
        expect(again.body).to.have.length(0);
        expect(again.headers.etag).to.equal(etag);
        return true;
      });
    });
  }

  it('is another one for another version, query or region', async () => {
    const bodies = [path, `${path}?limit=3`, '/api/trending/US', '/api/v2/trending/GB'].map(
      async (one) => (await ask(one)).headers,
    );
    const headers = await Promise.all(bodies);
    expect(headers.map((one) => one['x-api-version'])).to.deep.equal(['1', '1', '1', '2']);
    expect(new Set(headers.map(({ etag }) => etag)).size).to.be.at.least(3);
  });

  it('is none for a version that there is not', async () => {
    await ask(path);
    for (const asked of ['none', '', '3']) {
      expect((await ask(path, { 'X-API-Version': asked })).status, asked).to.equal(400);
    }
  });

  it('is counted and logged under its route', async () => {
    await both();
    const metrics = (await ask('/metrics')).body.toString();
    expect(metrics).to.match(/route="\/api\/trending\/:region",status="200"\} [1-9]/);
  });

  it('that is compressed and has no tag goes out too', async () => {
    const { status, body } = await ask('/api/trending/XX', { 'accept-encoding': 'gzip' });
    expect(status).to.equal(404);
    expect(JSON.parse(gunzipSync(body).toString()).code).to.equal('unknown_region');
  });

  it('is never one that says no', async () => {
    for (const _ of [1, 2]) {
      const { status, headers } = await ask('/api/trending/XX');
      expect(status).to.equal(404);
      expect(headers['cache-control']).to.equal('no-store');
    }
  });
});
