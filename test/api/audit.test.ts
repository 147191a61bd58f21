import { expect } from 'chai';
import type { z } from 'zod';
import { createClient } from '../../scripts/client.ts';
import type { auditEntry } from '../../shared/contracts/audit.ts';
import { newId } from '../../shared/ids.ts';
import { refusal } from '../support/refusal.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';
import { type Person, personWith } from '../support/walk.ts';

type Entry = z.infer<typeof auditEntry>;
type Page = { items: Entry[]; nextCursor: string | null };

describe('the audit log', () => {
  let system: System;
  let admin: Person;
  let moderator: Person;
  let owner: Person;

  before(async () => {
    system = await startSystem({ RATE_LIMITS: 'off' });
  });
  beforeEach(async () => {
    admin = await personWith(['admin'], system);
    moderator = await personWith(['moderator'], system);
    owner = await personWith(['creator'], system);
  });
  after(() => system?.stop());

  const read = (query = '') => createClient(system.url, admin.cookie).call<Page>('GET', `/api/audit${query}`);
  const by = async (person: Person) => (await read(`?actor=${person._id}`)).items;

  async function send(person: Person, method: string, path: string, body?: object, requestId = newId()) {
    const response = await fetch(`${system.url}${path}`, {
      method,
      headers: {
        Cookie: person.cookie,
        'X-Request-Id': requestId,
        'If-Match': '*',
        ...(body ? { 'Content-Type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return response.status;
  }

  it('tells who did what to whom, without what somebody wrote', async () => {
    const body = { roles: ['viewer', 'moderator'], status: 'suspended', reason: 'Told lies about Bob.' };
    const requestId = newId();
    expect(await send(admin, 'PATCH', `/api/users/${owner._id}`, body, requestId)).to.equal(200);
    const [entry, ...more] = await by(admin);
    expect(more).to.deep.equal([]);
    const { auditId, at, address, ...said } = entry as Entry;
    expect(said).to.deep.equal({
      actorId: admin._id,
      action: 'user.change',
      method: 'PATCH',
      route: '/api/users/:userId',
      target: { userId: owner._id },
      ownerId: owner._id,
      changes: { roles: 'viewer, moderator', status: 'suspended', reason: null },
      requestId,
    });
    expect(auditId).to.match(/^[0-9a-f]{24}$/);
    expect(new Date(at).getTime()).to.be.closeTo(Date.now(), 10_000);
    expect(address).to.match(/127\.0\.0\.1|::1/);
  });

  it('has what moderators do to the videos of others, and nothing that they do to their own', async () => {
    for (const of of [moderator, owner]) {
      const videoId = await videoIn('ready', system, { ownerId: of._id });
      const size = { size: 9, type: 'image/png' };
      expect(await send(moderator, 'POST', `/api/videos/${videoId}/poster/uploads`, size)).to.equal(201);
      const view = { position: 12, watchedSeconds: 12 };
      expect(await send(moderator, 'POST', `/api/videos/${videoId}/views`, view)).to.equal(200);
      expect(await send(moderator, 'GET', `/api/videos/${videoId}`)).to.equal(200);
      expect(await send(moderator, 'DELETE', `/api/videos/${videoId}`)).to.equal(204);
    }
    const entries = await by(moderator);
    expect(entries.map(({ action, method, ownerId }) => [action, method, ownerId])).to.deep.equal([
      ['video.delete', 'DELETE', owner._id],
      ['video.change', 'POST', owner._id],
    ]);
    expect(entries[1]?.changes).to.deep.equal({ size: null, type: null });
    expect(await by(owner)).to.deep.equal([]);
  });

  it('has nothing of what was refused, or did not happen', async () => {
    const videoId = await videoIn('ready', system, { ownerId: owner._id });
    expect(await send(moderator, 'POST', `/api/videos/${videoId}/cancel`)).to.equal(409);
    expect(await send(moderator, 'PATCH', `/api/users/${owner._id}`, { roles: ['admin'] })).to.equal(403);
    expect(await by(moderator)).to.deep.equal([]);
  });

  it('is written in the transaction of the change: without the entry there is no change', async () => {
    const videoId = await videoIn('ready', system, { ownerId: owner._id });
    const working = await videoIn('encoding', system, { ownerId: owner._id });
    const { audit } = system.context.db;
    const add = audit.add;
    audit.add = async () => {
      throw new Error('no room');
    };
    try {
      expect(await send(moderator, 'DELETE', `/api/videos/${videoId}`)).to.equal(500);
      expect(await send(moderator, 'POST', `/api/videos/${working}/cancel`)).to.equal(500);
      expect(await send(admin, 'PATCH', `/api/users/${owner._id}`, { status: 'suspended' })).to.equal(500);
    } finally {
      audit.add = add;
    }
    expect(await system.context.db.videos.find(videoId)).to.include({ state: 'ready', generation: 1 });
    expect(await system.context.db.videos.find(working)).to.include({ state: 'encoding' });
    expect(await system.context.db.users.find(owner._id)).to.include({ status: 'active', revision: 1 });
  });

  it('has what is changed in the queue dashboard', async () => {
    const path = '/admin/queues/api/queues/trending/pause';
    expect(await send(admin, 'PUT', path)).to.equal(200);
    expect(await send(admin, 'GET', '/admin/queues')).to.equal(200);
    const entries = await by(admin);
    expect(entries).to.have.length(1);
    expect(entries[0]).to.deep.include({
      action: 'queue.oversee',
      method: 'PUT',
      route: '/admin/queues',
      target: { path: '/api/queues/trending/pause' },
      ownerId: null,
    });
  });

  it('comes page by page, the newest first, and by actor, action and time', async () => {
    for (const roles of [['viewer'], ['creator'], ['viewer'], ['creator'], ['viewer']]) {
      expect(await send(admin, 'PATCH', `/api/users/${owner._id}`, { roles })).to.equal(200);
    }
    const pages = [await read(`?actor=${admin._id}&limit=2`)];
    for (let cursor = pages[0]?.nextCursor; cursor; cursor = pages.at(-1)?.nextCursor) {
      pages.push(await read(`?actor=${admin._id}&limit=2&cursor=${cursor}`));
    }
    expect(pages.map(({ items }) => items.length)).to.deep.equal([2, 2, 1]);
    const all = pages.flatMap(({ items }) => items);
    expect(all.map(({ changes }) => changes.roles)).to.deep.equal([
      'viewer',
      'creator',
      'viewer',
      'creator',
      'viewer',
    ]);
    expect(new Set(all.map(({ auditId }) => auditId)).size).to.equal(5);
    const middle = all[2] as Entry;
    const since = encodeURIComponent(middle.at);
    expect((await read(`?actor=${admin._id}&since=${since}`)).items).to.deep.include(middle);
    expect((await read(`?actor=${admin._id}&since=${since}`)).items).not.to.deep.include(all[4]);
    expect((await read(`?actor=${admin._id}&action=video.delete`)).items).to.deep.equal([]);
    expect((await read(`?actor=${admin._id}&action=user.change`)).items).to.have.length(5);
    for (const query of [
      '?actor[$ne]=a',
      '?actor=a',
      '?action=nothing',
      '?since=yesterday',
      '?limit=0',
      '?cursor=a',
    ]) {
      expect(await refusal(read(query)), query).to.include({ status: 400, code: 'invalid_request' });
    }
  });
});
