import { expect } from 'chai';
import { judgeWatched } from '../../api/viewing.ts';
import { newId } from '../../shared/ids.ts';
import { viewKeys } from '../../shared/keys.ts';
import { ask } from '../support/ask.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('a view', () => {
  let system: System;
  /** Lasts 61.2 s. */
  let videoId: string;

  before(async () => {
    system = await startSystem({ REGION_HEADER: 'cf-ipcountry', TRUSTED_PROXIES: '127.0.0.1/8' });
  });
  after(() => system.stop());
  beforeEach(async () => {
    videoId = await videoIn('ready', system);
  });

  type Told = { counted: boolean; reason: string | null; code?: string; errors?: { pointer: string }[] };
  type Asking = {
    as?: 'demo' | 'viewer';
    agent?: string;
    address?: string;
    country?: string;
    region?: string;
  };

  async function tell(watchedSeconds: unknown, asking: Asking = {}, id = videoId) {
    const { as, agent = browser, address = '198.51.100.7', country, region } = asking;
    const headers = {
      'User-Agent': agent,
      'X-Forwarded-For': address,
      ...(country === undefined ? {} : { 'CF-IPCountry': country }),
    };
    const body = { position: 12, watchedSeconds, ...(region === undefined ? {} : { region }) };
    return ask<Told>(system, 'POST', `/api/videos/${id}/views`, { ...(as ? { as } : {}), headers, body });
  }
  const reasonOf = async (...words: Parameters<typeof tell>) => {
    const { status, body } = await tell(...words);
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(body.counted).to.equal(body.reason === null);
    return body.reason;
  };

  /** What Redis has counted of the video: `GB` -> `views seconds share`. */
  async function counts(id = videoId): Promise<Record<string, string>> {
    const all = await system.context.redis.hgetall(viewKeys(system.config.REDIS_PREFIX).counts);
    return Object.fromEntries(
      Object.entries(all).flatMap(([field, value]) => {
        const [of, region = ''] = field.split(' ');
        return of === id ? [[region, value]] : [];
      }),
    );
  }

  it('counts once for a viewer and a video', async () => {
    expect(await reasonOf(20, { region: 'GB' })).to.equal(null);
    expect(await reasonOf(20, { region: 'GB' })).to.equal('already_counted');
    expect(await counts()).to.deep.equal({ GB: '1 20 335' });
    const other = await videoIn('ready', system);
    expect(await reasonOf(20, {}, other)).to.equal(null);
  });

  it('is of another viewer with another program, network or account', async () => {
    const viewers: Asking[] = [
      {},
      { agent: `${browser} Other` },
      { address: '198.51.100.8' },
      { as: 'demo' },
      { as: 'viewer' },
      { address: '2001:db8:1:2::1' },
    ];
    for (const viewer of viewers) expect(await reasonOf(12, viewer), JSON.stringify(viewer)).to.equal(null);
    const same: Asking[] = [
      {},
      { as: 'demo', address: '198.51.100.9', agent: `${browser} Third` },
      { address: '2001:db8:1:2:aaaa::9' },
    ];
    for (const viewer of same) {
      expect(await reasonOf(12, viewer), JSON.stringify(viewer)).to.equal('already_counted');
    }
    expect(await counts()).to.deep.equal({ AE: `6 72 ${6 * 201}` });
  });

  it('counts again after an hour, and what was watched once', async () => {
    const { redis } = system.context;
    const [key = '', ...others] = await (async () => {
      const before = new Set(await redis.keys(`${system.config.REDIS_PREFIX}:seen:*`));
      await reasonOf(20, { region: 'GB' });
      const after = await redis.keys(`${system.config.REDIS_PREFIX}:seen:*`);
      return after.filter((one) => !before.has(one));
    })();
    expect(others).to.deep.equal([]);
    expect(await redis.ttl(key)).to.be.within(86_300, 86_400);
    const kept = async () => ((await redis.get(key)) ?? '').split(' ').map(Number);
    /** As if the last view had been so long ago. */
    const goBy = async (seconds: number) => {
      const [watched, share, viewed = 0] = await kept();
      await redis.set(key, `${watched} ${share} ${viewed - seconds}`, 'KEEPTTL');
    };
    await goBy(3500);
    const [, , viewed] = await kept();
    expect(await reasonOf(25, { region: 'GB' })).to.equal('already_counted');
    expect((await kept())[2], 'more of the same view does not make the hour longer').to.equal(viewed);
    await goBy(100);
    expect(await reasonOf(40, { region: 'GB' }), 'the player is open still').to.equal(null);
    expect(await counts()).to.deep.equal({ GB: '2 40 669' });
    await goBy(3600);
    expect(await reasonOf(12, { region: 'GB' }), 'another player').to.equal(null);
    expect(await counts()).to.deep.equal({ GB: `3 52 ${669 + 201}` });
    expect((await kept()).slice(0, 2)).to.deep.equal([12, 201]);
  });

  it('adds what more is watched, and no view', async () => {
    await reasonOf(12, { region: 'GB' });
    for (const seconds of [30, 20, 30, 45.9]) {
      expect(await reasonOf(seconds, { region: 'GB' })).to.equal('already_counted');
    }
    expect(await counts()).to.deep.equal({ GB: `1 45 ${Math.round((45.9 / 61.2) * 1024)}` });
    await reasonOf(80_000, { region: 'US' });
    expect(await counts(), 'no more than the whole').to.deep.equal({ GB: '1 45 768', US: '0 16 256' });
  });

  it('needs 10 s or 30 %', async () => {
    expect(await reasonOf(9.9)).to.equal('too_short');
    expect(await reasonOf(0)).to.equal('too_short');
    expect(await counts()).to.deep.equal({});
    expect(await reasonOf(10)).to.equal(null);
    const whole = { seconds: 20, share: 1024 };
    expect(judgeWatched(5.9, 20)).to.equal(undefined);
    expect(judgeWatched(6, 20)).to.deep.equal({ seconds: 6, share: 307 });
    expect(judgeWatched(20, 20)).to.deep.equal(whole);
    expect(judgeWatched(1e4, 20)).to.deep.equal(whole);
    expect(judgeWatched(1e4, 2)).to.deep.equal({ seconds: 2, share: 1024 });
    for (const unknown of [null, 0]) {
      expect(judgeWatched(9, unknown)).to.equal(undefined);
      expect(judgeWatched(4000, unknown)).to.deep.equal({ seconds: 4000, share: 512 });
    }
  });

  it('is none when a robot looks', async () => {
    for (const agent of ['Mozilla/5.0 (compatible; Googlebot/2.1)', 'curl/8.0', 'python-requests/2.32']) {
      expect(await reasonOf(30, { agent }), agent).to.equal('robot');
    }
    for (const agent of [
      'AppleCoreMedia/1.0.0.20G75 (iPhone; U; CPU OS 16_6 like Mac OS X)',
      'VLC/3.0.18 LibVLC/3.0.18',
      'MyApp/1.0 (Android 14)',
    ]) {
      expect(await reasonOf(30, { agent }), agent).to.equal(null);
    }
  });

  it('comes from where the CDN says, else from where the client says, else from the first region', async () => {
    await reasonOf(20, { address: '198.51.100.1', country: 'FR', region: 'GB' });
    await reasonOf(20, { address: '198.51.100.2', country: 'XX', region: 'GB' });
    await reasonOf(20, { address: '198.51.100.3' });
    expect(Object.keys(await counts()).sort()).to.deep.equal(['AE', 'FR', 'GB']);
    const refused = await tell(20, { region: 'ZZ', country: 'FR' });
    expect([refused.status, refused.body.code]).to.deep.equal([400, 'invalid_request']);
    expect(refused.body.errors?.map(({ pointer }) => pointer)).to.deep.equal(['/region']);
  });

  it('is refused where the numbers are none', async () => {
    for (const seconds of [-1, '20', null, 86_401, [], {}]) {
      const { status, body } = await tell(seconds);
      expect([status, body.code, body.errors?.[0]?.pointer], JSON.stringify(seconds)).to.deep.equal([
        ...[400, 'invalid_request', '/watchedSeconds'],
      ]);
    }
  });

  it('is none of what cannot be seen or played', async () => {
    const statusOf = async (id: string, asking: Asking = {}) => (await tell(20, asking, id)).status;
    const { userId } = (await ask<{ userId: string }>(system, 'GET', '/api/auth/me', { as: 'demo' })).body;
    const hidden = await videoIn('ready', system, { visibility: 'private', ownerId: userId });
    expect(await statusOf(hidden)).to.equal(404);
    expect(await statusOf(hidden, { as: 'viewer' })).to.equal(404);
    expect(await statusOf(hidden, { as: 'demo' })).to.equal(200);
    expect(await statusOf(await videoIn('uploaded', system))).to.equal(409);
    expect(await statusOf(newId())).to.equal(404);
    expect(await statusOf('x')).to.equal(404);
  });

  it('leaves no address, account or program in Redis', async () => {
    const { userId } = (await ask<{ userId: string }>(system, 'GET', '/api/auth/me', { as: 'demo' })).body;
    await reasonOf(20, { address: '203.0.113.77', agent: `${browser} Rare/7` });
    await reasonOf(20, { as: 'demo', address: '203.0.113.78' });
    const { redis } = system.context;
    const texts: string[] = [];
    for (const key of await redis.keys(`${system.config.REDIS_PREFIX}:*`)) {
      if (/:(seen|views):/.test(key)) texts.push(key);
      if (/:seen:/.test(key)) texts.push((await redis.get(key)) ?? '');
    }
    expect(texts.length).to.be.greaterThan(3);
    for (const clear of ['203.0.113', 'Rare', userId]) expect(texts.join('\n')).not.to.include(clear);
  });

  it('counts exactly once when 100 clients tell it all at once', async () => {
    const told = await Promise.all(
      Array.from({ length: 100 }, (_, n) => reasonOf(10 + (n % 50), { region: 'GB' })),
    );
    expect(told.filter((reason) => reason === null)).to.have.length(1);
    expect(await counts()).to.deep.equal({ GB: `1 59 ${Math.round((59 / 61.2) * 1024)}` });
  });
});
