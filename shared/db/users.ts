import { isDeepStrictEqual } from 'node:util';
import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { type AccountStatus, accountStatuses, type Role, roles } from '../contracts/account.ts';
import { newId } from '../ids.ts';

/** An account, known by the issuer and subject of its sign-in. */
export type User = {
  _id: string;
  issuer: string;
  subject: string;
  displayName: string;
  /** What its owner has set, later sign-ins leave alone. */
  nameSetBy: 'claim' | 'owner';
  email: string | null;
  emailVerified: boolean;
  roles: Role[];
  /** What an administrator has set, later sign-ins leave alone. */
  rolesSetBy: 'claim' | 'admin';
  status: AccountStatus;
  /** Why an administrator has set the status. */
  statusReason: string | null;
  closingSince: Date | null;
  /** False until what a status brings with it is done: see `settleAccount`. */
  settled: boolean;
  /** Counts changes by people, so that two of them cannot overwrite each other. */
  revision: number;
  createdAt: Date;
  lastSignInAt: Date;
};

/** Who signs in, as the provider tells it. */
export type Person = Pick<User, 'issuer' | 'subject' | 'displayName' | 'email' | 'emailVerified' | 'roles'>;

/** However letters are written. */
export const anyCase = { locale: 'en', strength: 2 };

const schema = new Schema<User & { vouched: number }>(
  {
    _id: { type: String, required: true },
    issuer: { type: String, required: true },
    subject: { type: String, required: true },
    displayName: { type: String, required: true },
    nameSetBy: { type: String, enum: ['claim', 'owner'], default: 'claim' },
    email: { type: String, default: null },
    emailVerified: { type: Boolean, default: false },
    roles: [{ type: String, enum: roles }],
    rolesSetBy: { type: String, enum: ['claim', 'admin'], default: 'claim' },
    status: { type: String, enum: accountStatuses, default: 'active' },
    statusReason: { type: String, default: null },
    closingSince: { type: Date, default: null },
    settled: { type: Boolean, default: true },
    revision: { type: Number, default: 1 },
    vouched: { type: Number, default: 0 },
    createdAt: { type: Date, required: true },
    lastSignInAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'users' },
)
  .index({ issuer: 1, subject: 1 }, { unique: true })
  .index({ createdAt: -1, _id: -1 })
  .index({ displayName: 1 }, { collation: anyCase })
  .index({ email: 1 }, { collation: anyCase })
  .index({ closingSince: 1 }, { partialFilterExpression: { status: 'closing' } })
  .index({ settled: 1 }, { partialFilterExpression: { settled: false } });

export function userStore(connection: Connection) {
  const model = connection.model('User', schema);
  return {
    /** Makes the account at the first sign-in; later ones bring name, e-mail and roles up to date. */
    async signedIn(person: Person): Promise<User> {
      const now = new Date();
      const { issuer, subject, displayName, roles, ...profile } = person;
      const first = { _id: newId(), createdAt: now, displayName, roles };
      const user = await model
        .findOneAndUpdate(
          { issuer, subject },
          { $set: { ...profile, lastSignInAt: now }, $setOnInsert: first },
          { upsert: true, returnDocument: 'after', setDefaultsOnInsert: true },
        )
        .lean()
        .orFail();
      const { _id } = user;
      const isName = user.nameSetBy === 'owner' || user.displayName === displayName;
      const isRoles = user.rolesSetBy === 'admin' || isDeepStrictEqual(user.roles, roles);
      if (isName && isRoles) return user;
      // Asked again with each write, so that what somebody sets in this very moment stays.
      await model.updateOne({ _id, nameSetBy: trusted({ $ne: 'owner' }) }, { $set: { displayName } });
      await model.updateOne({ _id, rolesSetBy: trusted({ $ne: 'admin' }) }, { $set: { roles } });
      return model.findById(_id).lean().orFail();
    },

    /** From then on no claim of a provider changes them. */
    async setRoles(id: string, roles: Role[], session: ClientSession): Promise<User | null> {
      const change = { $set: { roles, rolesSetBy: 'admin' as const }, $inc: { revision: 1 } };
      return model.findByIdAndUpdate(id, change, { returnDocument: 'after', session }).lean();
    },

    /** However its letters are written. More than one provider may tell the same address. */
    withEmail: (email: string): Promise<User[]> =>
      model.find({ email }).collation(anyCase).sort({ createdAt: 1 }).lean(),

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
        ...{ nameSetBy: 'owner', rolesSetBy: 'claim', status: 'active', statusReason: null },
        ...{ closingSince: null, settled: true, revision: 1, createdAt: now, lastSignInAt: now },
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
        nameSetBy: 'claim',
        emailVerified: false,
        rolesSetBy: 'claim',
        status: 'active',
        statusReason: null,
        closingSince: null,
        settled: true,
        revision: 1,
      } as const;
      await model.updateMany({ revision: trusted({ $exists: false }) }, { $set: added });
    },

    /** What some accounts are called, and whether they are active; in no order. */
    named: (ids: string[]): Promise<Pick<User, '_id' | 'displayName' | 'status'>[]> =>
      model
        .find({ _id: trusted({ $in: ids }) })
        .select({ displayName: 1, status: 1 })
        .lean(),

    find: (id: string, session: ClientSession | null = null): Promise<User | null> =>
      model.findById(id).session(session).lean(),
  };
}
