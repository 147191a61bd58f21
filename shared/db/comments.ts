import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { type AccountStatus, accountStatuses } from '../contracts/account.ts';
import { keyset, type Page } from './keyset.ts';

export type Comment = {
  _id: string;
  videoId: string;
  userId: string;
  /** A copy of its author's, as of that revision of the account; null while it has always been active. */
  authorStatus: AccountStatus | null;
  authorRevision: number;
  /** The comment under which it stands; null: it stands by itself. */
  parentId: string | null;
  /** Whom it answers, where that is another reply. */
  answersUserId: string | null;
  text: string;
  region: string;
  at: Date;
  editedAt: Date | null;
  /** By moderators. */
  hidden: boolean;
  /** Of what is removed the text is gone, and nothing brings it back. */
  removed: boolean;
  /** Neither hidden nor removed, and its author's account is active. It is counted. */
  isShown: boolean;
  /** Those that are shown. */
  replies: number;
  /** It is shown, or it keeps its place for the replies under it. */
  isListed: boolean;
  /** Counts changes of the text. */
  revision: number;
  /** Raised by whatever needs it to stay as it is, so that who removes or hides it at that moment begins again. */
  holds: number;
};

export type NewComment = Pick<
  Comment,
  '_id' | 'videoId' | 'userId' | 'authorRevision' | 'parentId' | 'answersUserId' | 'text' | 'region' | 'at'
>;

const schema = new Schema<Comment>(
  {
    _id: { type: String, required: true },
    videoId: { type: String, required: true },
    userId: { type: String, required: true },
    authorStatus: { type: String, enum: [...accountStatuses, null], default: null },
    authorRevision: { type: Number, required: true },
    parentId: { type: String, default: null },
    answersUserId: { type: String, default: null },
    text: { type: String, default: '' },
    region: { type: String, required: true },
    at: { type: Date, required: true },
    editedAt: { type: Date, default: null },
    hidden: { type: Boolean, default: false },
    removed: { type: Boolean, default: false },
    isShown: { type: Boolean, default: true },
    replies: { type: Number, default: 0 },
    isListed: { type: Boolean, default: true },
    revision: { type: Number, default: 1 },
    holds: { type: Number, default: 0 },
  },
  { versionKey: false, collection: 'comments' },
)
  .index({ videoId: 1, parentId: 1, isListed: 1, at: -1, _id: -1 })
  .index({ userId: 1, authorRevision: 1 });

export function commentStore(connection: Connection) {
  const model = connection.model('Comment', schema);
  return {
    find: (id: string, session: ClientSession | null = null): Promise<Comment | null> =>
      model.findById(id).session(session).lean(),

    async add(comment: NewComment, session: ClientSession): Promise<void> {
      await model.create([comment], { session });
    },

    async set(id: string, change: Partial<Comment>, session: ClientSession): Promise<void> {
      await model.updateOne({ _id: id }, { $set: change }, { session });
    },

    async hold(id: string, session: ClientSession): Promise<void> {
      await model.updateOne({ _id: id }, { $inc: { holds: 1 } }, { session });
    },

    /** One more or one fewer reply that is shown. */
    async countReply(id: string, by: 1 | -1, session: ClientSession): Promise<void> {
      await model.updateOne(
        { _id: id },
        [
          { $set: { replies: { $add: ['$replies', by] } } },
          { $set: { isListed: { $or: ['$isShown', { $gt: ['$replies', 0] }] } } },
        ],
        { session, updatePipeline: true },
      );
    },

    /** Those of a video that stand by themselves, but for one, or the replies to one. */
    page(
      {
        videoId,
        parentId,
        except,
      }: { videoId: string; parentId: string | null; except?: string | undefined },
      page: Page,
    ): Promise<Comment[]> {
      const { rest, sort } = keyset(page);
      const others = except === undefined ? {} : { _id: trusted({ $ne: except }) };
      return model
        .find({ videoId, parentId, isListed: true, ...others, ...rest })
        .sort(sort)
        .limit(page.limit)
        .maxTimeMS(5000)
        .lean<Comment[]>();
    },

    /** Those of the given comments that there are, in no order. */
    among: (ids: string[]): Promise<Comment[]> => model.find({ _id: trusted({ $in: ids }) }).lean(),

    /** What an account has written, as far as it has not heard of the account's status at that revision. */
    unsettled: (userId: string, revision: number, limit: number): Promise<Pick<Comment, '_id'>[]> =>
      model
        .find({ userId, authorRevision: trusted({ $lt: revision }) })
        .select({ _id: 1 })
        .limit(limit)
        .lean(),

    /** Of a video that is gone. */
    async forget(videoId: string): Promise<void> {
      await model.deleteMany({ videoId });
    },
  };
}
