import { z } from 'zod';
import { videoId } from '../../shared/contracts/common.ts';
import {
  creditId,
  creditList,
  creditsChange,
  mostCredits,
  newCredit,
} from '../../shared/contracts/credits.ts';
import type { DbSession } from '../../shared/db/connect.ts';
import { type CreditWords, creditKey } from '../../shared/db/credits.ts';
import type { Video } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { readCredits, writeCredits } from '../change-credits.ts';
import type { ApiContext } from '../context.ts';
import { changedMeanwhile, expectedRevision } from '../if-match.ts';
import { revisionOf } from '../present.ts';
import { presentCredits } from '../present-person.ts';
import { type Reply, route } from '../route.ts';

const tag = 'People';
const path = '/api/videos/:videoId/credits';
const params = z.strictObject({ videoId });

export const creditRoutes = [
  route({
    method: 'get',
    path,
    tag,
    summary: 'Who did what in a video, in order',
    action: 'video.read',
    params,
    selectable: 'items',
    replies: { 200: { description: 'All of them', schema: creditList } },
    errors: [],
    async handle({ params, permit, context }) {
      const found = permit(await context.db.videos.find(params.videoId));
      return sendCredits(found, context);
    },
  }),

  route({
    method: 'put',
    path,
    tag,
    summary: 'Say who did what in a video, all of it',
    description:
      'Replaces the whole list, in the order that is sent; what was there already keeps its `creditId`. Send the `ETag` ' +
      'of the list or of the video as `If-Match`: both go by the `revision` of the video, which this raises. One person ' +
      'may have several roles, but the same role and character once. Who was merged becomes the one that stayed.',
    action: 'video.change',
    params,
    body: creditsChange,
    ifMatch: true,
    replies: { 200: { description: 'All of them, with the new ETag', schema: creditList } },
    errors: [],
    async handle({ params, body, permit, audit, header, context }) {
      const { db } = context;
      const found = permit(await db.videos.find(params.videoId));
      const revision = expectedRevision(header('If-Match'), revisionOf(found));
      const changed = await changeVideo(found, revision, context, async (session) => {
        const wanted = await readCredits(db, body.credits, (n) => `/credits/${n}`, session);
        await writeCredits(db, found._id, wanted, session);
        await audit(session);
      });
      if (changed) return sendCredits(changed, context);
      permit(await db.videos.find(params.videoId));
      throw changedMeanwhile();
    },
  }),

  route({
    method: 'post',
    path,
    tag,
    summary: 'Add one to who did what in a video',
    action: 'video.change',
    params,
    body: newCredit,
    replies: { 201: { description: 'All of them, with the new one', schema: creditList } },
    errors: ['already_credited', 'too_many_credits'],
    async handle({ params, body, permit, audit, context }) {
      const { db } = context;
      const found = permit(await db.videos.find(params.videoId));
      const { order = mostCredits, ...asked } = body;
      const changed = await changeVideo(found, undefined, context, async (session) => {
        const added = await readCredits(db, [asked], () => '', session);
        const known = await db.credits.of(found._id, session);
        refuseMore(known, added);
        const before = known.filter((one) => one.order < order);
        const wanted = [...before, ...added, ...known.slice(before.length)].map(wordsOf);
        await writeCredits(db, found._id, wanted, session);
        await audit(session);
      });
      if (!changed) permit(null);
      const reply = await sendCredits(changed ?? found, context);
      return { ...reply, status: 201, headers: { Location: `/api/videos/${found._id}/credits` } };
    },
  }),

  route({
    method: 'delete',
    path: `${path}/:creditId`,
    tag,
    summary: 'Take one from who did what in a video',
    description: 'Of one that is not there any more the answer is the same.',
    action: 'video.change',
    params: z.strictObject({ videoId, creditId }),
    replies: { 204: { description: 'It is not there' } },
    errors: [],
    async handle({ params, permit, audit, context }) {
      const { db } = context;
      const found = permit(await db.videos.find(params.videoId));
      if (!(await db.credits.isOf(found._id, params.creditId))) return { status: 204 };
      await changeVideo(found, undefined, context, async (session) => {
        const rest = (await db.credits.of(found._id, session)).filter(({ _id }) => _id !== params.creditId);
        await writeCredits(db, found._id, rest.map(wordsOf), session);
        await audit(session);
      });
      return { status: 204 };
    },
  }),
];

/** Raises the video's revision, and does the rest in the same transaction. Undefined when the video has moved on. */
function changeVideo(
  { _id }: Video,
  revision: number | undefined,
  { db }: ApiContext,
  work: (session: DbSession) => Promise<void>,
): Promise<Video | undefined> {
  return db.transaction(async (session) => {
    const changed = await db.videos.change(_id, revision, {}, session);
    if (changed) await work(session);
    return changed?.after;
  });
}

function refuseMore(known: CreditWords[], [added]: CreditWords[]): void {
  if (known.some((one) => added && creditKey(one) === creditKey(added))) {
    throw new MillraceError('already_credited', 'The video names this person with this role and character.');
  }
  if (known.length < mostCredits) return;
  throw new MillraceError('too_many_credits', `A video may have ${mostCredits} credits.`);
}

function wordsOf({ personId, role, character }: CreditWords): CreditWords {
  return { personId, role, character };
}

async function sendCredits(video: Video, { db, publicUrl }: ApiContext): Promise<Reply> {
  const credits = await db.credits.of(video._id);
  const people = await db.people.among([...new Set(credits.map(({ personId }) => personId))]);
  const items = presentCredits(credits, people, publicUrl);
  return { status: 200, body: { items, nextCursor: null }, revision: revisionOf(video) };
}
