import { type Connection, trusted } from 'mongoose';
import type { AccountStatus, Role } from '../contracts/account.ts';
import { anyCase, type User } from './users.ts';

type UserSearch = {
  /** How the name or the e-mail address begins. */
  q?: string | undefined;
  role?: Role | undefined;
  status?: AccountStatus | undefined;
  page: number;
  perPage: number;
};

/** What administrators ask of accounts. */
export function userSearchStore(connection: Connection) {
  const model = connection.model<User>('User');
  return {
    /** One page, the newest accounts first, and how many there are in all. */
    async page({ q, role, status, page, perPage }: UserSearch): Promise<{ items: User[]; total: number }> {
      const filter = {
        ...(role ? { roles: role } : {}),
        ...(status ? { status } : {}),
        ...(q ? { $or: [{ displayName: beginsWith(q) }, { email: beginsWith(q) }] } : {}),
      };
      const find = () => model.find(filter).collation(anyCase).maxTimeMS(5000);
      const [items, total] = await Promise.all([
        find()
          .sort({ createdAt: -1, _id: -1 })
          .skip((page - 1) * perPage)
          .limit(perPage)
          .lean(),
        find().countDocuments(),
      ]);
      return { items, total };
    },
  };
}

/**
 * A range in the order of the collation, where U+FFFF is after every letter: it uses the index, and no pattern is read.
 */
function beginsWith(text: string) {
  return trusted({ $gte: text, $lt: `${text}\uffff` });
}
