import { z } from 'zod';
import { uploadId } from '../../shared/contracts/common.ts';
import { newUpload, ticket, upload as uploadContract } from '../../shared/contracts/uploads.ts';
import { cutText } from '../../shared/cut-text.ts';
import type { UploadRecord } from '../../shared/db/uploads.ts';
import { MillraceError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { rawKey } from '../../shared/keys.ts';
import { begin, endUpload, move } from '../../shared/pipeline.ts';
import { arrivedEtag } from '../arrived-object.ts';
import type { ApiContext } from '../context.ts';
import { holdCategory, refuseUnknownCategory } from '../known-category.ts';
import { misfit, refuseTooLarge } from '../misfit.ts';
import { presentTicket, presentUpload } from '../present.ts';
import { publishTime } from '../publish-time.ts';
import { route } from '../route.ts';

const tag = 'Uploads';
const params = z.strictObject({ uploadId });
const openUpload = { description: 'The upload', schema: uploadContract };

export const uploadRoutes = [
  route({
    method: 'post',
    path: '/api/uploads',
    tag,
    summary: 'Ask for a ticket to upload one file',
    action: 'upload.create',
    limit: 'ticket',
    body: newUpload,
    replies: { 201: { description: 'Send the bytes to `url` with exactly these headers', schema: ticket } },
    errors: ['too_large'],
    async handle({ body, caller, context }) {
      const { db, storage, config } = context;
      const { filename, size, type, publishAt, ...about } = body;
      refuseTooLarge(size, config.UPLOAD_MAX_BYTES, 'A file');
      if (about.profile !== undefined && !config.ENCODING_PROFILES[about.profile]) {
        throw misfit('/profile', `must be one of ${Object.keys(config.ENCODING_PROFILES).join(', ')}`);
      }
      await refuseUnknownCategory(about.category, context);
      const videoId = newId();
      const key = rawKey(caller._id, videoId);
      const now = new Date();
      const publishedAt = publishTime(publishAt, undefined, now);
      const record: UploadRecord = {
        _id: newId(),
        ownerId: caller._id,
        videoId,
        state: 'waiting',
        filename,
        bytes: size,
        contentType: type,
        key,
        etag: null,
        createdAt: now,
        expiresAt: new Date(now.getTime() + config.UPLOAD_TTL_SECONDS * 1000),
      };
      const put = await storage.presignPut('raw', key, size, type, config.UPLOAD_TTL_SECONDS);
      await db.transaction(async (session) => {
        await db.uploads.create(record, session);
        await db.videos.create(
          {
            ...about,
            _id: videoId,
            ownerId: caller._id,
            channelTitle: caller.displayName,
            publishedAt,
            title: about.title ?? titleOf(filename),
            category: about.category ?? null,
            language: about.language ?? null,
            profile: about.profile ?? null,
            source: { key, bytes: size, etag: '' },
          },
          session,
        );
      });
      await holdCategory(about.category, context).catch(async (error) => {
        await endUpload(context, record, 'cancelled');
        throw error;
      });
      return {
        status: 201,
        body: presentTicket(record, put),
        headers: { Location: `/api/uploads/${record._id}`, 'Cache-Control': 'no-store' },
      };
    },
  }),

  route({
    method: 'get',
    path: '/api/uploads/:uploadId',
    tag,
    summary: 'An upload of mine',
    action: 'upload.read',
    params,
    replies: { 200: openUpload },
    errors: [],
    async handle({ params, permit, context }) {
      const record = permit(await context.db.uploads.find(params.uploadId));
      return { status: 200, body: presentUpload(record) };
    },
  }),

  route({
    method: 'post',
    path: '/api/uploads/:uploadId/complete',
    tag,
    summary: 'Say that the bytes are there; the work on the video begins',
    action: 'upload.end',
    params,
    replies: { 200: openUpload },
    errors: ['upload_incomplete', 'upload_mismatch', 'upload_closed'],
    async handle({ params, permit, context, traceparent, log }) {
      const record = permit(await context.db.uploads.find(params.uploadId));
      const completed = await complete(record, context);
      const attempt = { videoId: record.videoId, generation: 1 };
      // The record says `uploaded` already: should the queue not answer, the next sweep adds the job.
      await begin({ ...context, traceparent }, attempt, record).catch((error) =>
        log.warn({ err: error, ...attempt }, 'left to the sweep'),
      );
      return { status: 200, body: presentUpload(completed) };
    },
  }),

  route({
    method: 'delete',
    path: '/api/uploads/:uploadId',
    tag,
    summary: 'Cancel an upload that has not been completed',
    action: 'upload.end',
    params,
    replies: { 204: { description: 'Cancelled' } },
    errors: ['upload_closed'],
    async handle({ params, permit, context }) {
      const record = permit(await context.db.uploads.find(params.uploadId));
      if (record.state === 'cancelled' || (await endUpload(context, record, 'cancelled')))
        return { status: 204 };
      throw closed(record);
    },
  }),
];

/** Checks the object and moves upload and video on, both or neither. A second call changes nothing. */
async function complete(record: UploadRecord, context: ApiContext): Promise<UploadRecord> {
  if (record.state === 'completed') return record;
  if (record.state !== 'waiting') throw closed(record);
  const { db } = context;
  const etag = await arrivedEtag(record, context);
  const source = { key: record.key, bytes: record.bytes, etag };
  const attempt = { videoId: record.videoId, generation: 1 };
  await move(context, attempt, 'uploaded', { source, uploadedAt: new Date() }, async (session) => {
    // Cancelled a moment ago: then nothing of this happened.
    if (!(await db.uploads.end(record._id, 'completed', { etag }, session))) throw closed(record);
  });
  const now = await db.uploads.find(record._id);
  if (now?.state !== 'completed') throw closed(now ?? record);
  return now;
}

function closed(record: UploadRecord): MillraceError {
  return new MillraceError('upload_closed', `The upload ${record._id} has ended; ask for a new one.`);
}

/** Without folders, the extension, and what cannot be shown. */
function titleOf(filename: string): string {
  const name = filename
    .replace(/^.*[/\\]/s, '')
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return cutText(name.replace(/\s*\.[^.]*$/, ''), 200) || cutText(name, 200) || 'Untitled';
}
