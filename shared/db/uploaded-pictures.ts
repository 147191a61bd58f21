import { type ClientSession, type Connection, trusted } from 'mongoose';
import type { posterUploadStates } from '../contracts/images.ts';
import type { ErrorCode } from '../errors.ts';

/** A picture on its way: its place in the raw bucket, and what its ticket said. */
export type PictureUpload = {
  key: string;
  bytes: number;
  contentType: string;
  etag: string | null;
  expiresAt: Date;
};

/** What a poster and a picture of a person have in common. */
export type UploadedPicture = {
  _id: string;
  /** Null while a ticket waits for its bytes. */
  version: number | null;
  state: (typeof posterUploadStates)[number];
  error: { code: ErrorCode; message: string } | null;
  /** Null of what is made of the video itself. */
  upload: PictureUpload | null;
  heardAt: Date;
};

/** Tickets that ran out go a month after they were given, which is later than any of them may run out. */
export const endOfExpired = {
  expireAfterSeconds: 30 * 24 * 3600,
  partialFilterExpression: { state: 'expired' },
};

/** The way of a picture from its ticket to its version. @param swept which of those being made a sweep looks after */
export function uploadedPictures<T extends UploadedPicture>(
  connection: Connection,
  name: string,
  swept: Partial<T> = {},
) {
  const model = connection.model<UploadedPicture>(name);
  const move = async (id: string, from: T['state'], set: Partial<UploadedPicture>) => {
    const moved = await model.updateOne({ _id: id, state: from }, { $set: set });
    return moved.modifiedCount === 1;
  };
  const list = (filter: object, limit: number) =>
    model.find(filter).limit(limit).lean() as Promise<unknown> as Promise<T[]>;

  return {
    find: (id: string) => model.findById(id).lean() as Promise<unknown> as Promise<T | null>,

    /** The bytes are there. Undefined when the ticket was used, or has run out. */
    async arrived(id: string, version: number, etag: string, session: ClientSession): Promise<T | undefined> {
      const set = { state: 'making', version, 'upload.etag': etag, heardAt: new Date() };
      const arrived = await model
        .findOneAndUpdate({ _id: id, state: 'waiting' }, { $set: set }, { returnDocument: 'after', session })
        .lean();
      return (arrived as unknown as T | null) ?? undefined;
    },

    async failed(id: string, error: UploadedPicture['error']): Promise<void> {
      await move(id, 'making', { state: 'failed', error });
    },

    /** True for the one call that ends a ticket whose bytes never came. */
    expired: (id: string): Promise<boolean> => move(id, 'waiting', { state: 'expired' }),

    async heard(id: string): Promise<void> {
      await model.updateOne({ _id: id }, { $set: { heardAt: new Date() } });
    },

    /** Versions that are being made, and of which nothing has been heard since. */
    quiet: (since: Date, limit: number) =>
      list({ ...swept, state: 'making', heardAt: trusted({ $lt: since }) }, limit),

    /** Tickets that ran out before this. */
    overdue: (before: Date, limit: number) =>
      list({ state: 'waiting', 'upload.expiresAt': trusted({ $lt: before }) }, limit),
  };
}

export type UploadedPictures<T extends UploadedPicture> = ReturnType<typeof uploadedPictures<T>>;
