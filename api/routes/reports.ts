import { z } from 'zod';
import { commentId } from '../../shared/contracts/comments.ts';
import { videoId } from '../../shared/contracts/common.ts';
import { newReport, sentReport } from '../../shared/contracts/reports.ts';
import type { DbSession } from '../../shared/db/connect.ts';
import type { Reported } from '../../shared/db/reports.ts';
import type { User } from '../../shared/db/users.ts';
import { permit as permitAction } from '../access/policy.ts';
import { asThing, commentOf } from '../comment-of.ts';
import type { ApiContext } from '../context.ts';
import { presentSentReport } from '../present-report.ts';
import { type Reply, route } from '../route.ts';
import { writeInTurn } from '../write-in-turn.ts';

const tag = 'Moderation';
const path = '/api/videos/:videoId/reports';
const description =
  'Each person is heard once, until moderators have decided; then it can be reported again. What others have said of ' +
  'it is not told.';
const replies = {
  200: { description: 'What I have said before; it stays as it is', schema: sentReport },
  202: { description: 'Noted; moderators will look at it', schema: sentReport },
};

/** Telling moderators of what should not be there. */
export const reportRoutes = [
  route({
    method: 'post',
    path,
    tag,
    summary: 'Report a video to the moderators',
    description,
    action: 'video.report',
    limit: 'comment',
    params: z.strictObject({ videoId }),
    body: newReport,
    replies,
    errors: [],
    async handle({ params, body, permit, caller, context }) {
      const { videos } = context.db;
      const judge = async (session: DbSession | null): Promise<Reported> => {
        const { _id, ownerId } = permit(await videos.find(params.videoId, session));
        return { kind: 'video', videoId: _id, commentId: null, ownerId };
      };
      return note(judge, body, caller, context);
    },
  }),

  route({
    method: 'post',
    path: '/api/videos/:videoId/comments/:commentId/reports',
    tag,
    summary: 'Report a comment to the moderators',
    description,
    action: 'comment.report',
    limit: 'comment',
    params: z.strictObject({ videoId, commentId }),
    body: newReport,
    replies,
    errors: [],
    async handle({ params, body, permit, caller, context }) {
      const { videos, comments } = context.db;
      const judge = async (session: DbSession | null): Promise<Reported> => {
        const video = permitAction('video.read', caller, await videos.find(params.videoId, session));
        const { _id, ownerId } = permit(asThing(await commentOf(video, params.commentId, context, session)));
        if (session) await comments.hold(_id, session);
        return { kind: 'comment', videoId: video._id, commentId: _id, ownerId };
      };
      return note(judge, body, caller, context);
    },
  }),
];

/**
 * `judge` is asked again where the report is written: while that waited for its turn, the thing may have gone or been
 * hidden, and the report of what nobody can see any more would stay open.
 */
async function note(
  judge: (session: DbSession | null) => Promise<Reported>,
  { reason, text }: z.infer<typeof newReport>,
  { _id }: User,
  context: ApiContext,
): Promise<Reply> {
  const words = { userId: _id, reason, text };
  const { videoId } = await judge(null);
  const { complaint, isNew } = await writeInTurn(context, videoId, async (session) =>
    context.db.reports.add(await judge(session), words, session),
  );
  return { status: isNew ? 202 : 200, body: presentSentReport(complaint) };
}
