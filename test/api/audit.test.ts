import { expect } from 'chai';
import type { z } from 'zod';
import { createClient } from '../../scripts/client.ts';
import type { auditEntry } from '../../shared/contracts/audit.ts';
import type { EncodingPlan } from '../../shared/contracts/encoding.ts';
import { newId } from '../../shared/ids.ts';
import { move } from '../../shared/pipeline.ts';
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

  describe('of pictures and captions', () => {
    const plan = { durationSeconds: 61.2 } as EncodingPlan;
    let videoId: string;
    let posterId: string;
    let pictureId: string;
    let personId: string;

    /** A video and a person, added by somebody else; the bytes of a picture have come for each. */
    beforeEach(async () => {
      const { db, storage } = system.context;
      videoId = await videoIn('probing', system, { ownerId: owner._id });
      await move(system.context, { videoId, generation: 1 }, 'encoding', { plan });
      [posterId, pictureId] = [newId(), newId()];
      const upload = {
        bytes: 5,
        contentType: 'image/png',
        etag: null,
        expiresAt: new Date(Date.now() + 60_000),
      };
      const keyed = (id: string) => ({ ...upload, key: `audit/${id}` });
      personId = (await db.people.create({ name: 'Ada', biography: '', createdBy: owner._id }))._id;
      await db.posters.ticket({ _id: posterId, videoId, generation: 1, upload: keyed(posterId) });
      await db.personPictures.ticket({ _id: pictureId, personId, upload: keyed(pictureId) });
      for (const id of [posterId, pictureId]) await storage.put('raw', `audit/${id}`, 'bytes', 'image/png');
    });

    const sendCaptions = async () => {
      const body = 'WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n';
      const headers = { Cookie: moderator.cookie, 'Content-Type': 'text/vtt' };
      const path = `/api/videos/${videoId}/captions/en`;
      return (await fetch(`${system.url}${path}`, { method: 'PUT', headers, body })).status;
    };
    const changes = () => ({
      time: () => send(moderator, 'PUT', `/api/videos/${videoId}/poster`, { time: 1 }),
      upload: () => send(moderator, 'POST', `/api/videos/${videoId}/poster/uploads/${posterId}/complete`),
      picture: () => send(moderator, 'POST', `/api/people/${personId}/picture/uploads/${pictureId}/complete`),
      captions: sendCaptions,
      removal: () => send(moderator, 'DELETE', `/api/videos/${videoId}/captions/en`),
    });
    const made = async () => {
      const { posters, personPictures, captions } = system.context.db;
      return {
        posters: (await posters.last(videoId)) && 'some',
        picture: (await personPictures.find(pictureId))?.state,
        captions: (await captions.of(videoId, 1)).map(({ language }) => language),
      };
    };

    it('is written in the transaction of the change, too', async () => {
      const { time, upload, picture, captions, removal } = changes();
      const { audit } = system.context.db;
      const add = audit.add;
      const fail = async () => {
        throw new Error('no room');
      };
      try {
        audit.add = fail;
        for (const change of [time, upload, picture, captions]) expect(await change()).to.equal(500);
        expect(await made()).to.deep.equal({ posters: null, picture: 'waiting', captions: [] });
        audit.add = add;
        expect(await captions()).to.equal(201);
        audit.add = fail;
        expect(await removal()).to.equal(500);
      } finally {
        audit.add = add;
      }
      expect((await made()).captions).to.deep.equal(['en']);
      expect(await by(moderator)).to.have.length(1);
    });

    it('is there when the change was made and its reply fails', async () => {
      const { time, upload, captions } = changes();
      const { posters, videos } = system.context.db;
      const { last } = posters;
      const { find } = videos;
      posters.last = async () => {
        throw new Error('gone');
      };
      try {
        for (const change of [time, upload]) expect(await change()).to.equal(500);
        videos.find = async (...asked) => {
          videos.find = async () => {
            throw new Error('gone');
          };
          return find(...asked);
        };
        expect(await captions()).to.equal(500);
      } finally {
        Object.assign(posters, { last });
        Object.assign(videos, { find });
      }
      expect(await made()).to.deep.include({ posters: 'some', captions: ['en'] });
      const entries = await by(moderator);
      expect(entries.map(({ method, route, changes }) => [method, route, changes])).to.deep.equal([
        ['PUT', '/api/videos/:videoId/captions/:language', {}],
        ['POST', '/api/videos/:videoId/poster/uploads/:posterUploadId/complete', {}],
        ['PUT', '/api/videos/:videoId/poster', { time: null }],
      ]);
    });
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
