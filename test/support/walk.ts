import type { Connection } from 'mongoose';
import type { Thing } from '../../api/access/policy.ts';
import { addComment } from '../../shared/change-comment.ts';
import type { Role } from '../../shared/contracts/account.ts';
import type { Visibility } from '../../shared/contracts/videos.ts';
import type { User } from '../../shared/db/users.ts';
import { newId } from '../../shared/ids.ts';
import type { System } from './system.ts';
import { videoIn } from './videos.ts';

/** Somebody with an account and a signed-in browser. */
export type Person = User & { cookie: string };

/** What one owner has: enough for every route to find what its address names. */
export type Things = {
  owner: Person;
  visibility: Visibility;
  videoId: string;
  uploadId: string;
  posterUploadId: string;
  sessionId: string;
  apiKeyId: string;
  categoryId: string;
  personId: string;
  creditId: string;
  pictureUploadId: string;
  commentId: string;
  reportId: string;
};

type Value = {
  of(things: Things): string;
  /** What the policy judges where this stands in an address. Without it: nothing, or what another parameter names. */
  thing?: (things: Things) => Thing;
};

/** A value for each parameter of a route. A new parameter needs a line here. */
export const values: Record<string, Value> = {
  videoId: {
    of: ({ videoId }) => videoId,
    thing: ({ owner, visibility }) => ({ ownerId: owner._id, visibility, state: 'ready' }),
  },
  uploadId: { of: ({ uploadId }) => uploadId, thing: ({ owner }) => ({ ownerId: owner._id }) },
  userId: { of: ({ owner }) => owner._id, thing: ({ owner }) => ({ ownerId: owner._id }) },
  sessionId: { of: ({ sessionId }) => sessionId, thing: ({ owner }) => ({ ownerId: owner._id }) },
  apiKeyId: { of: ({ apiKeyId }) => apiKeyId, thing: ({ owner }) => ({ ownerId: owner._id }) },
  commentId: { of: ({ commentId }) => commentId },
  reportId: { of: ({ reportId }) => reportId },
  posterUploadId: { of: ({ posterUploadId }) => posterUploadId },
  categoryId: { of: ({ categoryId }) => categoryId },
  personId: {
    of: ({ personId }) => personId,
    thing: ({ owner }) => ({ ownerId: owner._id, visibility: 'public' }),
  },
  pictureUploadId: { of: ({ pictureUploadId }) => pictureUploadId },
  creditId: { of: ({ creditId }) => creditId },
  generation: { of: () => 'g1' },
  rung: { of: () => '240p' },
  kind: { of: () => 'index' },
  track: { of: () => 'en' },
  language: { of: () => 'en' },
  region: { of: () => 'GB' },
  queueName: { of: () => 'trending' },
};

/**
 * The smallest body of each route that takes one, as JSON; a text goes as WebVTT. A new such route needs a line here.
 */
export const bodies: Record<string, object | string> = {
  'PATCH /api/auth/me': { displayName: 'Another name' },
  'POST /api/auth/token': {
    grant_type: 'password',
    username: 'a@example.com',
    password: 'lantern 7 over water',
  },
  'POST /api/auth/token/revoke': { token: 'none' },
  'POST /api/api-keys': { name: 'Any', scopes: ['read'] },
  'POST /api/auth/backchannel-logout': { logout_token: 'none' },
  'POST /api/auth/register': {
    email: 'new@example.com',
    password: 'lantern 7 over water',
    displayName: 'New',
  },
  'POST /api/auth/email/verification': { email: 'new@example.com' },
  'POST /api/auth/email/verify': { token: 'none', password: 'lantern 7 over water' },
  'POST /api/auth/login': { email: 'new@example.com', password: 'lantern 7 over water' },
  'POST /api/auth/password': { currentPassword: 'none', newPassword: 'lantern 7 over water' },
  'POST /api/auth/password/forgot': { email: 'new@example.com' },
  'POST /api/auth/password/reset': { token: 'none', password: 'lantern 7 over water' },
  'PATCH /api/users/:userId': { roles: ['viewer'] },
  'PATCH /api/videos/:videoId': { title: 'Another' },
  'POST /api/categories': { categoryId: 'added', names: { en: 'Added' } },
  'PATCH /api/categories/:categoryId': { order: 3 },
  'POST /api/uploads': { filename: 'a.mp4', size: 9, type: 'video/mp4' },
  'POST /api/videos/:videoId/comments': { text: 'Where was this filmed?' },
  'PATCH /api/videos/:videoId/comments/:commentId': { text: 'And when?' },
  'POST /api/videos/:videoId/reports': { reason: 'spam' },
  'POST /api/videos/:videoId/comments/:commentId/reports': { reason: 'spam' },
  'POST /api/reports/:reportId/resolve': { outcome: 'dismissed' },
  'PUT /api/videos/:videoId/take-down': { reason: 'copyright' },
  'POST /api/videos/:videoId/views': { position: 12, watchedSeconds: 12, region: 'GB' },
  'PUT /api/videos/:videoId/captions/:language': 'WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n',
  'PUT /api/videos/:videoId/poster': { time: 1 },
  'POST /api/people': { name: 'Ada' },
  'PATCH /api/people/:personId': { name: 'Another' },
  'POST /api/people/:personId/merge': { into: '0'.repeat(24) },
  'POST /api/people/:personId/picture/uploads': { size: 9, type: 'image/png' },
  'PUT /api/videos/:videoId/credits': { credits: [] },
  'POST /api/videos/:videoId/credits': { personId: '0'.repeat(24), role: 'actor' },
  'POST /api/videos/:videoId/poster/uploads': { size: 9, type: 'image/png' },
};

/** Of a password that nobody uses here. */
const someHash =
  '$argon2id$v=19$m=19456,t=2,p=1$HveWTEKvBPmzGnPmeSnyhw$WA2ljNFQ7eoyRgqD1eliibGvPBPngtQcDZaPk74Ovjw';

/** Signed in by the cookie, and with a password too. */
export async function personWith(roles: Role[], { context: { db } }: System): Promise<Person> {
  const subject = newId();
  const email = `${subject}@example.com`;
  const about = { displayName: 'Somebody', email, emailVerified: true };
  const user = await db.users.signedIn({ issuer: 'walk', subject, ...about, roles });
  await db.transaction((session) => db.passwords.add(email, user._id, someHash, session));
  const secret = await db.sessions.start(user._id, { seconds: 600 });
  return { ...user, cookie: `millrace_session=${secret}` };
}

/** Makes what owners have, each time anew: one look at the pipeline, and copies of what it leaves. */
export async function thingsMaker(system: System, mongo: Connection) {
  const { db, storage } = system.context;
  const key = `videos/${newId()}/${newId()}`;
  await storage.put('raw', key, 'bytes', 'video/mp4');
  const { etag = '' } = (await storage.head('raw', key)) ?? {};
  const model = await db.videos.find(await videoIn('ready', system, { source: { key, bytes: 5, etag } }));
  const codec = { profile: 'default', codec: 'h264', encoder: 'libx264' };
  const work = { chunks: [], copied: null, audio: [], captions: [], ladder: [], frameCount: 1 };
  const sheets = [{ columns: 1, rows: 1, tiles: 1 }];
  const board = { generation: 1, intervalSeconds: 2, tileWidth: 160, tileHeight: 90, sheets };
  const made = { plan: { durationSeconds: 61.2, codec, ...work }, previews: [1], storyboard: board };
  const insert = async (collection: string, ...documents: { _id: string }[]) => {
    await mongo.collection<{ _id: string }>(collection).insertMany(documents);
  };

  return async (visibility: Visibility): Promise<Things> => {
    const owner = await personWith(['creator'], system);
    const [videoId, uploadId, posterUploadId] = [newId(), newId(), newId()];
    const ofVideo = { videoId, generation: 1 };
    const at = new Date();
    const soon = new Date(Date.now() + 60_000);
    const video = { ...model, ...made, _id: videoId, ownerId: owner._id, visibility };
    await insert('videos', video);
    const file = { filename: 'a.mp4', bytes: 9, contentType: 'video/mp4', key: 'none', etag: null };
    const upload = { _id: uploadId, ownerId: owner._id, videoId: newId(), state: 'waiting', ...file };
    await insert('uploads', { ...upload, createdAt: at, expiresAt: soon } as { _id: string });
    const poster = { ...ofVideo, error: null, seconds: null, heardAt: at };
    const ticket = { key: 'none', bytes: 9, contentType: 'image/png', etag: null, expiresAt: soon };
    const shown = { _id: newId(), source: 'auto', isChosen: false, version: 1, state: 'ready', upload: null };
    const asked = { _id: posterUploadId, source: 'upload', isChosen: true, version: null, state: 'waiting' };
    await insert(
      'posters',
      { ...poster, ...shown, widths: [320] } as { _id: string },
      { ...poster, ...asked, upload: ticket, widths: [] } as { _id: string },
    );
    const names = ['master', '240p/index', 'audio/en/index'];
    const text = '#EXTM3U\n';
    await db.playlists.save(
      ofVideo,
      names.map((name) => ({ name, text, segments: 1, isFinal: true })),
    );
    const spoken = { language: 'en', title: '', source: 'upload' as const, isDefault: false };
    const counted = { key: `v/${videoId}/captions/en.vtt`, bytes: 1, cues: 1, createdAt: at };
    await db.captions.put({ ...ofVideo, ...spoken, ...counted });
    const sessionId = (await db.sessions.ofUser(owner._id))[0]?.publicId ?? '';
    const about = { ownerId: owner._id, name: 'Any', scopes: ['read' as const], expiresAt: null };
    const apiKeyId = (await db.apiKeys.create(about, newId()))?._id ?? '';
    const categoryId = `c${newId()}`;
    await insert('categories', {
      _id: categoryId,
      parentId: null,
      names: { en: 'Any' },
      order: 0,
      revision: 1,
    } as {
      _id: string;
    });
    const { _id: personId } = await db.people.create({ name: 'Ada', biography: '', createdBy: owner._id });
    const pictureUploadId = newId();
    await db.personPictures.ticket({ _id: pictureUploadId, personId, upload: ticket });
    await db.transaction((session) => db.people.show(personId, { version: 1, widths: [320] }, session));
    const acted = { personId, role: 'actor' as const, character: '' };
    await db.transaction((session) => db.credits.replace(videoId, [acted], session));
    const creditId = (await db.credits.of(videoId))[0]?._id ?? '';
    const commentId = newId();
    const words = { text: 'A comment', region: 'GB', parentId: null, answersUserId: null, at };
    const comment = { _id: commentId, videoId, userId: owner._id, authorRevision: owner.revision, ...words };
    await db.transaction((session) => addComment(db, comment, session));
    const reported = { kind: 'comment' as const, videoId, commentId, ownerId: owner._id };
    const said = { userId: newId(), reason: 'spam' as const, text: '' };
    const { complaint } = await db.transaction((session) => db.reports.add(reported, said, session));
    const { reportId } = complaint;
    const ids = { videoId, uploadId, posterUploadId, sessionId, apiKeyId, categoryId };
    return { owner, visibility, ...ids, personId, creditId, pictureUploadId, commentId, reportId };
  };
}
