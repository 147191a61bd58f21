import { expect } from 'chai';
import { viewKeys } from '../../shared/keys.ts';
import { type Answer, ask } from '../support/ask.ts';
import { type OwnRedis, startOwnRedis } from '../support/own-redis.ts';
import { type System, startSystem, until } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

type Told = { counted: boolean; reason: string | null; code: string; status: number };

describe('views while Redis does not answer', () => {
  let redis: OwnRedis;
  let system: System;
  let videoId: string;
  let viewers = 0;

  before(async () => {
    redis = await startOwnRedis();
    const limits = { RATE_LIMITS: 'view=100000/60', TRUSTED_PROXIES: '127.0.0.1/8' };
    system = await startSystem({ ...redis.env, ...limits });
  });
  after(async () => {
    await system?.stop();
    await redis?.remove();
  });
  beforeEach(async () => {
    videoId = await videoIn('ready', system);
    viewers += 1;
  });

  /** The long way is that of who sends a cookie; the other is short once the video has been viewed. */
  const tell = (viewer: number, isLong: boolean) =>
    ask<Told>(system, 'POST', `/api/videos/${videoId}/views`, {
      headers: {
        'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
        'X-Forwarded-For': `10.${viewers}.${viewer >> 8}.${viewer & 255}`,
        ...(isLong ? { Cookie: 'a=b' } : {}),
      },
      body: { position: 12, watchedSeconds: 12, region: 'GB' },
    });

  /** Both ways, many at the same moment. Gives the milliseconds that it took. */
  async function expectRefusals(): Promise<number> {
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => tell(n, n % 2 === 0)));
    const took = performance.now() - began;
    for (const { status, headers, body } of answers) {
      expect([status, headers.get('content-type')]).to.deep.equal([503, 'application/problem+json']);
      expect(body).to.include({ status: 503, code: 'unavailable' });
    }
    return took;
  }
  const reasonOf = ({ status, body }: Answer<Told>) => [status, body.reason];

  /** Whoever was refused tells it again. That some may have been counted all the same is the client's to find out. */
  async function expectRecovery(): Promise<void> {
    await until('a counted view', async () => (await tell(1000, false)).status === 200);
    const again = await Promise.all(Array.from({ length: 40 }, (_, n) => tell(n, n % 2 === 0)));
    for (const { status } of again) expect(status).to.equal(200);
    for (const n of [0, 1]) expect(reasonOf(await tell(n, n === 0))).to.deep.equal([200, 'already_counted']);
    const counts = await system.context.redis.hgetall(viewKeys(system.config.REDIS_PREFIX).counts);
    const ours = Object.entries(counts).filter(([field]) => field.startsWith(videoId));
    const views = ours.map(([, value]) => Number.parseInt(value, 10));
    expect(
      views.reduce((sum, count) => sum + count, 0),
      'each once',
    ).to.equal(42);
  }

  it('are refused at once when it is gone, and counted when it is back', async () => {
    expect(reasonOf(await tell(1001, false))).to.deep.equal([200, null]);
    await redis.stop();
    for (const _ of [1, 2]) expect(await expectRefusals(), 'milliseconds').to.be.below(1500);
    await redis.startAgain();
    await expectRecovery();
  });

  it('are refused soon when it hangs, and counted when it goes on', async () => {
    expect(reasonOf(await tell(1001, false))).to.deep.equal([200, null]);
    redis.hold();
    try {
      for (const _ of [1, 2]) expect(await expectRefusals(), 'milliseconds').to.be.below(3500);
    } finally {
      redis.release();
    }
    await expectRecovery();
  });
});
