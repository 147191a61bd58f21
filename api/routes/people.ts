import { z } from 'zod';
import { personVideoPage } from '../../shared/contracts/credits.ts';
import {
  newPerson,
  personChange,
  person as personContract,
  personId,
  personMerge,
  personPage,
} from '../../shared/contracts/people.ts';
import { videoOrders } from '../../shared/db/catalogue.ts';
import { type Person, peopleOrders } from '../../shared/db/people.ts';
import { MillraceError } from '../../shared/errors.ts';
import { personPrefix } from '../../shared/keys.ts';
import { mergePeople, refuseMerged } from '../../shared/merge-people.ts';
import { personThing } from '../access/person-thing.ts';
import type { ApiContext } from '../context.ts';
import { changedMeanwhile, expectedRevision } from '../if-match.ts';
import { pageParams, readPage } from '../lists.ts';
import { presentPerson, presentPersonVideo } from '../present-person.ts';
import { type Reply, route } from '../route.ts';

const tag = 'People';
const params = z.strictObject({ personId });
const merged = { description: 'The person was merged into the one that this leads to' };
const newestFirst = { '-publishedAt': videoOrders['-publishedAt'] };

export const peopleRoutes = [
  route({
    method: 'post',
    path: '/api/people',
    tag,
    summary: 'Add a person, to name in the credits of videos',
    description:
      'Look first whether there is one already. People of one name are told apart by their biographies.',
    action: 'person.create',
    body: newPerson,
    replies: { 201: { description: 'The person', schema: personContract } },
    errors: [],
    async handle({ body, caller, context }) {
      const made = await context.db.people.create({ ...body, createdBy: caller._id });
      const headers = { Location: `/api/people/${made._id}` };
      return { status: 201, body: presentPerson(made, context.publicUrl), headers };
    },
  }),

  route({
    method: 'get',
    path: '/api/people',
    tag,
    summary: 'People by name',
    action: 'person.read',
    query: z.strictObject({
      q: z
        .string()
        .trim()
        .min(1)
        .max(200)
        .optional()
        .meta({ description: 'How the name begins, whatever the case and the accents', example: 'lidia' }),
      ...pageParams(peopleOrders),
    }),
    selectable: 'items',
    hotSeconds: 0,
    replies: { 200: { description: 'One page', schema: personPage } },
    errors: [],
    async handle({ query, context: { db, config, publicUrl } }) {
      const list = { path: '/api/people', orders: peopleOrders, query, secretKey: config.SECRET_KEY };
      const { items, nextCursor } = await readPage(list, (page) => db.people.page(query.q, page));
      return { status: 200, body: { items: items.map((one) => presentPerson(one, publicUrl)), nextCursor } };
    },
  }),

  route({
    method: 'get',
    path: '/api/people/:personId',
    tag,
    summary: 'One of the people that credits can name',
    action: 'person.read',
    params,
    hotSeconds: 0,
    replies: { 200: { description: 'The person', schema: personContract }, 308: merged },
    errors: [],
    async handle({ params, permit, context }) {
      const found = permit(personThing(await context.db.people.find(params.personId)));
      return found.mergedInto ? leadTo(found.mergedInto) : sendPerson(found, context);
    },
  }),

  route({
    method: 'patch',
    path: '/api/people/:personId',
    tag,
    summary: 'Change what is said of a person',
    description:
      'For who has added the person, and for moderators. Send the ETag that `GET` gave as `If-Match`.',
    action: 'person.change',
    params,
    body: personChange,
    ifMatch: true,
    replies: { 200: { description: 'The person as it is now', schema: personContract } },
    errors: ['person_merged'],
    async handle({ params, body, permit, audit, header, context }) {
      const { db } = context;
      const found = permit(personThing(await db.people.find(params.personId)));
      refuseMerged(found);
      const revision = expectedRevision(header('If-Match'), found.revision);
      const changed = await db.transaction(async (session) => {
        const after = await db.people.change(found._id, revision, body, session);
        if (!after) return undefined;
        await audit(session);
        if (body.name !== undefined) {
          await db.search.touch(await db.credits.videosOf(found._id, session), session);
        }
        return after;
      });
      if (changed) return sendPerson(changed, context);
      // Somebody else was faster: in changing, merging or removing it.
      refuseMerged(permit(personThing(await db.people.find(params.personId))));
      throw changedMeanwhile();
    },
  }),

  route({
    method: 'delete',
    path: '/api/people/:personId',
    tag,
    summary: 'Remove a person, and its credits in videos of the one who has added it',
    description: 'Refused with `person_credited` while videos of others name the person.',
    action: 'person.change',
    params,
    replies: { 204: { description: 'It is gone' } },
    errors: ['person_credited', 'person_merged'],
    async handle({ params, permit, audit, context, log }) {
      const { db, storage } = context;
      permit(personThing(await db.people.find(params.personId)));
      const gone = await db.transaction(async (session) => {
        const found = permit(personThing(await db.people.find(params.personId, session)));
        refuseMerged(found);
        if (await db.credits.isNamedByOthers(found, session)) {
          throw new MillraceError('person_credited', 'Videos of others name this person in their credits.');
        }
        const ids = await db.people.remove(found._id, session);
        await db.personPictures.forget(ids, session);
        const videoIds = await db.credits.forgetPerson(found._id, session);
        await audit(session);
        await db.search.touch(videoIds, session);
        return ids;
      });
      for (const id of gone) {
        // What stays is an orphan, and found as such.
        await storage
          .removeAll('thumbnails', personPrefix(id))
          .catch((error) => log.warn({ err: error, personId: id }, 'left to the sweep'));
      }
      return { status: 204 };
    },
  }),

  route({
    method: 'get',
    path: '/api/people/:personId/videos',
    tag,
    summary: 'The videos of a person that everyone may see, the newest first',
    action: 'person.read',
    params,
    query: z.strictObject(pageParams(newestFirst)),
    selectable: 'items',
    replies: { 200: { description: 'One page', schema: personVideoPage }, 308: merged },
    errors: [],
    async handle({ params, query, permit, url, context: { db, config, publicUrl } }) {
      const found = permit(personThing(await db.people.find(params.personId)));
      if (found.mergedInto) return leadTo(found.mergedInto, `/videos${url.search}`);
      const about = { path: '/api/people/videos', scope: found._id, orders: newestFirst, query };
      const list = { ...about, secretKey: config.SECRET_KEY };
      const { items, nextCursor } = await readPage(list, (page) => db.credits.page(found._id, page));
      const videoIds = items.map(({ _id }) => _id);
      const credits = await db.credits.ofPerson(found._id, videoIds);
      return {
        status: 200,
        body: { items: items.map((one) => presentPersonVideo(one, credits, publicUrl)), nextCursor },
      };
    },
  }),

  route({
    method: 'post',
    path: '/api/people/:personId/merge',
    tag,
    summary: 'Say that two people are one',
    description:
      'All credits of the person go to the one that is named in `into`, and its address leads there from then on. It ' +
      'cannot be taken back. Said again it changes nothing.',
    action: 'person.merge',
    params,
    body: personMerge,
    replies: { 200: { description: 'The person that stays', schema: personContract } },
    errors: ['person_merged'],
    async handle({ params, body, permit, audit, context }) {
      const { db } = context;
      permit(personThing(await db.people.find(params.personId)));
      const ids = { fromId: params.personId, intoId: body.into };
      const into = await db.transaction(async (session) => {
        const person = await mergePeople(db, ids, session);
        await audit(session, { into: person._id });
        return person;
      });
      return sendPerson(into, context);
    },
  }),
];

function sendPerson(person: Person, { publicUrl }: ApiContext): Reply {
  return { status: 200, body: presentPerson(person, publicUrl), revision: person.revision };
}

/** To the one that the person was merged into. */
export function leadTo(personId: string, rest = ''): Reply {
  return { status: 308, headers: { Location: `/api/people/${personId}${rest}` } };
}
