import { type ClientSession, type Connection, Schema } from 'mongoose';
import { type Role, roles } from '../contracts/account.ts';
import { newId } from '../ids.ts';

/** An account, known by the issuer and subject of its sign-in. */
export type User = {
  _id: string;
  issuer: string;
  subject: string;
  displayName: string;
  email: string | null;
  roles: Role[];
  createdAt: Date;
  lastSignInAt: Date;
};

const schema = new Schema<User>(
  {
    _id: { type: String, required: true },
    issuer: { type: String, required: true },
    subject: { type: String, required: true },
    displayName: { type: String, required: true },
    email: { type: String, default: null },
    roles: [{ type: String, enum: roles }],
    createdAt: { type: Date, required: true },
    lastSignInAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'users' },
).index({ issuer: 1, subject: 1 }, { unique: true });

export function userStore(connection: Connection) {
  const model = connection.model('User', schema);
  return {
    /** Makes the account at the first sign-in; later ones bring name, e-mail and roles up to date. */
    async signedIn(
      person: Pick<User, 'issuer' | 'subject' | 'displayName' | 'email' | 'roles'>,
    ): Promise<User> {
      const now = new Date();
      const { issuer, subject, ...profile } = person;
      return model
        .findOneAndUpdate(
          { issuer, subject },
          { $set: { ...profile, lastSignInAt: now }, $setOnInsert: { _id: newId(), createdAt: now } },
          { upsert: true, returnDocument: 'after' },
        )
        .lean()
        .orFail();
    },

    /** An account that signs in by a password here; its own id is its subject. */
    async addLocal(profile: Pick<User, 'email' | 'displayName'>, session: ClientSession): Promise<User> {
      const _id = newId();
      const now = new Date();
      const user: User = {
        ...{ _id, issuer: 'local', subject: _id, ...profile },
        ...{ roles: ['creator'], createdAt: now, lastSignInAt: now },
      };
      await model.create([user], { session });
      return user;
    },

    /** Null when the account is gone. */
    signedInAgain: (id: string): Promise<User | null> =>
      model.findByIdAndUpdate(id, { $set: { lastSignInAt: new Date() } }, { returnDocument: 'after' }).lean(),

    find: (id: string): Promise<User | null> => model.findById(id).lean(),
  };
}
