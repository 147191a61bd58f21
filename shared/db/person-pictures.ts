import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { posterUploadStates } from '../contracts/images.ts';
import type { ErrorCode } from '../errors.ts';
import { endOfExpired, type PosterUpload } from './posters.ts';

/** A picture on its way to a person: a ticket, and once its bytes are there a version that is made of them. */
export type NewPersonPicture = {
  _id: string;
  personId: string;
  /** Given when the bytes are there; what is shown is the last one that became ready. */
  version: number | null;
  state: (typeof posterUploadStates)[number];
  error: { code: ErrorCode; message: string } | null;
  upload: PosterUpload;
  heardAt: Date;
};

const schema = new Schema<NewPersonPicture>(
  {
    _id: { type: String, required: true },
    personId: { type: String, required: true },
    version: { type: Number, default: null },
    state: { type: String, enum: posterUploadStates, required: true },
    error: { type: Object, default: null },
    upload: { type: Object, required: true },
    heardAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'person-pictures' },
)
  .index({ personId: 1 })
  .index({ state: 1, heardAt: 1 })
  .index({ heardAt: 1 }, endOfExpired);

export function personPictureStore(connection: Connection) {
  const model = connection.model('PersonPicture', schema);
  const after = { returnDocument: 'after' } as const;

  return {
    find: (id: string): Promise<NewPersonPicture | null> => model.findById(id).lean(),

    async ticket(about: Pick<NewPersonPicture, '_id' | 'personId' | 'upload'>): Promise<void> {
      await model.create([{ ...about, state: 'waiting', heardAt: new Date() }]);
    },

    /** Undefined when the ticket was used, or has run out. */
    async arrived(
      id: string,
      version: number,
      etag: string,
      session: ClientSession,
    ): Promise<NewPersonPicture | undefined> {
      const set = { state: 'making' as const, version, 'upload.etag': etag, heardAt: new Date() };
      const arrived = await model
        .findOneAndUpdate({ _id: id, state: 'waiting' }, { $set: set }, { ...after, session })
        .lean();
      return arrived ?? undefined;
    },

    /** False when it is not being made any more. */
    async ready(id: string, session: ClientSession): Promise<boolean> {
      const set = { state: 'ready' as const, error: null };
      const made = await model.updateOne({ _id: id, state: 'making' }, { $set: set }, { session });
      return made.modifiedCount === 1;
    },

    async failed(id: string, error: NewPersonPicture['error']): Promise<void> {
      await model.updateOne({ _id: id, state: 'making' }, { $set: { state: 'failed', error } });
    },

    /** True for the one call that ends a ticket whose bytes never came. */
    async expired(id: string): Promise<boolean> {
      const ended = await model.updateOne({ _id: id, state: 'waiting' }, { $set: { state: 'expired' } });
      return ended.modifiedCount === 1;
    },

    async forget(personIds: string[], session: ClientSession): Promise<void> {
      await model.deleteMany({ personId: trusted({ $in: personIds }) }, { session });
    },

    async heard(id: string): Promise<void> {
      await model.updateOne({ _id: id }, { $set: { heardAt: new Date() } });
    },

    /** Those of the given uploads whose bytes may still be needed. */
    wanted: (ids: string[]): Promise<Pick<NewPersonPicture, '_id'>[]> =>
      model
        .find({ _id: trusted({ $in: ids }), state: trusted({ $in: ['waiting', 'making'] }) })
        .select({ _id: 1 })
        .lean(),

    /** Versions that are being made, and of which nothing has been heard since. */
    quiet: (since: Date, limit: number): Promise<NewPersonPicture[]> =>
      model
        .find({ state: 'making', heardAt: trusted({ $lt: since }) })
        .limit(limit)
        .lean(),

    /** Tickets that ran out before this. */
    overdue: (before: Date, limit: number): Promise<NewPersonPicture[]> =>
      model
        .find({ state: 'waiting', 'upload.expiresAt': trusted({ $lt: before }) })
        .limit(limit)
        .lean(),
  };
}
