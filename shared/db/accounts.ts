import { type ClientSession, type Connection, trusted } from 'mongoose';
import type { User } from './users.ts';

/** What people may change of an account. */
export type AccountChange = Partial<
  Pick<
    User,
    'displayName' | 'nameSetBy' | 'roles' | 'rolesSetBy' | 'status' | 'statusReason' | 'closingSince'
  >
>;

/** What is left of an account that was closed: that it was there, and what it did as its id says. */
const nobody = {
  ...{ issuer: 'closed', displayName: '', email: null, emailVerified: false, roles: [] },
  ...{ status: 'closed', statusReason: null, settled: false },
} as const;

/** How accounts change: every write is a compare-and-set, and each counts `revision`. */
export function accountStore(connection: Connection) {
  const model = connection.model<User>('User');
  return {
    /** Undefined when somebody else has changed it since it was read. */
    async change(
      { _id, revision, status }: User,
      change: AccountChange,
      session: ClientSession,
    ): Promise<User | undefined> {
      const settled = change.status === undefined || change.status === status ? {} : { settled: false };
      const changed = await model
        .findOneAndUpdate(
          { _id, revision, status },
          { $set: { ...change, ...settled }, $inc: { revision: 1 } },
          { returnDocument: 'after', session },
        )
        .lean();
      return changed ?? undefined;
    },

    /**
     * Whether there is another administrator than this one. The other's record is written, so of two transactions that
     * would each take away the administrator that the other one counts on, the second finds nobody.
     */
    async hasOtherAdmin(id: string, session: ClientSession): Promise<boolean> {
      const other = await model.findOneAndUpdate(
        { _id: trusted({ $ne: id }), roles: 'admin', status: 'active' },
        { $inc: { vouched: 1 } },
        { session },
      );
      return other !== null;
    },

    /**
     * Writes an account without saying anything new of it: of a transaction that counts on its status and one that
     * changes it, the second begins again.
     */
    async hold(id: string, session: ClientSession): Promise<void> {
      await model.updateOne({ _id: id }, { $inc: { vouched: 1 } }, { session });
    },

    /** Gives an account back to its owner. Undefined when it was not being deleted, or when that is over. */
    async reopen(id: string): Promise<User | undefined> {
      const change = { status: 'active', closingSince: null, settled: false } as const;
      const reopened = await model
        .findOneAndUpdate(
          { _id: id, status: 'closing' },
          { $set: change, $inc: { revision: 1 } },
          { returnDocument: 'after' },
        )
        .lean();
      return reopened ?? undefined;
    },

    /**
     * Ends the time in which an account can be had back, by one write: from then on it is nobody's. Who signs in with
     * the same name at the same provider gets a new account.
     */
    async forget({ _id, revision }: User): Promise<void> {
      await model.updateOne(
        { _id, revision, status: 'closing' },
        { $set: { ...nobody, subject: _id }, $inc: { revision: 1 } },
      );
    },

    /** Accounts that have been closing since before. */
    due: (before: Date, limit: number): Promise<User[]> =>
      model
        .find({ status: 'closing', closingSince: trusted({ $lt: before }) })
        .sort({ closingSince: 1 })
        .limit(limit)
        .lean(),

    /**
     * Accounts whose status has not brought yet what it should. By the order of the words the suspended ones come
     * first: they are not to wait for the many videos of closed ones.
     */
    unsettled: (limit: number): Promise<User[]> =>
      model.find({ settled: false }).sort({ status: -1 }).limit(limit).lean(),

    /** False when the account has changed meanwhile. */
    async settled({ _id, revision }: User): Promise<boolean> {
      const { matchedCount } = await model.updateOne({ _id, revision }, { $set: { settled: true } });
      return matchedCount === 1;
    },
  };
}
