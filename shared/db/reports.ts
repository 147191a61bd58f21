import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import {
  type ReportKind,
  type ReportOutcome,
  type ReportReason,
  type ReportState,
  reportKinds,
  reportOutcomes,
  reportReasons,
  reportStates,
} from '../contracts/reports.ts';
import { newId } from '../ids.ts';
import { keyset, type Page } from './keyset.ts';

/** What can be reported. */
export type Reported = { kind: ReportKind; videoId: string; commentId: string | null; ownerId: string };

/** That something was reported, by however many: of one thing one is open at most. */
export type Report = Reported & {
  _id: string;
  /** The id of the thing. */
  thingId: string;
  state: ReportState;
  reports: number;
  reasons: Partial<Record<ReportReason, number>>;
  /** Of the first complaint, and of the last. */
  at: Date;
  lastAt: Date;
  outcome: ReportOutcome | null;
  note: string;
  resolvedBy: string | null;
  resolvedAt: Date | null;
};

/** What one person says in a report. `_id` is `{reportId}-{userId}`, so it is said once. */
export type Complaint = {
  _id: string;
  reportId: string;
  videoId: string;
  userId: string;
  reason: ReportReason;
  text: string;
  at: Date;
};

/** How a report ends. */
type Ending = { outcome: ReportOutcome; note: string; resolvedBy: string | null };

const reports = new Schema<Report>(
  {
    _id: { type: String, required: true },
    kind: { type: String, enum: reportKinds, required: true },
    thingId: { type: String, required: true },
    videoId: { type: String, required: true },
    commentId: { type: String, default: null },
    ownerId: { type: String, required: true },
    state: { type: String, enum: reportStates, required: true },
    reports: { type: Number, default: 0 },
    reasons: { type: Object, default: {} },
    at: { type: Date, required: true },
    lastAt: { type: Date, required: true },
    outcome: { type: String, enum: [...reportOutcomes, null], default: null },
    note: { type: String, default: '' },
    resolvedBy: { type: String, default: null },
    resolvedAt: { type: Date, default: null },
  },
  { versionKey: false, collection: 'reports', minimize: false },
)
  .index({ thingId: 1 }, { unique: true, partialFilterExpression: { state: 'open' } })
  .index({ state: 1, at: 1, _id: 1 })
  .index({ state: 1, kind: 1, at: 1, _id: 1 })
  .index({ videoId: 1 });

const complaints = new Schema<Complaint>(
  {
    _id: { type: String, required: true },
    reportId: { type: String, required: true },
    videoId: { type: String, required: true },
    userId: { type: String, required: true },
    reason: { type: String, enum: reportReasons, required: true },
    text: { type: String, default: '' },
    at: { type: Date, required: true },
  },
  { versionKey: false, collection: 'complaints' },
)
  .index({ reportId: 1, at: 1, _id: 1 })
  .index({ videoId: 1 })
  .index({ userId: 1 });

export function reportStore(connection: Connection) {
  const model = connection.model('Report', reports);
  const complaintModel = connection.model('Complaint', complaints);
  return {
    /** What one person says of a thing, added to what others do. `isNew` is false when the person has said it. */
    async add(
      { kind, videoId, commentId, ownerId }: Reported,
      { userId, reason, text }: Pick<Complaint, 'userId' | 'reason' | 'text'>,
      session: ClientSession,
    ): Promise<{ complaint: Complaint; isNew: boolean }> {
      const at = new Date();
      const thingId = commentId ?? videoId;
      const open = await model
        .findOneAndUpdate(
          { thingId, state: 'open' },
          { $setOnInsert: { _id: newId(), kind, videoId, commentId, ownerId, at, lastAt: at } },
          { upsert: true, returnDocument: 'after', setDefaultsOnInsert: true, session },
        )
        .lean()
        .orFail();
      const _id = `${open._id}-${userId}`;
      const said = await complaintModel.findById(_id).session(session).lean();
      if (said) return { complaint: said, isNew: false };
      const complaint = { _id, reportId: open._id, videoId, userId, reason, text, at };
      await complaintModel.create([complaint], { session });
      const counted = { $inc: { reports: 1, [`reasons.${reason}`]: 1 }, $set: { lastAt: at } };
      await model.updateOne({ _id: open._id }, counted, { session });
      return { complaint, isNew: true };
    },

    find: (id: string): Promise<Report | null> => model.findById(id).lean(),

    complaints: (reportId: string, limit: number): Promise<Complaint[]> =>
      complaintModel.find({ reportId }).sort({ at: 1, _id: 1 }).limit(limit).lean(),

    page(state: ReportState, kind: ReportKind | undefined, page: Page): Promise<Report[]> {
      const { rest, sort } = keyset(page);
      return model
        .find({ state, ...(kind ? { kind } : {}), ...rest })
        .sort(sort)
        .limit(page.limit)
        .maxTimeMS(5000)
        .lean<Report[]>();
    },

    /** Ends what is open of a thing. Undefined when nothing is. */
    async end(thingId: string, ending: Ending, session: ClientSession): Promise<Report | undefined> {
      const state: ReportState = ending.outcome === 'dismissed' ? 'dismissed' : 'resolved';
      const ended = await model
        .findOneAndUpdate(
          { thingId, state: 'open' },
          { $set: { ...ending, state, resolvedAt: new Date() } },
          { returnDocument: 'after', session },
        )
        .lean();
      return ended ?? undefined;
    },

    /** Of a video that is gone, and its comments: what people wrote goes, and what was open has ended. */
    async forget(videoId: string): Promise<void> {
      await complaintModel.deleteMany({ videoId });
      await model.updateMany(
        { videoId, state: 'open' },
        { $set: { state: 'resolved', outcome: 'removed', resolvedAt: new Date() } },
      );
      await model.updateMany({ videoId, note: trusted({ $ne: '' }) }, { $set: { note: '' } });
    },

    /** What an account that is closed has written. */
    async forgetWordsOf(userId: string): Promise<void> {
      await complaintModel.updateMany({ userId }, { $set: { text: '' } });
    },
  };
}
