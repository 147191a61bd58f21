import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { posterUploadStates } from '../contracts/images.ts';
import {
  endOfExpired,
  type PictureUpload,
  type UploadedPicture,
  uploadedPictures,
} from './uploaded-pictures.ts';

/** A picture on its way to a person: a ticket, and once its bytes are there a version that is made of them. */
export type NewPersonPicture = UploadedPicture & {
  personId: string;
  upload: PictureUpload;
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

  return {
    ...uploadedPictures<NewPersonPicture>(connection, 'PersonPicture'),

    async ticket(about: Pick<NewPersonPicture, '_id' | 'personId' | 'upload'>): Promise<void> {
      await model.create([{ ...about, state: 'waiting', heardAt: new Date() }]);
    },

    /** False when it is not being made any more. */
    async ready(id: string, session: ClientSession): Promise<boolean> {
      const set = { state: 'ready' as const, error: null };
      const made = await model.updateOne({ _id: id, state: 'making' }, { $set: set }, { session });
      return made.modifiedCount === 1;
    },

    async forget(personIds: string[], session: ClientSession): Promise<void> {
      await model.deleteMany({ personId: trusted({ $in: personIds }) }, { session });
    },

    /** Those of the given uploads whose bytes may still be needed. */
    wanted: (ids: string[]): Promise<Pick<NewPersonPicture, '_id'>[]> =>
      model
        .find({ _id: trusted({ $in: ids }), state: trusted({ $in: ['waiting', 'making'] }) })
        .select({ _id: 1 })
        .lean(),
  };
}
