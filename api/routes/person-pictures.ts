import { z } from 'zod';
import {
  newPictureUpload,
  personId,
  pictureMaxBytes,
  pictureTicket,
  pictureUpload,
  pictureUploadId,
} from '../../shared/contracts/people.ts';
import type { DbSession } from '../../shared/db/connect.ts';
import type { NewPersonPicture } from '../../shared/db/person-pictures.ts';
import { MillraceError } from '../../shared/errors.ts';
import { type PictureFormat, personPictureKey, personUploadKey } from '../../shared/keys.ts';
import { refuseMerged } from '../../shared/merge-people.ts';
import { beginPersonPicture } from '../../shared/person-picture.ts';
import { personThing } from '../access/person-thing.ts';
import { arrivedEtag, uploadClosed } from '../arrived-object.ts';
import type { ApiContext } from '../context.ts';
import { refuseTooLarge } from '../misfit.ts';
import { newPictureTicket, presentPut } from '../picture-ticket.ts';
import { chosenWidth, withWidth } from '../picture-width.ts';
import { presentPictureUpload } from '../present-person.ts';
import { type Reply, route } from '../route.ts';
import { leadTo } from './people.ts';

const tag = 'People';
const path = '/api/people/:personId/picture';
const params = z.strictObject({ personId });
const ofUpload = z.strictObject({ personId, pictureUploadId });
const upload = { description: 'The upload', schema: pictureUpload };
const addressSeconds = 3600;

export const personPictureRoutes = [
  pictureRoute('jpg'),
  pictureRoute('webp'),

  route({
    method: 'post',
    path: `${path}/uploads`,
    tag,
    summary: 'Ask for a ticket to upload a picture of a person',
    description: 'Until it is ready, and when it fails, the one before is shown.',
    action: 'person.change',
    limit: 'ticket',
    params,
    body: newPictureUpload,
    replies: {
      201: { description: 'Send the bytes to `url` with exactly these headers', schema: pictureTicket },
    },
    errors: ['too_large', 'person_merged'],
    async handle({ params, body, permit, context }) {
      const found = permit(personThing(await context.db.people.find(params.personId)));
      refuseMerged(found);
      refuseTooLarge(body.size, pictureMaxBytes, 'A picture');
      const keyOf = (id: string) => personUploadKey(found._id, id);
      const { _id, upload, put } = await newPictureTicket(body, keyOf, context);
      await context.db.personPictures.ticket({ _id, personId: found._id, upload });
      return {
        status: 201,
        body: { pictureUploadId: _id, ...presentPut(put, upload) },
        headers: { Location: `/api/people/${found._id}/picture/uploads/${_id}`, 'Cache-Control': 'no-store' },
      };
    },
  }),

  route({
    method: 'get',
    path: `${path}/uploads/:pictureUploadId`,
    tag,
    summary: 'What became of a ticket for a picture of a person',
    action: 'person.change',
    params: ofUpload,
    replies: { 200: upload },
    errors: [],
    async handle({ params, permit, context }) {
      const found = permit(personThing(await context.db.people.find(params.personId)));
      const ticket = await findTicket(found._id, params.pictureUploadId, context);
      return { status: 200, body: presentPictureUpload(ticket) };
    },
  }),

  route({
    method: 'post',
    path: `${path}/uploads/:pictureUploadId/complete`,
    tag,
    summary: 'Say that the bytes of a picture of a person are there',
    action: 'person.change',
    params: ofUpload,
    replies: { 202: { ...upload, description: 'It is being made; ask for its state' } },
    errors: ['upload_incomplete', 'upload_mismatch', 'upload_closed'],
    async handle({ params, permit, audit, context, traceparent, log }) {
      const found = permit(personThing(await context.db.people.find(params.personId)));
      const ticket = await findTicket(found._id, params.pictureUploadId, context);
      // Said a second time, it changes nothing.
      if (ticket.version !== null) return { status: 202, body: presentPictureUpload(ticket) };
      const arrived = await complete(ticket, context, audit);
      // The record has it already: should the queue not answer, a sweep adds the job.
      await beginPersonPicture({ ...context, traceparent }, arrived).catch((error) =>
        log.warn({ err: error, personId: found._id }, 'left to the sweep'),
      );
      return { status: 202, body: presentPictureUpload(arrived) };
    },
  }),

  route({
    method: 'delete',
    path,
    tag,
    summary: 'Show no picture of a person any more',
    action: 'person.change',
    params,
    replies: { 204: { description: 'None is shown, and none is on its way' } },
    errors: [],
    async handle({ params, permit, audit, context: { db } }) {
      const found = permit(personThing(await db.people.find(params.personId)));
      await db.transaction(async (session) => {
        await db.people.hidePicture(found._id, session);
        await db.personPictures.forget([found._id], session);
        await audit(session);
      });
      return { status: 204 };
    },
  }),
];

function pictureRoute(format: PictureFormat) {
  return route({
    method: 'get',
    path: `${path}.${format}`,
    tag,
    summary: `The picture of a person as ${format === 'jpg' ? 'JPEG' : 'WebP'}, by a redirect to the store`,
    action: 'person.read',
    params,
    query: withWidth,
    replies: {
      302: { description: 'To the picture' },
      308: { description: 'The person was merged into the one that this leads to' },
    },
    errors: [],
    async handle({ params, query, permit, url, context }): Promise<Reply> {
      const found = permit(personThing(await context.db.people.find(params.personId)));
      if (found.mergedInto) return leadTo(found.mergedInto, `/picture.${format}${url.search}`);
      const width = chosenWidth(found.picture?.widths ?? [], query.width);
      if (!found.picture || width === undefined) {
        throw new MillraceError('not_found', 'The person has no picture.');
      }
      const key = personPictureKey(found._id, found.picture.version, width, format);
      const address = await context.storage.presignGet('thumbnails', key, addressSeconds);
      return { status: 302, headers: { Location: address, 'Cache-Control': 'private, max-age=60' } };
    },
  });
}

async function findTicket(person: string, id: string, { db }: ApiContext): Promise<NewPersonPicture> {
  const ticket = await db.personPictures.find(id);
  if (ticket?.personId !== person) throw new MillraceError('not_found', 'There is no such upload.');
  return ticket as NewPersonPicture;
}

/** Checks the object; the ticket becomes the newest version. */
async function complete(
  ticket: NewPersonPicture,
  context: ApiContext,
  audit: (session: DbSession) => Promise<void>,
): Promise<NewPersonPicture> {
  const { people, personPictures, transaction } = context.db;
  if (ticket.state !== 'waiting') throw uploadClosed();
  const etag = await arrivedEtag(ticket.upload, context);
  const version = await people.nextPicture(ticket.personId);
  const asked =
    version &&
    (await transaction(async (session) => {
      const made = await personPictures.arrived(ticket._id, version, etag, session);
      if (made) await audit(session);
      return made;
    }));
  const arrived = asked || (await personPictures.find(ticket._id));
  if (arrived?.version == null) throw uploadClosed();
  return arrived;
}
