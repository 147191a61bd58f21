import type { z } from 'zod';
import { changeComment } from '../shared/change-comment.ts';
import type { ReportReason, resolution } from '../shared/contracts/reports.ts';
import type { DbSession } from '../shared/db/connect.ts';
import type { Report } from '../shared/db/reports.ts';
import { MillraceError } from '../shared/errors.ts';
import type { ApiContext } from './context.ts';
import { misfit } from './misfit.ts';
import type { Request } from './route.ts';
import { anotherModerator, takeDown, tellOwner } from './take-down.ts';
import { writeInTurn } from './write-in-turn.ts';

type Resolution = z.infer<typeof resolution>;
type Audit = Request<unknown, unknown, unknown, 'report.resolve'>['audit'];

const deeds = { hidden: 'comment', taken_down: 'video' } as const;

/**
 * Ends a report and does what was decided, in one transaction.
 * @throws MillraceError already_resolved; invalid_request for an outcome that the thing cannot have; forbidden to those
 * who would clear what is their own
 */
export async function resolveReport(
  context: ApiContext,
  report: Report,
  { outcome, note, message }: Resolution,
  by: string,
  audit: Audit,
): Promise<Report> {
  const { db } = context;
  if (outcome !== 'dismissed' && deeds[outcome] !== report.kind) throw cannotBe(outcome, report);
  if (outcome === 'dismissed' && report.ownerId === by) throw anotherModerator();
  const why = { by, reason: mostNamed(report), message };
  const { ended, done } = await writeInTurn(context, report.videoId, async (session) => {
    const ended = await db.reports.end(report.thingId, { outcome, note, resolvedBy: by }, session);
    if (ended?._id !== report._id) throw new MillraceError('already_resolved', 'It was decided meanwhile.');
    await audit(session, { outcome });
    return { ended, done: await act(session) };
  });
  if (done && !done.before.takenDown) tellOwner(context, done.before, why);
  return ended;

  /** What is gone by now needs nothing more. Gives what was taken down. */
  async function act(session: DbSession) {
    if (outcome === 'hidden') await changeComment(db, report.thingId, { hidden: true }, session);
    return outcome === 'taken_down' ? takeDown(context, report.videoId, why, session) : undefined;
  }
}

function mostNamed({ reasons }: Report): string {
  const counted = Object.entries(reasons) as [ReportReason, number][];
  return counted.sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'other';
}

function cannotBe(outcome: string, { kind }: Report): MillraceError {
  return misfit('/outcome', `cannot be ${outcome} for a ${kind}`);
}
