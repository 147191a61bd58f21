import { isDeepStrictEqual } from 'node:util';
import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { type Role, roles } from '../contracts/account.ts';
import { newId } from '../ids.ts';

/** An account, known by the issuer and subject of its sign-in. */
export type User = {
  _id: string;
  issuer: string;
  subject: string;
  displayName: string;
  email: string | null;
  emailVerified: boolean;
  roles: Role[];
  /** What an administrator has set, later sign-ins leave alone. */
  rolesSetBy: 'claim' | 'admin';
  /** `closing`: deleted by its owner, and within the grace. */
  status: (typeof accountStatuses)[number];
  closingSince: Date | null;
  /** Counts changes by people, so that two of them cannot overwrite each other. */
  revision: number;
  createdAt: Date;
  lastSignInAt: Date;
};

/** Who signs in, as the provider tells it. */
export type Person = Pick<User, 'issuer' | 'subject' | 'displayName' | 'email' | 'emailVerified' | 'roles'>;

export const accountStatuses = ['active', 'suspended', 'closing'] as const;

const schema = new Schema<User>(
  {
    _id: { type: String, required: true },
    issuer: { type: String, required: true },
    subject: { type: String, required: true },
    displayName: { type: String, required: true },
    email: { type: String, default: null },
    emailVerified: { type: Boolean, default: false },
    roles: [{ type: String, enum: roles }],
    rolesSetBy: { type: String, enum: ['claim', 'admin'], default: 'claim' },
    status: { type: String, enum: accountStatuses, default: 'active' },
    closingSince: { type: Date, default: null },
    revision: { type: Number, default: 1 },
    createdAt: { type: Date, required: true },
    lastSignInAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'users' },
).index({ issuer: 1, subject: 1 }, { unique: true });

export function userStore(connection: Connection) {
  const model = connection.model('User', schema);
  return {
    /** Makes the account at the first sign-in; later ones bring name, e-mail and roles up to date. */
    async signedIn(person: Person): Promise<User> {
      const now = new Date();
      const { issuer, subject, roles, ...profile } = person;
      const user = await model
        .findOneAndUpdate(
          { issuer, subject },
          { $set: { ...profile, lastSignInAt: now }, $setOnInsert: { _id: newId(), createdAt: now, roles } },
          { upsert: true, returnDocument: 'after', setDefaultsOnInsert: true },
        )
        .lean()
        .orFail();
      if (user.rolesSetBy === 'admin' || isDeepStrictEqual(user.roles, roles)) return user;
      const changed = await model
        .findOneAndUpdate(
          { _id: user._id, rolesSetBy: 'claim' },
          { $set: { roles } },
          { returnDocument: 'after' },
        )
        .lean();
      // Else an administrator has set them in this very moment.
      return changed ?? this.find(user._id).then((found) => found ?? user);
    },

    /** From then on no claim of a provider changes them. */
    async setRoles(id: string, roles: Role[]): Promise<User | null> {
      const change = { $set: { roles, rolesSetBy: 'admin' as const }, $inc: { revision: 1 } };
      return model.findByIdAndUpdate(id, change, { returnDocument: 'after' }).lean();
    },

    /** However its letters are written. More than one provider may tell the same address. */
    withEmail: (email: string): Promise<User[]> =>
      model.find({ email }).collation({ locale: 'en', strength: 2 }).sort({ createdAt: 1 }).lean(),

    withRole: (role: Role): Promise<User[]> => model.find({ roles: role }).sort({ createdAt: 1 }).lean(),
    /** An account that signs in by a password here; its own id is its subject. */
    async addLocal(
      profile: Pick<User, 'email' | 'displayName' | 'roles'>,
      session: ClientSession,
    ): Promise<User> {
      const _id = newId();
      const now = new Date();
      const user: User = {
        ...{ _id, issuer: 'local', subject: _id, ...profile, emailVerified: true },
        ...{ rolesSetBy: 'claim', status: 'active', closingSince: null },
        ...{ revision: 1, createdAt: now, lastSignInAt: now },
      };
      await model.create([user], { session });
      return user;
    },

    /** Null when the account is gone. */
    signedInAgain: (id: string): Promise<User | null> =>
      model.findByIdAndUpdate(id, { $set: { lastSignInAt: new Date() } }, { returnDocument: 'after' }).lean(),

    /** Accounts that were made before these fields were. */
    async addFields(): Promise<void> {
      const added = {
        emailVerified: false,
        rolesSetBy: 'claim',
        status: 'active',
        closingSince: null,
        revision: 1,
      } as const;
      await model.updateMany({ revision: trusted({ $exists: false }) }, { $set: added });
    },

    find: (id: string): Promise<User | null> => model.findById(id).lean(),
  };
}
