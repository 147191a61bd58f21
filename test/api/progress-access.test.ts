import { expect } from 'chai';
import { createConnection } from 'mongoose';
import { createClient } from '../../scripts/client.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';
import { Visitor } from '../support/visitor.ts';

describe('the progress of a private video ends within seconds', () => {
  let system: System;
  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  /** What is told to a signed-in owner, of whom `end` makes somebody else. */
  async function told(end: (cookie: string, userId: string) => Promise<unknown>): Promise<string> {
    const cookie = await new Visitor().signIn(system.url, 'viewer');
    const { userId } = await createClient(system.url, cookie).call<{ userId: string }>('GET', '/api/auth/me');
    const videoId = await videoIn('encoding', system, { ownerId: userId, visibility: 'private' });
    const signal = AbortSignal.timeout(10_000);
    const url = `${system.url}/api/videos/${videoId}/progress`;
    const response = await fetch(url, { headers: { cookie }, signal });
    await end(cookie, userId);
    return response.text();
  }

  it('after its session', async () => {
    const logout = (cookie: string) => createClient(system.url, cookie).call('POST', '/api/auth/logout');
    expect(await told(logout)).to.match(/^event: progress\n.*"encoding".*\n\n$/);
  }).timeout(15_000);

  it('after its account was suspended', async () => {
    const mongo = await createConnection(system.config.MONGO_URL).asPromise();
    const users = mongo.collection<{ _id: string }>('users');
    const suspend = (_: string, _id: string) => users.updateOne({ _id }, { $set: { status: 'suspended' } });
    try {
      expect(await told(suspend)).to.match(/^event: progress\n.*"encoding".*\n\n$/);
    } finally {
      await mongo.close();
    }
  }).timeout(15_000);
});
