import { z } from 'zod';
import {
  reportId,
  reportKinds,
  reportPage,
  reportStates,
  resolution,
  wholeReport,
} from '../../shared/contracts/reports.ts';
import type { Report } from '../../shared/db/reports.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { ApiContext } from '../context.ts';
import { type Orders, pageParams, readPage } from '../lists.ts';
import { presentReports, presentWholeReport } from '../present-report.ts';
import { resolveReport } from '../resolve-report.ts';
import { type Reply, route } from '../route.ts';

const tag = 'Moderation';
const path = '/api/reports';
const one = `${path}/:reportId`;
const params = z.strictObject({ reportId });
const headers = { 'Cache-Control': 'no-store' };
const mostComplaints = 100;
const orders = {
  at: { field: 'at', direction: 1 },
  '-at': { field: 'at', direction: -1 },
} as const satisfies Orders;

/** What was reported, and what moderators do about it. */
export const reportQueueRoutes = [
  route({
    method: 'get',
    path,
    tag,
    summary: 'What was reported, the oldest first',
    description: 'One item for each video or comment, however many have reported it (`reports`).',
    action: 'report.read',
    query: z.strictObject({
      state: z.enum(reportStates).default('open').meta({ description: 'Those that wait, or have ended' }),
      kind: z.enum(reportKinds).optional().meta({ description: 'Only videos, or only comments' }),
      ...pageParams(orders),
    }),
    replies: { 200: { description: 'One page', schema: reportPage } },
    errors: [],
    async handle({ query, context }) {
      const { db, config } = context;
      const list = { path, orders, query, secretKey: config.SECRET_KEY };
      const { items, nextCursor } = await readPage(list, (page) =>
        db.reports.page(query.state, query.kind, page),
      );
      return { status: 200, body: { items: await presentReports(items, context), nextCursor }, headers };
    },
  }),

  route({
    method: 'get',
    path: one,
    tag,
    summary: 'One report, with what people said',
    action: 'report.read',
    params,
    replies: { 200: { description: 'The report', schema: wholeReport } },
    errors: [],
    async handle({ params, context }) {
      return sendReport(existing(await context.db.reports.find(params.reportId)), context);
    },
  }),

  route({
    method: 'post',
    path: `${one}/resolve`,
    tag,
    summary: 'Decide about a report',
    description:
      'Ends all reports of the thing. `hidden` hides the comment and `taken_down` takes the video down, in the same ' +
      'write; `message` is for the owner of the video, `note` for moderators.',
    action: 'report.resolve',
    params,
    body: resolution,
    replies: { 200: { description: 'The report as it is now', schema: wholeReport } },
    errors: ['already_resolved'],
    async handle({ params, body, permit, audit, caller, context }) {
      const found = permit(existing(await context.db.reports.find(params.reportId)));
      return sendReport(await resolveReport(context, found, body, caller._id, audit), context);
    },
  }),
];

function existing(report: Report | null): Report {
  if (report) return report;
  throw new MillraceError('not_found', 'There is no such report.');
}

async function sendReport(found: Report, context: ApiContext): Promise<Reply> {
  const complaints = await context.db.reports.complaints(found._id, mostComplaints);
  return { status: 200, body: await presentWholeReport(found, complaints, context), headers };
}
