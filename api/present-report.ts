import type { z } from 'zod';
import type { report, sentReport, wholeReport } from '../shared/contracts/reports.ts';
import type { Complaint, Report } from '../shared/db/reports.ts';
import type { ApiContext } from './context.ts';
import { isGone } from './present-comments.ts';

const mostExcerpt = 300;

/**
 * Reports as moderators see them, with a look at what was reported: one question for videos, one for comments, one for
 * whose they are. Of who has asked to be forgotten there is nothing to see, here as elsewhere.
 */
export async function presentReports(
  reports: Report[],
  { db }: ApiContext,
): Promise<z.infer<typeof report>[]> {
  const idsOf = (kind: Report['kind']) =>
    reports.filter((one) => one.kind === kind).map(({ thingId }) => thingId);
  const [videos, comments, isThere] = await Promise.all([
    db.videos.titles(idsOf('video')),
    db.comments.among(idsOf('comment')),
    whoIsThere(
      reports.map(({ ownerId }) => ownerId),
      db,
    ),
  ]);
  const words = new Map([
    ...videos.map(({ _id, title }) => [_id, title] as const),
    ...comments.filter(({ removed }) => !removed).map(({ _id, text }) => [_id, text] as const),
  ]);
  return reports.map((one) => ({
    reportId: one._id,
    kind: one.kind,
    videoId: one.videoId,
    commentId: one.commentId,
    ownerId: isThere(one.ownerId) ? one.ownerId : null,
    excerpt: isThere(one.ownerId) ? (words.get(one.thingId)?.slice(0, mostExcerpt) ?? null) : null,
    state: one.state,
    reports: one.reports,
    reasons: one.reasons,
    at: one.at.toISOString(),
    lastAt: one.lastAt.toISOString(),
    outcome: one.outcome,
    note: one.note,
    resolvedBy: one.resolvedBy,
    resolvedAt: one.resolvedAt?.toISOString() ?? null,
  }));
}

export async function presentWholeReport(
  found: Report,
  complaints: Complaint[],
  context: ApiContext,
): Promise<z.infer<typeof wholeReport>> {
  const [summary] = await presentReports([found], context);
  const isThere = await whoIsThere(
    complaints.map(({ userId }) => userId),
    context.db,
  );
  return {
    ...(summary as z.infer<typeof report>),
    complaints: complaints.map(({ userId, reason, text, at }) => ({
      userId: isThere(userId) ? userId : null,
      reason,
      text: isThere(userId) ? text : '',
      at: at.toISOString(),
    })),
  };
}

/** Which of the given accounts have not asked to be forgotten. */
async function whoIsThere(ids: string[], { users }: ApiContext['db']): Promise<(id: string) => boolean> {
  const named = await users.named([...new Set(ids)]);
  const there = new Set(named.filter((user) => !isGone(user)).map(({ _id }) => _id));
  return (id) => there.has(id);
}

/** What who reports is told. */
export function presentSentReport({ reportId, reason, text, at }: Complaint): z.infer<typeof sentReport> {
  return { reportId, reason, text, at: at.toISOString() };
}
