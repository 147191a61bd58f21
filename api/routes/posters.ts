import { z } from 'zod';
import { videoId } from '../../shared/contracts/common.ts';
import {
  newPoster,
  newPosterUpload,
  poster as posterContract,
  posterMaxBytes,
  posterTicket,
  posterUpload,
  posterUploadId,
} from '../../shared/contracts/images.ts';
import type { DbSession } from '../../shared/db/connect.ts';
import type { Poster } from '../../shared/db/posters.ts';
import type { Video } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { type PictureFormat, posterKey, posterUploadKey } from '../../shared/keys.ts';
import type { Log } from '../../shared/log.ts';
import type { Traced } from '../../shared/pipeline.ts';
import { beginPoster } from '../../shared/poster.ts';
import { arrivedEtag, uploadClosed } from '../arrived-object.ts';
import type { ApiContext } from '../context.ts';
import { misfit, refuseTooLarge } from '../misfit.ts';
import { newPictureTicket, presentPut } from '../picture-ticket.ts';
import { chosenWidth, withWidth } from '../picture-width.ts';
import { presentPoster, presentPosterUpload } from '../present-poster.ts';
import { refuseOutside } from '../refuse-outside.ts';
import { type Reply, route } from '../route.ts';
import { writeInTurn } from '../write-in-turn.ts';

const tag = 'Posters';
const params = z.strictObject({ videoId });
const ofUpload = z.strictObject({ videoId, posterUploadId });
const state = { description: 'What was asked for last', schema: posterContract };
const accepted = { description: 'It is being made; ask for its state', schema: posterContract };
const addressSeconds = 3600;

export const posterRoutes = [
  pictureRoute('jpg'),
  pictureRoute('webp'),

  route({
    method: 'get',
    path: '/api/videos/:videoId/poster',
    tag,
    summary: 'Where the poster comes from, whether it is there, and in which sizes',
    action: 'video.read',
    params,
    replies: { 200: state },
    errors: [],
    async handle({ params, permit, context }) {
      const found = permit(await context.db.videos.find(params.videoId));
      return { status: 200, body: await stateOf(found, context) };
    },
  }),

  route({
    method: 'put',
    path: '/api/videos/:videoId/poster',
    tag,
    summary: 'Take the poster from a time in the video',
    action: 'video.change',
    limit: 'ticket',
    params,
    body: newPoster,
    replies: { 202: accepted },
    errors: ['video_failed', 'not_playable_yet', 'plays_outside'],
    async handle({ params, body, permit, audit, context, traceparent, log }) {
      const found = notFailed(permit(await context.db.videos.find(params.videoId)));
      if (!found.plan) {
        throw new MillraceError('not_playable_yet', 'The length of the video is not known yet.');
      }
      const { durationSeconds } = found.plan;
      if (body.time > durationSeconds) {
        throw misfit('/time', `must be at most ${durationSeconds}, the length of the video in seconds`);
      }
      const asked = await writeInTurn(context, found._id, async (session) => {
        await audit(session);
        return context.db.posters.ofTime(attemptOf(found), body.time, session);
      });
      await start(asked, { ...context, traceparent }, log);
      return { status: 202, body: await stateOf(found, context) };
    },
  }),

  route({
    method: 'post',
    path: '/api/videos/:videoId/poster/uploads',
    tag,
    summary: 'Ask for a ticket to upload a picture as the poster',
    action: 'video.change',
    limit: 'ticket',
    params,
    body: newPosterUpload,
    replies: {
      201: { description: 'Send the bytes to `url` with exactly these headers', schema: posterTicket },
    },
    errors: ['video_failed', 'too_large', 'plays_outside'],
    async handle({ params, body, permit, context }) {
      const found = notFailed(permit(await context.db.videos.find(params.videoId)));
      refuseTooLarge(body.size, posterMaxBytes, 'A poster');
      const keyOf = (id: string) => posterUploadKey(found.ownerId, found._id, id);
      const { _id, upload, put } = await newPictureTicket(body, keyOf, context);
      await context.db.posters.ticket({ _id, ...attemptOf(found), upload });
      return {
        status: 201,
        body: { posterUploadId: _id, ...presentPut(put, upload) },
        headers: { Location: `/api/videos/${found._id}/poster/uploads/${_id}`, 'Cache-Control': 'no-store' },
      };
    },
  }),

  route({
    method: 'get',
    path: '/api/videos/:videoId/poster/uploads/:posterUploadId',
    tag,
    summary: 'What became of a ticket for a poster',
    action: 'video.change',
    params: ofUpload,
    replies: { 200: { description: 'The upload', schema: posterUpload } },
    errors: [],
    async handle({ params, permit, context }) {
      const found = permit(await context.db.videos.find(params.videoId));
      const { ticket, upload } = await findTicket(found, params.posterUploadId, context);
      return { status: 200, body: presentPosterUpload(ticket, upload) };
    },
  }),

  route({
    method: 'post',
    path: '/api/videos/:videoId/poster/uploads/:posterUploadId/complete',
    tag,
    summary: 'Say that the bytes of a poster are there',
    action: 'video.change',
    params: ofUpload,
    replies: { 202: accepted },
    errors: ['video_failed', 'upload_incomplete', 'upload_mismatch', 'upload_closed', 'plays_outside'],
    async handle({ params, permit, audit, context, traceparent, log }) {
      const found = notFailed(permit(await context.db.videos.find(params.videoId)));
      const { ticket } = await findTicket(found, params.posterUploadId, context);
      // Said a second time, it changes nothing.
      if (ticket.version === null)
        await start(await complete(ticket, context, audit), { ...context, traceparent }, log);
      return { status: 202, body: await stateOf(found, context) };
    },
  }),
];

function pictureRoute(format: PictureFormat) {
  return route({
    method: 'get',
    path: `/api/videos/:videoId/poster.${format}`,
    tag,
    summary: `The poster as ${format === 'jpg' ? 'JPEG' : 'WebP'}, by a redirect to the store`,
    action: 'video.read',
    params,
    query: withWidth,
    replies: { 302: { description: 'To the picture' } },
    errors: [],
    async handle({ params, query, permit, context }): Promise<Reply> {
      const found = permit(await context.db.videos.find(params.videoId));
      const shown = await context.db.posters.shown(attemptOf(found));
      const width = chosenWidth(shown?.widths ?? [], query.width);
      if (!shown || width === undefined) throw new MillraceError('not_found', 'The video has no poster yet.');
      const generation = shown.isChosen ? null : shown.generation;
      const key = posterKey(found._id, generation, shown.version ?? 0, width, format);
      const url = await context.storage.presignGet('thumbnails', key, addressSeconds);
      return { status: 302, headers: { Location: url, 'Cache-Control': 'private, max-age=60' } };
    },
  });
}

function notFailed(found: Video): Video {
  refuseOutside(found);
  if (found.state !== 'failed') return found;
  throw new MillraceError('video_failed', 'A video that has failed gets no poster.');
}

/** The attempt whose pictures are shown: the one that plays, else the one under way. */
function attemptOf({ _id, activeGeneration, generation }: Video) {
  return { videoId: _id, generation: activeGeneration ?? generation };
}

async function stateOf(found: Video, { db }: ApiContext) {
  const last = await db.posters.last(found._id);
  // Not at once: what is ready by the first answer has its sizes in the second.
  const shown = await db.posters.shown(attemptOf(found));
  return presentPoster(found, last, shown);
}

async function findTicket({ _id }: Video, id: string, { db }: ApiContext) {
  const ticket = await db.posters.find(id);
  if (!ticket?.upload || ticket.videoId !== _id) {
    throw new MillraceError('not_found', 'There is no such upload.');
  }
  return { ticket, upload: ticket.upload };
}

/** The record has the version already: should the queue not answer, a sweep adds the job. */
async function start(made: Poster, context: ApiContext & Traced, log: Log): Promise<void> {
  const { videoId, version } = made;
  await beginPoster(context, made).catch((error) =>
    log.warn({ err: error, videoId, version }, 'left to the sweep'),
  );
}

/** Checks the object; the ticket becomes the newest version. */
async function complete(
  ticket: Poster,
  context: ApiContext,
  audit: (session: DbSession) => Promise<void>,
): Promise<Poster> {
  const { posters } = context.db;
  if (ticket.state !== 'waiting' || !ticket.upload) throw uploadClosed();
  const etag = await arrivedEtag(ticket.upload, context);
  const asked = await writeInTurn(context, ticket.videoId, async (session) => {
    const made = await posters.arrived(ticket, etag, session);
    if (made) await audit(session);
    return made;
  });
  const arrived = asked ?? (await posters.find(ticket._id));
  if (arrived?.version == null) throw uploadClosed();
  return arrived;
}
