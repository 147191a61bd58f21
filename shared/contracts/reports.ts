import { z } from 'zod';
import { userId } from './account.ts';
import { commentId } from './comments.ts';
import { id, pageOf, time, videoId } from './common.ts';

export const reportReasons = [
  'spam',
  'violence',
  'sexual',
  'hate',
  'copyright',
  'misleading',
  'other',
] as const;
export type ReportReason = (typeof reportReasons)[number];

export const reportKinds = ['video', 'comment'] as const;
export type ReportKind = (typeof reportKinds)[number];

export const reportStates = ['open', 'resolved', 'dismissed'] as const;
export type ReportState = (typeof reportStates)[number];

/** What came of a report. `removed`: what was reported went by itself. */
export const reportOutcomes = ['dismissed', 'hidden', 'taken_down', 'removed'] as const;
export type ReportOutcome = (typeof reportOutcomes)[number];

const mostLetters = 2000;
const words = z.string().trim().max(mostLetters);
const reason = z.enum(reportReasons);

export const reportId = id('A report', '9d3a4b6c7d8e9f015f2b8c0e');

export const newReport = z
  .strictObject({
    reason,
    text: words.default('').meta({ description: 'What is wrong, for moderators', example: 'It is an ad.' }),
  })
  .meta({ id: 'NewReport' });

/** What who reports is told: nothing of what others have said. */
export const sentReport = z
  .object({
    reportId,
    reason,
    text: z.string().meta({ example: 'It is an ad.' }),
    at: time,
  })
  .meta({ id: 'SentReport' });

export const report = z
  .object({
    reportId,
    kind: z.enum(reportKinds),
    videoId,
    commentId: commentId.nullable().meta({ description: 'null: the video itself', example: null }),
    ownerId: userId.nullable().meta({ description: 'Whose it is; null: of a deleted account' }),
    excerpt: z
      .string()
      .nullable()
      .meta({ description: 'The title, or the words; null: it is gone', example: 'Cheap watches!' }),
    state: z.enum(reportStates),
    reports: z.int().meta({ description: 'How many people have reported it', example: 3 }),
    reasons: z
      .partialRecord(reason, z.int())
      .meta({ description: 'How many of them named which reason', example: { spam: 2, other: 1 } }),
    at: time.meta({ description: 'Of the first' }),
    lastAt: time.meta({ description: 'Of the last' }),
    outcome: z.enum(reportOutcomes).nullable().meta({ example: null }),
    note: z.string().meta({ description: 'Of who decided, for moderators', example: '' }),
    resolvedBy: userId.nullable().meta({ example: null }),
    resolvedAt: time.nullable(),
  })
  .meta({ id: 'Report' });

export const reportPage = pageOf(report).meta({ id: 'ReportPage' });

export const wholeReport = report
  .extend({
    complaints: z
      .array(
        z.object({
          userId: userId.nullable().meta({ description: 'Who said it; null: a deleted account' }),
          reason,
          text: z.string().meta({ example: 'It is an ad.' }),
          at: time,
        }),
      )
      .meta({ description: 'What people said, the oldest first, 100 at most' }),
  })
  .meta({ id: 'WholeReport' });

const toOwner = words.meta({ description: 'For its owner', example: 'It shows other people’s work.' });

export const resolution = z
  .strictObject({
    outcome: z
      .enum(reportOutcomes)
      .exclude(['removed'])
      .meta({ description: '`hidden` is for comments, `taken_down` for videos' }),
    note: words.default('').meta({ description: 'For moderators', example: 'The third time.' }),
    message: toOwner.default(''),
  })
  .meta({ id: 'Resolution' });

export const newTakeDown = z
  .strictObject({ reason, message: toOwner.default('') })
  .meta({ id: 'NewTakeDown' });

export const takeDown = z
  .object({
    at: time,
    reason: z.string().meta({ example: 'copyright' }),
    message: z.string().meta({ description: 'For its owner', example: 'It shows other people’s work.' }),
  })
  .meta({ id: 'TakeDown' });
