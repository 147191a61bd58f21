import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { type UploadState, uploadStates } from '../contracts/uploads.ts';

/** A ticket for bytes. `key` is in the raw bucket; `bytes` is the size announced and signed. */
export type UploadRecord = {
  _id: string;
  ownerId: string;
  videoId: string;
  state: UploadState;
  filename: string;
  bytes: number;
  contentType: string;
  key: string;
  etag: string | null;
  createdAt: Date;
  expiresAt: Date;
};

const schema = new Schema<UploadRecord>(
  {
    _id: { type: String, required: true },
    ownerId: { type: String, required: true },
    videoId: { type: String, required: true },
    state: { type: String, enum: uploadStates, required: true },
    filename: { type: String, required: true },
    bytes: { type: Number, required: true },
    contentType: { type: String, required: true },
    key: { type: String, required: true },
    etag: { type: String, default: null },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'uploads' },
)
  .index({ state: 1, expiresAt: 1 })
  .index({ videoId: 1 })
  .index({ ownerId: 1, createdAt: -1 });

export function uploadStore(connection: Connection) {
  const model = connection.model('Upload', schema);
  return {
    async create(upload: UploadRecord, session: ClientSession): Promise<void> {
      await model.create([upload], { session });
    },

    find: (id: string): Promise<UploadRecord | null> => model.findById(id).lean(),

    /** Ends a waiting upload. Undefined when it had already ended: then another call was first. */
    async end(
      id: string,
      state: Exclude<UploadState, 'waiting'>,
      change: Partial<Pick<UploadRecord, 'etag'>>,
      session: ClientSession,
    ): Promise<UploadRecord | undefined> {
      const ended = await model
        .findOneAndUpdate(
          { _id: id, state: 'waiting' },
          { $set: { state, ...change } },
          { returnDocument: 'after', session },
        )
        .lean();
      return ended ?? undefined;
    },

    /** Ends the upload of a video that nobody wants any more, if it still waits. */
    async cancelOf(videoId: string, session: ClientSession): Promise<void> {
      await model.updateOne({ videoId, state: 'waiting' }, { $set: { state: 'cancelled' } }, { session });
    },

    /** What somebody called the file: it goes with the video. */
    async forgetName(videoId: string): Promise<void> {
      await model.updateMany({ videoId }, { $set: { filename: '' } });
    },

    overdue: (before: Date, limit: number): Promise<UploadRecord[]> =>
      model
        .find({ state: 'waiting', expiresAt: trusted({ $lt: before }) })
        .limit(limit)
        .lean(),

    /** How many an account has begun between two times; not counted beyond `limit`. */
    recentOf: (ownerId: string, since: Date, until: Date, limit: number): Promise<number> =>
      model.countDocuments({ ownerId, createdAt: trusted({ $gt: since, $lte: until }) }).limit(limit),
  };
}
